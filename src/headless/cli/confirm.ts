/** Asks before something that cannot be undone. */

import { createInterface } from 'node:readline/promises';
import { ApiError } from '../../shared/api/result.ts';
import type { CommandContext } from './context.ts';

/** Returns when a person agrees or `--yes` was given; otherwise throws `refused`. */
export async function confirm(context: CommandContext, question: string): Promise<void> {
  if (context.yes) return;
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) {
    throw new ApiError('refused', `this needs a confirmation: ${question}`, {
      hint: 'Add --yes to do it without asking.',
    });
  }
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await reader.question(`${question} [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim()))
      throw new ApiError('refused', 'not confirmed', { hint: 'Nothing was changed.' });
  } finally {
    reader.close();
  }
}
