/** What a person types into number fields: plain decimals pass, everything else is refused with its reason. */
import { describe, expect, it } from 'vitest';
import {
  outsideBounds,
  parseDecimalInput,
  parseIntegerInput,
  snapToTick,
} from '../../src/renderer/format/parse-input.ts';

describe('parseDecimalInput', () => {
  it.each([
    ['61500.5', '61500.5'],
    [' 12 ', '12'],
    ['0.10', '0.1'],
    ['007', '7'],
  ])('takes %s as %s', (input, text) => {
    expect(parseDecimalInput(input, { positive: true })).toEqual({ ok: true, text });
  });
  it.each([
    ['1,5', /point for decimals/],
    ['1.234,5', /point for decimals/],
    ['1e400', /without an exponent/],
    ['-3', /negative/],
    ['+3', /plus sign/],
    ['NaN', /plain decimal/],
    ['Infinity', /plain decimal/],
    ['1 000', /No spaces/],
    ['.5', /plain decimal/],
    ['5.', /plain decimal/],
    ['0x10', /plain decimal/],
    ['', /Enter a number/],
    ['0.000', /greater than zero/],
    ['1'.repeat(41), /Too many digits/],
  ])('refuses %s with the reason', (input, reason) => {
    const parsed = parseDecimalInput(input, { positive: true });
    expect(parsed.ok ? '' : parsed.message).toMatch(reason);
  });
  it('takes a minus where it is allowed', () => {
    expect(parseDecimalInput('-0.5', { signed: true })).toEqual({ ok: true, text: '-0.5' });
  });
});

describe('parseIntegerInput', () => {
  const bounds = { minimum: '2', maximum: '40' };
  it.each([
    ['16', { ok: true, value: 16 }],
    ['1', { ok: false, message: 'At least 2' }],
    ['41', { ok: false, message: 'At most 40' }],
    ['3.5', { ok: false, message: 'Must be a whole number, without point or comma' }],
    ['9'.repeat(16), { ok: false, message: 'Must be a whole number, without point or comma' }],
  ])('%s', (input, result) => {
    expect(parseIntegerInput(input, bounds)).toEqual(result);
  });
});

it('bounds are inclusive and exact', () => {
  expect(outsideBounds('0.1', '0.1', '0.3')).toBeNull();
  expect(outsideBounds('0.30000000000000001', '0.1', '0.3')).toBe('At most 0.3');
  expect(outsideBounds('0.09', '0.1', null)).toBe('At least 0.1');
});

describe('snapToTick', () => {
  it.each([
    [61_063.94, '0.1', '61063.9'],
    [0.300_000_04, '0.0001', '0.3'],
    [12.5, '5', '15'],
    [-4, '0.5', '0.5'],
  ])('%d with a tick of %s is %s', (price, tick, text) => {
    expect(snapToTick(price, tick)).toBe(text);
  });
});
