import { describe, expect, test } from 'vitest';
import {
  type KeyPermissionReport,
  permissionWords,
  refuseWithdraw,
  withdrawOverridePhrase,
} from '../../../src/adapters/secrets/key-permissions.ts';

const tradeOnly: KeyPermissionReport = {
  canRead: true,
  canTrade: true,
  canWithdraw: false,
  ipRestricted: true,
};

describe('a key that can withdraw', () => {
  const withdraws = { ...tradeOnly, canWithdraw: true };
  test.each([
    ['no override', undefined],
    ['empty words', { typedPhrase: '' }],
    ['yes', { typedPhrase: 'yes' }],
    ['other case', { typedPhrase: withdrawOverridePhrase.toUpperCase() }],
    ['a space too many', { typedPhrase: `${withdrawOverridePhrase} ` }],
  ])('is refused: %s', (_name, override) => {
    expect(() => refuseWithdraw(withdraws, override)).toThrow(
      expect.objectContaining({ code: 'withdraw-right', category: 'state' }),
    );
  });

  test('is used when the words are typed, with a warning that stays', () => {
    expect(refuseWithdraw(withdraws, { typedPhrase: 'this key can withdraw' })).toEqual(['can-withdraw']);
  });
});

test.each<[string, Partial<KeyPermissionReport>, string[]]>([
  ['trade only, bound to an address', {}, []],
  ['withdraw right not told', { canWithdraw: 'unknown' }, ['withdraw-unknown']],
  ['read only', { canTrade: false }, ['cannot-trade']],
  ['nothing told', { canTrade: 'unknown', canWithdraw: 'unknown' }, ['withdraw-unknown', 'trade-unknown']],
  ['no address list', { ipRestricted: false }, ['no-ip-restriction']],
])('warnings: %s', (_name, changes, warnings) => {
  expect(refuseWithdraw({ ...tradeOnly, ...changes })).toEqual(warnings);
});

test('words kept with the key', () => {
  expect(permissionWords(tradeOnly)).toEqual(['read', 'trade', 'ip-restricted']);
  expect(permissionWords({ canRead: 'unknown', canTrade: true, canWithdraw: true })).toEqual([
    'trade',
    'withdraw',
  ]);
});
