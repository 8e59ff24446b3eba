/** One refusal of the configuration: which field, where it was written, and why. */

import { ApiError } from '../../shared/api/result.ts';

/** Where a value came from: a file, an environment variable, a flag. */
export interface ConfigPlace {
  /** `sextant.yaml:12`, `SEXTANT_API_PORT`, `--port`. */
  readonly text: string;
}

const nothingChanged = 'Nothing was changed.';

/** Makes the `bad-input` error of a configuration value. `field` is dotted; the message starts with the place. */
export function configFault(
  place: ConfigPlace,
  field: string | undefined,
  reason: string,
  hint?: string,
): ApiError {
  const named = field === undefined || field === '' ? reason : `${field}: ${reason}`;
  return new ApiError('bad-input', `${place.text}: ${named}`, {
    field: field === '' ? undefined : field,
    hint: hint === undefined ? nothingChanged : `${hint} ${nothingChanged}`,
  });
}
