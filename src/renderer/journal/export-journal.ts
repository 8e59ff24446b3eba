/** Writes the whole journal to a file, one record a line, so that it can be checked elsewhere. */

import { call, tellFailure } from '../store/terminal.ts';
import { downloadText } from '../ui/download.ts';

const pageSize = 1000;

/** Fetches every record in pages and saves them; tells how far it is, null when it is done. */
export async function exportJournal(onProgress: (text: string | null) => void): Promise<void> {
  const lines: string[] = [];
  let fromSequence = 1;
  for (;;) {
    onProgress(`${lines.length} records…`);
    const page = await call('journal/records', { fromSequence, limit: pageSize });
    if (!page.ok) {
      onProgress(null);
      tellFailure('Export failed', page);
      return;
    }
    for (const record of page.value.records) lines.push(JSON.stringify(record));
    const last = page.value.records[page.value.records.length - 1];
    if (last === undefined || page.value.records.length < pageSize) break;
    fromSequence = last.sequence + 1;
  }
  onProgress(null);
  downloadText('sextant-journal.jsonl', `${lines.join('\n')}\n`);
}
