/** The result of a run, for the last line of the command line. */

import type { AppContext } from './api/context.ts';
import type { Session } from './session/session.ts';
import type { RunResult } from './terminal-types.ts';
import { totalEquity } from './views/account-views.ts';

/** Gives the counts, money and proof of a run that has stopped. */
export function runResultOf(
  context: Pick<AppContext, 'kernel' | 'host' | 'startEquity'>,
  session: Pick<Session, 'events' | 'nowMs' | 'startMs'>,
  startedAtWallMs: number,
): RunResult {
  const { kernel, host } = context;
  let unknown = 0;
  for (const order of kernel.services.orders.live()) if (order.state === 'UNKNOWN') unknown += 1;
  return {
    events: session.events(),
    orders: host.counters.orders,
    fills: host.counters.fills,
    rejected: host.counters.rejected,
    unknown,
    equity: totalEquity(kernel),
    startEquity: context.startEquity(),
    identities: { ...kernel.services.portfolio.identities },
    auditRecords: host.counters.records,
    auditHash: kernel.lastHash,
    simulatedMs: Math.round(session.nowMs() - session.startMs),
    wallMs: Date.now() - startedAtWallMs,
    rssMb: Math.round(process.memoryUsage.rss() / 1_048_576),
  };
}
