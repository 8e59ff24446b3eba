/** Times and spans as text. Every function takes epoch milliseconds or a span in milliseconds. */

const two = (value: number): string => String(value).padStart(2, '0');

/** Gives `14:03:27`, in UTC or in the clock of this machine. */
export function formatClock(timeMs: number, utc = true): string {
  const date = new Date(timeMs);
  return utc
    ? `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`
    : `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** Gives `2026-11-21`. */
export function formatDate(timeMs: number, utc = true): string {
  const date = new Date(timeMs);
  return utc
    ? `${date.getUTCFullYear()}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`
    : `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** Gives `2026-11-21 14:03:27`. */
export function formatDateTime(timeMs: number, utc = true): string {
  return `${formatDate(timeMs, utc)} ${formatClock(timeMs, utc)}`;
}

/** Gives `2026-11-21 14:03`, for what happens on candles. */
export function formatMinute(timeMs: number, utc = true): string {
  return formatDateTime(timeMs, utc).slice(0, -3);
}

/** Gives a span in at most two units: `0.4 s`, `12 s`, `3 m 04 s`, `2 h 10 m`, `5 d 3 h`. Negative spans count as none. */
export function formatSpan(spanMs: number): string {
  const ms = Math.max(0, spanMs);
  if (ms < 10_000) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} m ${two(seconds % 60)} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${two(minutes % 60)} m`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** Gives what is left until a time: `in 8 s`, or `now`. */
export function formatCountdown(untilMs: number, nowMs: number): string {
  const left = untilMs - nowMs;
  return left < 500 ? 'now' : `in ${formatSpan(left).replace(/\.\d s/, ' s')}`;
}
