/** What must hold after a kill: pure checks, tested apart from the killing. */

import type { KernelSnapshot } from '../../src/engine/kernel/snapshot.ts';

/** What `journal verify` said, and what of it must not be. */
export interface KillVerdict {
  readonly records: number;
  readonly identitiesChecked: number;
  readonly lastHash: string;
  readonly failures: readonly string[];
}

interface VerifyLine {
  readonly kind?: string;
  readonly records?: number;
  readonly chain?: string;
  readonly duplicates?: number;
  readonly lostFills?: number;
  readonly identities?: { readonly checked: number; readonly failed: number };
  readonly lastHash?: string;
  readonly problems?: readonly string[];
}

/** Judges exit code and last line of `sextant journal verify --json`. */
export function verdictOf(code: number | null, last: string, errors: string): KillVerdict {
  let line: VerifyLine;
  try {
    line = JSON.parse(last) as VerifyLine;
  } catch {
    line = {};
  }
  const failures: string[] = [];
  if (code !== 0 || line.kind !== 'result') failures.push(`verify exited with ${code}: ${last || errors}`);
  else {
    if (line.chain !== 'ok') failures.push(`chain: ${line.chain}`);
    if (line.duplicates !== 0) failures.push(`duplicates: ${line.duplicates}`);
    if (line.lostFills !== 0) failures.push(`lost fills: ${line.lostFills}`);
    if (line.identities?.failed !== 0) failures.push(`failed identities: ${line.identities?.failed}`);
    if (!((line.identities?.checked ?? 0) > 0)) failures.push('no identity was checked');
    if (failures.length > 0) failures.push(...(line.problems ?? []).slice(0, 10));
  }
  return {
    records: line.records ?? 0,
    identitiesChecked: line.identities?.checked ?? 0,
    lastHash: line.lastHash ?? '',
    failures,
  };
}

/** Gives declared orders that rest twice for one leg, and live orders that belong to no bot. */
export function doubleOrders(snapshot: KernelSnapshot): string[] {
  const bots = new Set<string>(snapshot.bots.map(({ definition }) => definition.id));
  const failures: string[] = [];
  const seen = new Map<string, string>();
  for (const order of snapshot.orders) {
    if (!['PENDING_CREATE', 'OPEN', 'PARTIALLY_FILLED', 'UNKNOWN'].includes(order.state)) continue;
    if (order.origin !== 'manual' && !bots.has(order.bot)) {
      failures.push(`order ${order.clientOrderId} is live, but its bot ${order.bot} is not there`);
    }
    if (order.origin !== 'keep') continue;
    const place = `${order.bot}|${order.leg}|${order.side}`;
    const other = seen.get(place);
    if (other !== undefined) {
      failures.push(
        `orders ${other} and ${order.clientOrderId} both rest for leg ${order.leg} of ${order.bot}`,
      );
    }
    seen.set(place, order.clientOrderId);
  }
  return failures;
}
