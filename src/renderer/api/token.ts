/** Idempotency tokens: one for each form, so that a double click or a lost answer never acts twice. */

/** Gives a fresh random token of 26 characters. */
export function newToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes]
    .map((byte) => byte.toString(36).padStart(2, '0'))
    .join('')
    .slice(0, 26);
}
