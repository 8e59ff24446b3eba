/** How long whoever was refused waits before the next try: strategies and the kernel share the one rule. */

/** The wait after the first refusal. */
export const retryMs = 10_000;

/** The longest wait between tries of what is refused again and again. */
const retryMaximumMs = 600_000;

/**
 * The longest wait before an exit is sent again: a position that should be gone, or have its exit, is not left for longer.
 * Three tries a minute are no burden to a venue that is busy just then.
 */
export const closeRetryMaximumMs = 20_000;

/** Wait before an order that closes a position, and could not be sent, is tried again: asking costs nothing. */
export const closeRetryMs = 1_000;

/** How long to wait before the next try of what was refused `times` in a row: twice as long each time, up to ten minutes. */
export function retryDelayMs(times: number, maximumMs = retryMaximumMs): number {
  return Math.min(maximumMs, retryMs * 2 ** Math.max(0, Math.min(times, 10) - 1));
}
