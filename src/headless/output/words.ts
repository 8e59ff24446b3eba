/** Times, durations and sums in words for people. */

/** Gives `2026-03-01 12:30:05` in UTC. */
export function timeWords(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 19).replace('T', ' ');
}

/** Gives `45 s`, `12 min`, `3 h 20 min`. */
export function durationWords(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} days ${hours % 24} h`;
}

/** Gives `12500 USDT, 0.5 BTC`, or a dash for nothing. */
export function moneyWords(amounts: Readonly<Record<string, string>>): string {
  const words = Object.entries(amounts).map(([currency, amount]) => `${amount} ${currency}`);
  return words.length === 0 ? '–' : words.join(', ');
}

/** Gives `1,234,567`. */
export function countWords(count: number): string {
  return count.toLocaleString('en-US');
}

/** Digits after the point of money in result lines. */
const moneyDigits = 8;

/** Money that was counted as a double, as the decimal text of a result line. */
export function moneyText(value: number): string {
  return value.toFixed(moneyDigits).replace(/\.?0+$/, '');
}
