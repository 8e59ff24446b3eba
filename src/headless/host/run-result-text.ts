/** The result of a run for people. */

import type { RunResult } from '../../app/terminal-types.ts';
import { renderFacts } from '../output/table.ts';
import { countWords, durationWords, moneyWords } from '../output/words.ts';

/** Gives the facts of a finished run. */
export function runResultText(result: RunResult, reason: string): string {
  return renderFacts([
    ['Stopped', reason],
    ['Time', `${durationWords(result.wallMs)}, simulated ${durationWords(result.simulatedMs)}`],
    ['Events', countWords(result.events)],
    ['Orders', `${countWords(result.orders)}, ${result.rejected} rejected, ${result.unknown} unknown`],
    ['Fills', countWords(result.fills)],
    ['Equity', `${moneyWords(result.equity)} (at the start ${moneyWords(result.startEquity)})`],
    ['Identities', `${countWords(result.identities.checked)} checked, ${result.identities.failed} failed`],
    ['Audit', `${countWords(result.auditRecords)} records, ${result.auditHash}`],
    ['Memory', `${result.rssMb} MB`],
  ]);
}
