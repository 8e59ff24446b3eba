/** Building blocks of the API's schemas: bounded texts, exact decimals, times. */

import { z } from 'zod';
import { timeframes } from '../domain/candle.ts';

/** An exact decimal as text: `-12.5`, never a float, never a comma. */
export const decimalText = z
  .string()
  .max(60)
  .regex(
    /^-?\d{1,30}(\.\d{1,40})?$/,
    'must be a plain decimal number such as 61500.5 (a point, no comma, no exponent)',
  );

/** A decimal greater than zero. */
export const positiveDecimalText = decimalText.refine((text) => !text.startsWith('-') && /[1-9]/.test(text), {
  message: 'must be greater than zero',
});

/** Epoch milliseconds, UTC. */
export const timeMs = z.number().int().min(0).max(8.64e15);

/** An id we or a venue gave: printable, no white space, bounded. */
export const idText = z
  .string()
  .min(1)
  .max(120)
  .regex(/^[\x21-\x7e]+$/, 'must be printable characters without spaces');

/** `venue:SYMBOL`. */
export const instrumentText = z
  .string()
  .max(120)
  .regex(/^[a-z0-9][a-z0-9-]{0,40}:[A-Za-z0-9._/:-]{1,60}$/, 'must look like sim-a:BTC/USDT');

export const venueText = z.string().regex(/^[a-z0-9][a-z0-9-]{0,40}$/, 'must be a venue id such as sim-a');
export const botText = z.string().regex(/^[a-z0-9][a-z0-9-]{0,40}$/, 'must be a bot id such as b1');
export const timeframeText = z.enum(timeframes);
/** The longest name that a person can give. */
export const nameLengthMax = 60;
export const nameText = z.string().trim().min(1).max(nameLengthMax);
export const listLimit = z.number().int().min(1).max(1000);

/** Made by the client for each form; the same token is carried out at most once in 24 hours. */
export const idempotencyToken = z
  .string()
  .min(8)
  .max(64)
  .regex(/^[A-Za-z0-9_-]+$/);

/** Money by currency. */
export const moneyByCurrency = z.record(z.string().max(20), decimalText);
