/** Names of a trade's orders. */

export const entryLegOf = (trade: number) => `T${trade}-entry`;
export const stopLegOf = (trade: number) => `T${trade}-stop`;
export const exitLegOf = (trade: number, attempt: number) => `T${trade}-exit-${attempt}`;
