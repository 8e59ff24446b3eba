/** Round times for the axis of a chart, UTC. */

import type { Tick } from './chart.ts';
import type { Range } from './scale.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const shortSteps = [hourMs, 3 * hourMs, 6 * hourMs, 12 * hourMs, dayMs, 2 * dayMs, 5 * dayMs, 10 * dayMs];
const monthSteps = [1, 2, 3, 6, 12, 24, 60, 120];
const ticksMaximum = 9;
const monthMs = 30.44 * dayMs;

/** Times inside a range, at most nine, every other one left out on narrow screens. */
export function timeTicks(range: Range): Tick[] {
  const length = range.high - range.low;
  const step = shortSteps.find((size) => length / size <= ticksMaximum);
  const times = step === undefined ? monthTimes(range) : evenTimes(range, step);
  const isInside = ({ at }: Tick): boolean => {
    const place = (at - range.low) / length;
    // Labels are centred: those at the edges would be cut.
    return place > 0.03 && place < 0.97;
  };
  return times.filter(isInside).map((tick, index) => ({ ...tick, minor: index % 2 === 1 }));
}

function evenTimes({ low, high }: Range, step: number): Tick[] {
  const found: Tick[] = [];
  for (let at = Math.ceil(low / step) * step; at <= high; at += step) {
    const time = new Date(at);
    const day = `${time.getUTCDate()} ${monthNames[time.getUTCMonth()]}`;
    const hour = `${String(time.getUTCHours()).padStart(2, '0')}:00`;
    found.push({ at, text: step < dayMs && at % dayMs !== 0 ? hour : day });
  }
  return found;
}

function monthTimes({ low, high }: Range): Tick[] {
  const step = monthSteps.find((months) => (high - low) / (months * monthMs) <= ticksMaximum) ?? 240;
  const first = new Date(low);
  const begin = first.getUTCFullYear() * 12 + first.getUTCMonth();
  const found: Tick[] = [];
  for (let month = Math.ceil(begin / step) * step; ; month += step) {
    const at = Date.UTC(Math.floor(month / 12), month % 12, 1);
    if (at > high) return found;
    if (at < low) continue;
    const year = String(Math.floor(month / 12));
    found.push({ at, text: month % 12 === 0 ? year : `${monthNames[month % 12]} ${year.slice(2)}` });
  }
}
