/** A recording of an order book and its trades, in columns of equal length, ready to be run through. */

/** Bit of a kind: the row begins a message; those behind it without the bit belong to the same one. */
export const messageStart = 0x80;

export interface BookRows {
  /** `tickKinds`, with `messageStart` where a message begins. */
  readonly kinds: Uint8Array;
  /** Prices in ticks of the instrument. */
  readonly ticks: Float64Array;
  /** Sizes in lots of the instrument: of a trade, or what is left at a level. */
  readonly lots: Float64Array;
  /** When it happened at the exchange, whole epoch ms UTC. */
  readonly exchangeMs: Float64Array;
  /** When the recorder received it, whole epoch ms UTC, never falling. */
  readonly receiveMs: Float64Array;
  /** Rows in the order in which they happened at the exchange; undefined where that is their own order. */
  readonly exchangeOrder: Uint32Array | undefined;
}
