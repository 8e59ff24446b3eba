/**
 * Seeded random numbers: the only source of chance inside the engine. A stream is named by a seed text and its
 * purpose, so that a new stream never shifts the numbers of the others.
 */

/** Everything a stream needs to go on exactly where it was: four 32-bit words and the spare normal. */
export interface RandomState {
  readonly words: readonly [number, number, number, number];
  readonly spareNormal: number | null;
}

const twoToMinus32 = 2 ** -32;

/** Hashes a text to 32 bits (FNV-1a with a final avalanche): good enough to seed, not a checksum. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return avalanche(hash);
}

function avalanche(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** A xoshiro128** generator with the distributions the simulation needs. */
export class RandomStream {
  private readonly words = new Uint32Array(4);
  private spareNormal: number | null = null;

  /** Starts the stream `name` of the family `seed`. Equal arguments give equal numbers for ever. */
  constructor(seed: string, name: string) {
    // Two hashes of different texts, spread by a Weyl sequence: related names give unrelated states.
    const left = hashText(`${seed}\u0000${name}`);
    const right = hashText(`${name}\u0001${seed}`);
    for (let index = 0; index < 4; index += 1) {
      const base = index < 2 ? left : right;
      this.words[index] = avalanche((base + Math.imul(index + 1, 0x9e3779b9)) >>> 0);
    }
    if (this.words.every((word) => word === 0)) this.words[0] = 1;
  }

  /** Gives a stream that goes on from a saved state. */
  static restore(state: RandomState): RandomStream {
    const stream = new RandomStream('', '');
    stream.set(state);
    return stream;
  }

  /** Makes this stream go on from a saved state, for holders that keep one stream for ever. */
  set(state: RandomState): void {
    this.words.set(state.words);
    this.spareNormal = state.spareNormal;
  }

  save(): RandomState {
    const [a = 0, b = 0, c = 0, d = 0] = this.words;
    return { words: [a, b, c, d], spareNormal: this.spareNormal };
  }

  /** Gives an integer from 0 to 2^32 - 1. */
  nextUint32(): number {
    const words = this.words;
    const first = words[0] as number;
    const second = words[1] as number;
    const third = (words[2] as number) ^ first;
    const fourth = (words[3] as number) ^ second;
    const scaled = Math.imul(second, 5);
    const result = Math.imul((scaled << 7) | (scaled >>> 25), 9) >>> 0;
    words[1] = second ^ third;
    words[0] = first ^ fourth;
    words[2] = third ^ (second << 9);
    words[3] = (fourth << 11) | (fourth >>> 21);
    return result;
  }

  /** Gives a number strictly between 0 and 1. */
  uniform(): number {
    return (this.nextUint32() + 0.5) * twoToMinus32;
  }

  /** Gives an integer from 0 to `count` - 1. */
  integerBelow(count: number): number {
    return Math.floor(this.uniform() * count);
  }

  /** Gives a standard normal number (Marsaglia's polar method). */
  normal(): number {
    if (this.spareNormal !== null) {
      const spare = this.spareNormal;
      this.spareNormal = null;
      return spare;
    }
    for (;;) {
      const x = this.uniform() * 2 - 1;
      const y = this.uniform() * 2 - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(square)) / square);
      this.spareNormal = y * factor;
      return x * factor;
    }
  }

  /** Gives an exponentially distributed number with the given mean. */
  exponential(mean: number): number {
    return -mean * Math.log(this.uniform());
  }

  /** Gives a Student-t number (Bailey's polar method): fat tails for small `degreesOfFreedom`. */
  studentT(degreesOfFreedom: number): number {
    for (;;) {
      const x = this.uniform() * 2 - 1;
      const y = this.uniform() * 2 - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      return x * Math.sqrt((degreesOfFreedom * (square ** (-2 / degreesOfFreedom) - 1)) / square);
    }
  }

  /** Gives a log-normal number with the given median; `sigma` is the deviation of its logarithm. */
  logNormal(median: number, sigma: number): number {
    return median * Math.exp(sigma * this.normal());
  }
}
