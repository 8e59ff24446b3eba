/** Results and errors of the API: the same on every transport, with one exit code each for the command line. */

export const errorCodes = [
  'bad-input',
  'refused',
  'not-found',
  'venue',
  'damaged',
  'locked',
  'unauthorised',
  'rate-limited',
  'internal',
] as const;
export type ErrorCode = (typeof errorCodes)[number];

/** Exit codes of the command line, by error code. */
export const exitCodeOf: Record<ErrorCode, number> = {
  'bad-input': 2,
  refused: 3,
  'not-found': 4,
  venue: 5,
  damaged: 6,
  locked: 7,
  unauthorised: 3,
  'rate-limited': 3,
  internal: 1,
};

export interface ApiFailure {
  readonly ok: false;
  readonly code: ErrorCode;
  readonly message: string;
  /** The field at fault, dotted: `params.lower`. */
  readonly field?: string | undefined;
  /** What to do about it. */
  readonly hint?: string | undefined;
}

export type ApiResult<Value> = { readonly ok: true; readonly value: Value } | ApiFailure;

/** An expected failure: thrown by handlers, turned into an `ApiFailure` at the edge. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ErrorCode;
  readonly field: string | undefined;
  readonly hint: string | undefined;
  constructor(
    code: ErrorCode,
    message: string,
    more: { field?: string | undefined; hint?: string | undefined } = {},
  ) {
    super(message);
    this.code = code;
    this.field = more.field;
    this.hint = more.hint;
  }
}

/** Whether an error tells of something the caller can change, rather than of a bug of ours. */
export function isCallersFault(error: unknown): boolean {
  return error instanceof ApiError && error.code !== 'internal';
}

/** The message of an error of any kind. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Gives the failure an error stands for; unknown errors say nothing of their inside. */
export function failureOf(error: unknown): ApiFailure {
  if (error instanceof ApiError) {
    return {
      ok: false,
      code: error.code,
      message: error.message,
      ...(error.field === undefined ? {} : { field: error.field }),
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    };
  }
  return { ok: false, code: 'internal', message: 'an internal error happened; the log has the details' };
}
