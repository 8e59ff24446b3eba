/** Nominal types: a price cannot be passed where a quantity is meant, though both are numbers at run time. */

declare const nominalName: unique symbol;

/** `Base` with a name the compiler checks; free of cost at run time. */
export type Nominal<Base, Name extends string> = Base & { readonly [nominalName]: Name };

/** Price as an integer number of the instrument's ticks. */
export type PriceTicks = Nominal<number, 'PriceTicks'>;
/** Quantity as an integer number of the instrument's lots; signed only where a position is meant. */
export type QuantityLots = Nominal<number, 'QuantityLots'>;
/** Milliseconds since 1970-01-01T00:00Z. */
export type EpochMs = Nominal<number, 'EpochMs'>;
/** `venue:SYMBOL`, for example `sim-a:BTC/USDT`. */
export type InstrumentId = Nominal<string, 'InstrumentId'>;
/** A configured venue, for example `sim-a` or `binance`. */
export type VenueId = Nominal<string, 'VenueId'>;
/** A bot of this installation, for example `b3`. Orders sent by hand belong to the bot `manual`. */
export type BotId = Nominal<string, 'BotId'>;
/** The id we give an order before it leaves; deterministic and unique in the installation. */
export type ClientOrderId = Nominal<string, 'ClientOrderId'>;
/** The id the venue gives an order. */
export type VenueOrderId = Nominal<string, 'VenueOrderId'>;

export const priceTicks = (value: number): PriceTicks => value as PriceTicks;
export const quantityLots = (value: number): QuantityLots => value as QuantityLots;
export const epochMs = (value: number): EpochMs => value as EpochMs;
export const venueId = (value: string): VenueId => value as VenueId;
export const botId = (value: string): BotId => value as BotId;
export const clientOrderId = (value: string): ClientOrderId => value as ClientOrderId;
export const venueOrderId = (value: string): VenueOrderId => value as VenueOrderId;

/** Gives the id of a symbol on a venue: `venue:SYMBOL`. */
export function instrumentId(venue: string, symbol: string): InstrumentId {
  return `${venue}:${symbol}` as InstrumentId;
}
