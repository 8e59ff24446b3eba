/** Takes known secrets out of text, by value, wherever and however they are spelled. */
import { hash, randomBytes, randomInt } from 'node:crypto';
import { secretForms } from './secret-forms.ts';

/** What stands where a secret was. */
export const redactedMark = '[redacted]';

/** A fragment of a secret this long is taken out, even when the rest of the secret was cut off. */
const fragmentLength = 12;
/** Shorter secrets are only taken out where they are the whole text: otherwise every "1234" would go. */
const minInsideLength = 6;
/** A fragment with fewer different characters (a run of zeros) says nothing about a secret. */
const minDifferentCharacters = 4;
/** Filter size: 512 KiB, so that a thousand fragments of each of fifty keys hit it by chance once in a hundred. */
const filterBits = 22;

/** Fragments of one length: a coarse filter that is quick, then a keyed hash that is sure. */
interface Fragments {
  readonly length: number;
  readonly filter: Uint32Array;
  readonly hashes: Set<string>;
}

/**
 * Knows secrets by keyed hashes of their fragments, never in clear: a locked vault stays locked although the
 * log goes on hiding its keys. Registering is for good; there is no way to forget.
 */
export class Redactor {
  readonly #key = randomBytes(32).toString('base64');
  /** Multiplier of the rolling hash, odd and different in each run. */
  readonly #multiplier = randomInt(2 ** 30) * 2 + 1;
  readonly #fragments = new Map<number, Fragments>();
  readonly #wholeTexts = new Set<string>();

  /** Hides `secret` and its spellings (base64, hex, URL, JSON …) from now on. */
  register(secret: string): void {
    if (secret === '') return;
    if (secret.trim().length < minInsideLength) {
      this.#wholeTexts.add(this.#hash(secret.trim()));
      return;
    }
    const fragments = new Set<string>();
    for (const form of secretForms(secret)) {
      if (form.length >= minInsideLength) addFragments(fragments, form);
    }
    for (const fragment of fragments) this.#add(fragment);
    // The runtime remembers the text of the last match (RegExp.input): let it be this one, and no spelling.
    / /.test(' ');
  }

  /** Hides every text in `credentials`. */
  registerCredentials(credentials: object): void {
    for (const value of Object.values(credentials)) if (typeof value === 'string') this.register(value);
  }

  /** `text` without the registered secrets, and without fragments of them of {@link fragmentLength} or more. */
  redact(text: string): string {
    if (this.#wholeTexts.size > 0 && text.length < 64 && this.#wholeTexts.has(this.#hash(text.trim()))) {
      return redactedMark;
    }
    const found: Span[] = [];
    for (const fragments of this.#fragments.values()) this.#find(text, fragments, found);
    return found.length === 0 ? text : withoutSpans(text, found);
  }

  #add(fragment: string): void {
    const { length } = fragment;
    let fragments = this.#fragments.get(length);
    if (fragments === undefined) {
      fragments = { length, filter: new Uint32Array(2 ** (filterBits - 5)), hashes: new Set() };
      this.#fragments.set(length, fragments);
    }
    let rolling = 0;
    for (let i = 0; i < length; i++) rolling = this.#roll(rolling, fragment.charCodeAt(i));
    const slot = slotOf(rolling);
    fragments.filter[slot >>> 5] = (fragments.filter[slot >>> 5] ?? 0) | (1 << (slot & 31));
    fragments.hashes.add(this.#hash(fragment));
  }

  /** Adds where fragments lie in `text`: one pass with a rolling hash, the keyed hash only where that hits. */
  #find(text: string, { length, filter, hashes }: Fragments, found: Span[]): void {
    if (text.length < length) return;
    let leading = 1; // weight of the character that leaves the window
    for (let i = 0; i < length; i++) leading = Math.imul(leading, this.#multiplier);
    let rolling = 0;
    for (let end = 0; end < text.length; end++) {
      rolling = this.#roll(rolling, text.charCodeAt(end));
      if (end >= length) rolling = (rolling - Math.imul(leading, text.charCodeAt(end - length))) | 0;
      const start = end - length + 1;
      if (start < 0) continue;
      const slot = slotOf(rolling);
      if (((filter[slot >>> 5] ?? 0) & (1 << (slot & 31))) === 0) continue;
      if (hashes.has(this.#hash(text.slice(start, end + 1)))) found.push({ start, end: end + 1 });
    }
  }

  #roll(rolling: number, character: number): number {
    return (Math.imul(rolling, this.#multiplier) + character) | 0;
  }

  #hash(text: string): string {
    return hash('sha256', this.#key + text, 'base64');
  }
}

/** A stretch of text: `end` is the first position after it. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/** Adds the overlapping fragments of a form, or the form itself where none of them says enough. */
function addFragments(fragments: Set<string>, form: string): void {
  const length = Math.min(form.length, fragmentLength);
  let added = 0;
  for (let start = 0; start + length <= form.length; start++) {
    const fragment = form.slice(start, start + length);
    if (fragments.has(fragment)) {
      added += 1;
    } else if (new Set(fragment).size >= minDifferentCharacters) {
      fragments.add(fragment);
      added += 1;
    }
  }
  if (added === 0) fragments.add(form);
}

/** The high bits: the low ones of a product depend only on the low bits of its factors. */
function slotOf(rolling: number): number {
  return rolling >>> (32 - filterBits);
}

function withoutSpans(text: string, spans: Span[]): string {
  spans.sort((a, b) => a.start - b.start);
  let result = '';
  let done = 0;
  for (const { start, end } of spans) {
    // Overlapping or touching stretches are one secret and get one mark.
    if (start > done || done === 0) result += `${text.slice(done, start)}${redactedMark}`;
    done = Math.max(done, end);
  }
  return result + text.slice(done);
}
