import { expect, it } from 'vitest';
import { nearName } from '../../../src/shared/domain/near-name.ts';

const known = ['instrument', 'instruments', 'level', 'keepDays', 'fastPeriod', 'id'];

it.each([
  ['instrumnt', 'instrument'],
  ['instrumnts', 'instruments'],
  ['levle', 'level'],
  ['keepdays', 'keepDays'],
  ['fastPerid', 'fastPeriod'],
  ['di', 'id'],
])('%s was meant to be %s', (typed, meant) => {
  expect(nearName(typed, known)).toBe(meant);
});

it.each(['', 'colour', 'x', 'period'])('%j is near none', (typed) => {
  expect(nearName(typed, known)).toBeUndefined();
});
