/** What the frame can do to the terminal: halt, resume, cancel, speed. */

import { notify } from '../store/notices.ts';
import { act, market } from '../store/terminal.ts';
import { useUi } from '../store/ui-state.ts';

/** Halts everything at once, without a question. */
export async function haltAll(more: { cancel?: boolean; flatten?: boolean } = {}): Promise<void> {
  // The audit record of the halt tells the person; a failure is told at once.
  await act(
    'HALT',
    'risk/halt',
    { scope: { kind: 'all' }, state: 'HALTED', ...more, reason: 'halted by hand' },
    ['risk', 'orders', 'bots'],
  );
}

/** Stops entries; what makes exposure smaller still passes. */
export async function reduceAll(): Promise<void> {
  await act(
    'Reduce only',
    'risk/halt',
    { scope: { kind: 'all' }, state: 'REDUCING', reason: 'set by hand' },
    ['risk'],
  );
}

/** Asks before trading goes on. */
export function askResume(): void {
  useUi.setState({ isResumeAsked: true });
}

export async function resumeAll(): Promise<void> {
  await act('Resume', 'risk/resume', { scope: { kind: 'all' } }, ['risk', 'bots']);
}

/** Asks the host to cancel every open order. */
export async function cancelAllOrders(): Promise<void> {
  const done = await act('Cancel all orders', 'orders/cancel-all', { scope: { kind: 'all' } }, ['orders']);
  if (done === null) return;
  notify({
    level: 'info',
    title: `Cancel requested for ${done.requested} orders`,
    detail: '',
    timeMs: market.nowMs(),
    toast: true,
  });
}

/** Sets how fast simulated time runs. */
export async function setSpeed(speed: number): Promise<void> {
  await act('Set speed', 'system/set-speed', { speed }, []);
}
