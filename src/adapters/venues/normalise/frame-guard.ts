/** Bounds on what is handed to a JSON parser: size, depth, and keys that could reach an object's prototype. */

import { Refusal } from './refusal.ts';

export interface FrameBounds {
  readonly bytesMaximum: number;
  readonly depthMaximum: number;
}

/** A WebSocket frame of market data: the largest known (all tickers of a venue) is about 1 MB and 5 levels deep. */
export const streamFrameBounds: FrameBounds = { bytesMaximum: 4 * 1024 * 1024, depthMaximum: 32 };
/** A REST reply: exchange rules of thousands of symbols run to some 20 MB. */
export const restReplyBounds: FrameBounds = { bytesMaximum: 48 * 1024 * 1024, depthMaximum: 48 };

const harmlessLength = 1_024;
const quote = 34;
const backslash = 92;
const openBracket = 91;
const closeBracket = 93;
const openBrace = 123;
const closeBrace = 125;

/** Throws `Refusal` when a text is too large, nested too deeply, or names a key such as `__proto__`. */
export function guardFrame(text: string, bounds: FrameBounds): void {
  if (text.length > bounds.bytesMaximum) {
    throw new Refusal(
      'too-large',
      'frame',
      `a frame of ${text.length} characters is over the bound of ${bounds.bytesMaximum}`,
    );
  }
  // Nesting that fits in a short text cannot exhaust a stack, and most frames are short: only long ones are scanned.
  if (text.length > harmlessLength) guardDepth(text, bounds.depthMaximum);
  // An escaped underscore has no honest use in market data and would hide the same key.
  if (text.includes('__proto__') || text.includes('\\u005')) {
    throw new Refusal('forbidden-key', 'frame', 'a frame names the key __proto__');
  }
}

function guardDepth(text: string, depthMaximum: number): void {
  let depth = 0;
  const length = text.length;
  for (let index = 0; index < length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === quote) {
      index = endOfString(text, index + 1);
    } else if (code === openBracket || code === openBrace) {
      depth += 1;
      if (depth > depthMaximum) {
        throw new Refusal('too-deep', 'frame', `a frame is nested more than ${depthMaximum} levels deep`);
      }
    } else if (code === closeBracket || code === closeBrace) {
      depth -= 1;
    }
  }
}

function endOfString(text: string, start: number): number {
  for (let index = text.indexOf('"', start); index >= 0; index = text.indexOf('"', index + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(index - 1 - backslashes) === backslash) backslashes += 1;
    if (backslashes % 2 === 0) return index;
  }
  return text.length;
}

/** Parses a guarded JSON text. Throws `Refusal` for anything the guard or the parser does not accept. */
export function parseFrame(text: string, bounds: FrameBounds): unknown {
  guardFrame(text, bounds);
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal('not-json', 'frame', `a frame is not JSON: ${JSON.stringify(text.slice(0, 60))}`);
  }
}
