/** Key and vault errors as errors of the API, so that they have the command line's exit codes. */

import { SecretError } from '../../adapters/secrets/errors.ts';
import { ApiError, type ErrorCode } from '../../shared/api/result.ts';

/** A person pressed Ctrl-C at a prompt. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
}

const codeOf: Readonly<Record<SecretError['category'], ErrorCode | null>> = {
  input: 'bad-input',
  state: 'refused',
  'not-found': 'not-found',
  damaged: 'damaged',
  environment: 'refused',
  interrupted: null,
};

/** Runs `work`; secret errors come out as `ApiError`, Ctrl-C as `InterruptedError`. */
export async function withSecretErrors<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SecretError)) throw error;
    const code = codeOf[error.category];
    if (code === null) throw new InterruptedError(error.message);
    throw new ApiError(code, error.message, { field: error.field, hint: error.hint });
  }
}
