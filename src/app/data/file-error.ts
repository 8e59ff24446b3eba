/** What readers of data files throw, as an error of the API that names the field the file was given in. */

import { DataFileError } from '../../adapters/candle-files/data-file-error.ts';
import { ApiError } from '../../shared/api/result.ts';

/** Gives the error of a field; its words say file, line, column and reason, its hint what to do. */
export function fileError(error: DataFileError, field: string): ApiError {
  const code = error.code === 'not-found' ? 'not-found' : 'bad-input';
  return new ApiError(code, `${field}: ${error.problem}`, { field, hint: error.hint });
}

/** Reads a file that a field names. Throws `ApiError` for what is wrong with the file. */
export async function readingFile<T>(field: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw error instanceof DataFileError ? fileError(error, field) : error;
  }
}
