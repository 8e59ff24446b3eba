/** In which spellings a secret can turn up in text: requests, headers, errors and dumps all have their own. */

const pemMark = /-----(?:BEGIN|END)[^-]*-----/g;
const base64Text = /^[A-Za-z0-9+/_-]{16,}={0,2}$/;
const hexText = /^(?:0x)?[0-9a-fA-F]{32,}$/;

/**
 * All spellings of `secret` that are looked for: itself, inside JSON, URL-encoded, base64 at each of the three
 * alignments (`user:secret` is encoded as a whole), hex, and, for a secret that is itself base64 or hex (Kraken's,
 * a wallet's), the same for the bytes it stands for. A PEM block counts by its body.
 */
export function secretForms(secret: string): readonly string[] {
  const forms = new Set<string>();
  const texts = new Set([secret]);
  if (secret.includes('-----BEGIN')) {
    const body = secret.replaceAll(pemMark, '').trim();
    texts.delete(secret); // its header is no secret, and is in other people's keys too
    texts.add(body).add(body.replaceAll(/\s+/g, ''));
  }
  for (const text of texts) {
    addTextForms(forms, text);
    addByteForms(forms, Buffer.from(text, 'utf8'));
    const decoded = decode(text);
    if (decoded !== null) addByteForms(forms, decoded);
  }
  forms.delete('');
  return [...forms];
}

function addTextForms(forms: Set<string>, text: string): void {
  const json = JSON.stringify(text).slice(1, -1);
  const wellFormed = text.toWellFormed();
  const url = encodeURIComponent(wellFormed);
  forms.add(text).add(json).add(JSON.stringify(json).slice(1, -1));
  forms.add(url).add(lowerEscapes(url)).add(encodeURIComponent(url));
  forms.add(new URLSearchParams({ x: wellFormed }).toString().slice(2)); // space as +, more characters escaped
  for (const line of text.split(/\s*\n\s*/)) forms.add(line);
}

function addByteForms(forms: Set<string>, bytes: Buffer): void {
  const hex = bytes.toString('hex');
  forms.add(hex).add(hex.toUpperCase());
  forms.add(bytes.toString('base64url'));
  for (const text of [bytes.toString('base64'), ...alignedBase64(bytes)]) {
    forms.add(text);
    forms.add(text.replaceAll('+', '-').replaceAll('/', '_'));
    forms.add(encodeURIComponent(text)).add(lowerEscapes(encodeURIComponent(text)));
  }
}

/** Base64 with 0, 1 or 2 bytes before it, without the characters that mix in a neighbour. */
function alignedBase64(bytes: Buffer): readonly string[] {
  return [0, 1, 2].map((offset) => {
    const padded = Buffer.concat([Buffer.alloc(offset), bytes]);
    const start = Math.ceil((offset * 4) / 3);
    const end = Math.floor((padded.length * 4) / 3);
    return padded.toString('base64').slice(start, end);
  });
}

function decode(text: string): Buffer | null {
  if (hexText.test(text)) return Buffer.from(text.replace(/^0x/, ''), 'hex');
  if (base64Text.test(text)) return Buffer.from(text, 'base64');
  return null;
}

function lowerEscapes(url: string): string {
  return url.replaceAll(/%[0-9A-F]{2}/g, (escaped) => escaped.toLowerCase());
}
