/**
 * A rolling 64-bit digest over every market event. It is cheap enough for half a million events a second and goes
 * into each audit record, so that the record chain (SHA-256) commits to the inputs as well. It guards against
 * accidents and proves replays equal; it is not meant to stop a forger.
 */

import type { MarketEvent } from '../../shared/events/market.ts';

const scratch = new Float64Array(1);
const scratchWords = new Int32Array(scratch.buffer);

export class InputDigest {
  count = 0;
  private low = 0x9e3779b9 | 0;
  private high = 0x85ebca6b | 0;
  private readonly codes = new Map<string, number>();

  /** Mixes one event in. */
  add(event: MarketEvent): void {
    this.count += 1;
    let code = this.codes.get(event.instrument);
    if (code === undefined) {
      code = textCode(event.instrument);
      this.codes.set(event.instrument, code);
    }
    this.word(code);
    this.number(event.receiveTimeMs);
    // Candles are made by the venue's time.
    this.number(event.venueTimeMs);
    switch (event.kind) {
      case 'quote':
        this.word(1);
        this.number(event.bidTicks);
        this.number(event.bidLots);
        this.number(event.askTicks);
        this.number(event.askLots);
        return;
      case 'trade':
        this.word(event.aggressor === 'buy' ? 2 : 3);
        this.number(event.priceTicks);
        this.number(event.lots);
        return;
      case 'book-snapshot':
        this.word(4);
        this.number(event.sequence);
        this.levels(event.bids);
        this.levels(event.asks);
        return;
      case 'book-delta':
        this.word(5);
        this.number(event.firstSequence);
        this.number(event.lastSequence);
        this.levels(event.bids);
        this.levels(event.asks);
        return;
      case 'candle':
        this.word(event.final ? 6 : 7);
        this.number(event.timeframeMs);
        this.number(event.candle.openTimeMs);
        this.number(event.candle.open);
        this.number(event.candle.high);
        this.number(event.candle.low);
        this.number(event.candle.close);
        this.number(event.candle.volume);
        return;
      case 'price':
        this.word(9);
        this.number(event.priceTicks);
        return;
      case 'funding-rate':
        this.word(8);
        this.number(event.markTicks);
        this.number(event.nextFundingMs);
        this.word(textCode(event.rate));
        return;
    }
  }

  /** Gives the state as 16 hexadecimal digits. */
  toString(): string {
    return (this.high >>> 0).toString(16).padStart(8, '0') + (this.low >>> 0).toString(16).padStart(8, '0');
  }

  private levels(levels: readonly number[]): void {
    for (let index = 0; index < levels.length; index += 1) this.number(levels[index] as number);
    this.word(levels.length);
  }

  private number(value: number): void {
    if ((value | 0) === value) {
      this.word(value);
      return;
    }
    scratch[0] = value;
    this.word(scratchWords[0] as number);
    this.word(scratchWords[1] as number);
  }

  private word(value: number): void {
    const low = Math.imul(this.low ^ value, 0xcc9e2d51 | 0);
    this.low = (low << 15) | (low >>> 17);
    this.high = (Math.imul(this.high, 5) + 0x1b873593 + this.low) | 0;
  }
}

function textCode(text: string): number {
  let code = 0x811c9dc5 | 0;
  for (let index = 0; index < text.length; index += 1)
    code = Math.imul(code ^ text.charCodeAt(index), 0x01000193);
  return code;
}
