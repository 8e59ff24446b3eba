/** What read calls give on an installation that was never started: nothing, in the right shape. Quick to load. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { MethodName } from '../../shared/api/contract.ts';
import { modeView, type StatusView } from '../../shared/api/views.ts';
import { defaultRiskLimits } from '../../shared/domain/risk.ts';
import { programVersion } from '../../shared/version.ts';

/** True when any mode has a journal, or what proves that it had one. */
export function hasJournal(dataFolder: string): boolean {
  return modeView.options.some((mode) =>
    [`${mode}.sqlite`, `${mode}.tail`].some((file) => existsSync(join(dataFolder, file))),
  );
}

const status: Omit<StatusView, 'timeMs'> = {
  host: 'none',
  version: programVersion,
  mode: 'demo',
  speed: 0,
  simulated: true,
  uptimeMs: 0,
  venues: [],
  bots: [],
  risk: { state: 'ACTIVE', scopes: [], limits: { ...defaultRiskLimits }, exposure: {}, openOrders: 0 },
  equity: {},
  startEquity: {},
  dayPnl: {},
  identities: { checked: 0, failed: 0 },
  auditSequence: 0,
  marketEvents: 0,
  eventsPerSecond: 0,
  memoryMb: 0,
  awayReport: false,
};

/** Where the results of long work are when no host runs. */
export const jobsHint =
  'What has ended is stored: bin/sextant backtests list, studies list, data list. Start a host: bin/sextant --no-ui';

/** Gives the answer, or undefined for methods that have none without a journal. */
export function emptyAnswer(name: MethodName): unknown {
  switch (name) {
    case 'system/status':
      return { ...status, timeMs: Date.now() };
    case 'bots/list':
      return { bots: [] };
    case 'venues/list':
      return { venues: [] };
    case 'instruments/list':
      return { instruments: [] };
    case 'orders/list':
    case 'fills/list':
    case 'positions/list':
    case 'balances/list':
    case 'journal/list':
      return { rows: [], total: 0 };
    case 'journal/records':
      return { records: [] };
    // Jobs live in the process of a host: without one there is none, whatever is stored.
    case 'jobs/list':
      return { jobs: [] };
    default:
      return undefined;
  }
}
