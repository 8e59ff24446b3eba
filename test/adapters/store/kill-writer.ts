/**
 * A process that trades with itself as fast as the disk allows, to be killed at any moment: each step is first
 * written to the venue's books, then to the journal, then told on standard output.
 */

import { Journal } from '../../../src/adapters/store/journal.ts';
import { VenueTruthStore } from '../../../src/adapters/store/venue-truth.ts';
import type { AuditBody } from '../../../src/shared/events/audit.ts';
import { Chain, fillBody, fillEntry, fillOf, instrumentOf, intent, simA, stateChange } from './fixtures.ts';

const folder = process.argv[2] as string;
const journal = Journal.open({ folder, mode: 'demo' });
const truth = VenueTruthStore.open({ folder, mode: 'demo', mustExist: journal.durableSequence > 0 });
journal.saveInstruments([instrumentOf()]);
const { lastSequence, lastHash, core, orders, fillKeys } = journal.load();
const chain = new Chain({ sequence: lastSequence, hash: lastHash, timeMs: core?.timeMs ?? 1_000_000 });

function commit(bodies: AuditBody[]): void {
  truth.commit();
  journal.commit(chain.checkpoint(bodies));
  process.stdout.write(`${journal.durableSequence}\n`);
}

/** Books what the venue has done with an order before the last kill, or lets the venue fill it now. */
function fill(id: string, known: readonly string[], order: { state: 'PENDING_CREATE' | 'OPEN' }): void {
  const trade = fillOf(id, `t-${id}`, 20);
  if (!known.includes(id)) truth.appendFills(simA, [trade]);
  commit([fillEntry(`${id}/t`, 20), fillBody(trade, 20, '1230'), stateChange(id, order.state, 'FILLED')]);
}

commit([{ kind: 'run-started', mode: 'demo', version: '0.1.0', seed: null }]);
const filledAtVenue = truth.fills(simA).map((trade) => trade.clientOrderId as string);
for (const order of orders) {
  if (order.state === 'PENDING_CREATE' || order.state === 'OPEN') {
    fill(order.clientOrderId, filledAtVenue, { state: order.state });
  }
}
let number = fillKeys.length + orders.length;
for (;;) {
  number += 1;
  const id = `x-${chain.sequence}-${number}`;
  commit([intent(id)]);
  truth.putOrders(simA, [{ clientOrderId: id, venueOrderId: `v-${id}`, json: '{}' }]);
  commit([stateChange(id, 'PENDING_CREATE', 'OPEN', '', `v-${id}`)]);
  fill(id, [], { state: 'OPEN' });
}
