/** Gives the API's words for what stores and readers throw. */

import { DataFileError } from '../../adapters/candle-files/data-file-error.ts';
import { ComputeError } from '../../adapters/compute/compute-error.ts';
import { reasonOf, VenueError } from '../../adapters/venues/ccxt/venue-error.ts';
import { ApiError, type ErrorCode } from '../../shared/api/result.ts';
import { fileError } from './file-error.ts';

const computeCodes: Readonly<Record<string, ErrorCode>> = {
  BAD_ARGUMENT: 'bad-input',
  BAD_ROWS: 'bad-input',
  BUSY: 'locked',
  DAMAGED: 'damaged',
  NEWER_VERSION: 'damaged',
  NOT_A_CANDLE_FILE: 'damaged',
  NOT_FOUND: 'not-found',
  OTHER_SERIES: 'damaged',
  DISK_FULL: 'refused',
  FINAL_LAST: 'refused',
};

/** What to do where an import differs from what is stored. */
export const overlapHint =
  'If it is the file of another market, name another instrument. To let the new rows stand where they differ, import with ' +
  '--replace (in the Lab: Replace stored rows).';

/** The error as `ApiError` where it is an expected one; bugs come back as they are. */
export function dataError(error: unknown, field = 'file'): unknown {
  if (error instanceof DataFileError) return fileError(error, field);
  if (error instanceof ComputeError && error.code === 'OVERLAP_DIFFERS') {
    return new ApiError('bad-input', `${field}: ${error.message}`, { field, hint: overlapHint });
  }
  if (error instanceof ComputeError) {
    const code = computeCodes[error.code];
    return code === undefined ? error : new ApiError(code, error.message);
  }
  if (error instanceof VenueError) {
    const isInput = error.code === 'unknown-instrument' || error.code === 'unsupported-timeframe';
    return new ApiError(isInput || error.code === 'unknown-exchange' ? 'not-found' : 'venue', error.message, {
      field: error.code === 'unsupported-timeframe' ? 'timeframe' : isInput ? 'instrument' : 'venue',
      hint: error.hint,
    });
  }
  return error;
}

/** A failure that CCXT threw, as a failure of the venue. */
export function venueFailure(venue: string, error: unknown): ApiError {
  return new ApiError('venue', `${venue}: ${reasonOf(error)}`, {
    field: 'venue',
    hint: 'Try again later: what was downloaded is kept, and the same command goes on from there.',
  });
}

/** Runs work whose errors become those of the API. */
export async function withDataErrors<T>(work: () => Promise<T>, field?: string): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw dataError(error, field);
  }
}
