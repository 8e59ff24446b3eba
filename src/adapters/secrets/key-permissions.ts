/** What a venue says a key may do, and the rule that a key which can withdraw is not used. */
import { SecretError } from './errors.ts';

/** Rights of a key as the venue reports them; `unknown` where it does not say. */
export interface KeyPermissionReport {
  readonly canRead: boolean | 'unknown';
  readonly canTrade: boolean | 'unknown';
  readonly canWithdraw: boolean | 'unknown';
  /** Whether the venue accepts the key only from listed addresses. */
  readonly ipRestricted?: boolean;
}

/** What a person must type, letter for letter, to use a key that can withdraw. */
export const withdrawOverridePhrase = 'this key can withdraw';

/** The typed words with which a person takes the risk of a key that can withdraw. */
export interface WithdrawOverride {
  readonly typedPhrase: string;
}

/** Advice about a key that is allowed. */
export type KeyWarning =
  | 'can-withdraw'
  | 'withdraw-unknown'
  | 'no-ip-restriction'
  | 'cannot-trade'
  | 'trade-unknown';

/**
 * Throws `withdraw-right` when the key can withdraw and `override` does not hold the exact phrase; otherwise
 * gives what a person should know about the key. A thief of a trade-only key cannot take the coins away.
 */
export function refuseWithdraw(
  report: KeyPermissionReport,
  override?: WithdrawOverride,
): readonly KeyWarning[] {
  if (report.canWithdraw === true && override?.typedPhrase !== withdrawOverridePhrase) {
    throw new SecretError(
      'withdraw-right',
      'this key is allowed to withdraw; Sextant never needs that, and whoever stole the key could empty the account',
      `Make a key without the withdraw right at the venue. To use this one all the same, type: ${withdrawOverridePhrase}`,
    );
  }
  const warnings: KeyWarning[] = [];
  if (report.canWithdraw === true) warnings.push('can-withdraw');
  if (report.canWithdraw === 'unknown') warnings.push('withdraw-unknown');
  if (report.canTrade === false) warnings.push('cannot-trade');
  if (report.canTrade === 'unknown') warnings.push('trade-unknown');
  if (report.ipRestricted === false) warnings.push('no-ip-restriction');
  return warnings;
}

/** The words kept with a key (`KeyInfo.permissions`) for a report. */
export function permissionWords(report: KeyPermissionReport): readonly string[] {
  const words: string[] = [];
  if (report.canRead === true) words.push('read');
  if (report.canTrade === true) words.push('trade');
  if (report.canWithdraw === true) words.push('withdraw');
  if (report.ipRestricted === true) words.push('ip-restricted');
  return words;
}
