/** Bots described in the configuration: created at start when no bot of their name exists. */

import { ApiError } from '../shared/api/result.ts';
import { botHandlers } from './api/bots.ts';
import type { AppContext } from './api/context.ts';

/** Creates the missing bots; one that cannot be created is reported and the others go on. */
export async function startConfiguredBots(context: AppContext): Promise<void> {
  const names = new Set([...context.kernel.botManager.bots.values()].map((bot) => bot.definition.name));
  for (const bot of context.config.bots) {
    if (names.has(bot.name)) continue;
    try {
      await botHandlers['bots/create'](bot, context);
    } catch (error) {
      // An expected refusal is told in its words; anything else keeps its trace.
      const reason = error instanceof ApiError ? error.message : error;
      context.log.error(`the configured bot "${bot.name}" could not be created`, { reason });
    }
  }
}
