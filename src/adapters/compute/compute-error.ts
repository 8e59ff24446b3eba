/** Errors of the native part, with their code. */

const computeErrorCodes = [
  'BAD_ARGUMENT',
  'BAD_ROWS',
  'BAD_SERIES_NAME',
  'BUSY',
  'CANCELLED',
  'DAMAGED',
  'DISK_FULL',
  'FINAL_LAST',
  'INTERNAL',
  'IO',
  'NEWER_VERSION',
  'NOT_A_CANDLE_FILE',
  'NOT_AFTER_LAST',
  'NOT_AN_L2_FILE',
  'NOT_FOUND',
  'OTHER_SERIES',
  'OUT_OF_RANGE',
  'OVERLAP_DIFFERS',
  'PROVISIONAL_LAST',
  'READ_ONLY',
] as const;

/** What went wrong, for programs; the message says it for people, with what to do. */
export type ComputeErrorCode = (typeof computeErrorCodes)[number];

/** Thrown by everything in this folder once the addon is loaded. */
export class ComputeError extends Error {
  override readonly name = 'ComputeError';
  readonly code: ComputeErrorCode;

  constructor(code: ComputeErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * Gives an error of the addon as `ComputeError`. The addon writes `CODE: message`; what Node-API itself refuses (a string
 * where a number belongs) has no code and counts as a bad argument, a panic as internal.
 */
export function toComputeError(error: unknown): ComputeError {
  if (error instanceof ComputeError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const [, written, rest] = /^([A-Z0-9_]+): (.*)$/s.exec(message) ?? [];
  const code = computeErrorCodes.find((known) => known === written);
  if (code !== undefined && rest !== undefined) return new ComputeError(code, rest, { cause: error });
  const refused = (error as { code?: unknown } | null)?.code;
  const isArgument =
    refused === 'InvalidArg' || (typeof refused === 'string' && refused.endsWith('Expected'));
  return new ComputeError(isArgument ? 'BAD_ARGUMENT' : 'INTERNAL', message, { cause: error });
}

/** Runs a call of the addon; its errors come out as `ComputeError`. */
export function computing<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw toComputeError(error);
  }
}

/** As `computing`, for a task of the addon. */
export async function computingAsync<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw toComputeError(error);
  }
}
