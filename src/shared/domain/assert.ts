/** Assertions for programmer errors: they throw, because corrupt data is worse than no data. */

/** Thrown when the program contradicts itself; never for bad input from outside. */
export class AssertionFailure extends Error {
  override readonly name = 'AssertionFailure';
}

/** Throws unless `condition` holds. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionFailure(message);
}

/** Gives `value`, or throws when it is undefined or null. */
export function ensureDefined<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw new AssertionFailure(`${what} is missing`);
  return value;
}

/** Makes a switch exhaustive: the compiler refuses a case that was forgotten. */
export function ensureNever(value: never, what: string): never {
  throw new AssertionFailure(`unexpected ${what}: ${JSON.stringify(value)}`);
}

/** Throws unless `value` is an integer that a double holds exactly. */
export function assertSafeInteger(value: number, what: string): void {
  if (!Number.isSafeInteger(value)) throw new AssertionFailure(`${what} is not an exact integer: ${value}`);
}
