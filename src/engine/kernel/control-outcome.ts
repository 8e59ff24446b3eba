/** What became of a control command. */

import type { ClientOrderId } from '../../shared/domain/nominal.ts';

export type ControlOutcome =
  | {
      readonly ok: true;
      readonly clientOrderId?: ClientOrderId | undefined;
      readonly count?: number | undefined;
    }
  | {
      readonly ok: false;
      readonly code: 'refused' | 'not-found' | 'bad-input';
      readonly message: string;
      /** The risk or state code behind a refusal, when there is one. */
      readonly reason?: string | undefined;
    };

export const succeeded: ControlOutcome = { ok: true };

/** Gives the outcome of a command that was not carried out. */
export function refused(
  code: 'refused' | 'not-found' | 'bad-input',
  message: string,
  reason?: string,
): ControlOutcome {
  return { ok: false, code, message, reason };
}
