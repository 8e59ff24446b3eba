/** What tray and menu can do to trading: only things that make it safer. */

import { dialog } from 'electron';
import type { LogPort } from '../adapters/logging/log-port.ts';
import type { ApiTransport } from '../shared/api/client.ts';
import type { ApiFailure } from '../shared/api/result.ts';

export interface TradingActions {
  /** Pauses every running bot: its orders stay, no new ones are placed. */
  pauseAllBots(): Promise<void>;
  /** Nothing is sent any more, cancels apart. */
  halt(): Promise<void>;
}

/** Makes the actions. A failure is shown to the person. */
export function tradingActions(
  client: () => Promise<Pick<ApiTransport, 'call'>>,
  log: LogPort,
): TradingActions {
  const tell = (what: string, failures: readonly ApiFailure[]): void => {
    if (failures.length === 0) return;
    log.error(`${what} failed`, { failures });
    const detail = failures
      .map(({ message, hint }) => (hint === undefined ? message : `${message} ${hint}`))
      .join('\n');
    void dialog.showMessageBox({ type: 'error', title: 'Sextant', message: `${what} failed`, detail });
  };
  return {
    async pauseAllBots() {
      const { call } = await client();
      const listed = await call('bots/list', {});
      if (!listed.ok) {
        tell('Pausing the bots', [listed]);
        return;
      }
      const running = listed.value.bots.filter((bot) => bot.state === 'RUNNING');
      const results = await Promise.all(running.map((bot) => call('bots/pause', { bot: bot.id })));
      tell(
        'Pausing the bots',
        results.filter((result) => !result.ok),
      );
    },
    async halt() {
      const { call } = await client();
      const result = await call('risk/halt', {
        scope: { kind: 'all' },
        state: 'HALTED',
        reason: 'halted from the desktop menu',
      });
      tell('HALT', result.ok ? [] : [result]);
    },
  };
}
