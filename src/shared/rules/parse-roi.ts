/** Reads and writes the table of profits that suffice: `4 % after 0 bars, 2 % after 10 bars`. */

import type { RoiStep } from './rule-set.ts';
import { TokenReader } from './token-reader.ts';

/** Reads the table, by rising bars. Words and signs may be left out: `4 after 0, 2 after 10`. Throws `RuleSyntaxError`. */
export function parseRoi(text: string): RoiStep[] {
  const reader = new TokenReader(text, true);
  const steps: RoiStep[] = [];
  const skip = (): void => {
    while (reader.peek().kind === 'end' || reader.isSign(',')) reader.take();
  };
  for (skip(); reader.peek().kind !== 'eof'; skip()) {
    const token = reader.peek();
    const percent = reader.expectNumber('a profit in percent, such as 4 % after 10 bars,');
    if (percent < 0 || percent > 100_000)
      reader.refuse('a profit that suffices lies between 0 and 100000 %', token);
    reader.takeSign('%');
    reader.expectWord('after');
    const barsToken = reader.peek();
    const afterBars = reader.expectNumber('a number of bars');
    if (!Number.isInteger(afterBars) || afterBars < 0 || afterBars > 1_000_000)
      reader.refuse('the bars must be a whole number from 0 to 1000000', barsToken);
    if (!reader.takeWord('bars')) reader.takeWord('bar');
    if (steps.some((step) => step.afterBars === afterBars))
      reader.refuse(`there are two profits after ${afterBars} bars`, barsToken);
    steps.push({ afterBars, ratio: percent / 100 });
    const next = reader.peek();
    if (next.kind !== 'eof' && next.kind !== 'end' && !reader.isSign(','))
      reader.fail('a comma or the end is expected');
  }
  return steps.sort((left, right) => left.afterBars - right.afterBars);
}
