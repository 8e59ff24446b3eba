/**
 * Closes perpetual positions made by hand when a person flattens: first what rests of them must be gone, then one
 * reduce-only market order after the other. Goods bought by hand on spot markets are no position to close.
 */

import type { Instrument } from '../../shared/domain/instrument.ts';
import type { EpochMs, InstrumentId } from '../../shared/domain/nominal.ts';
import type { Order } from '../../shared/domain/order.ts';
import type { Executor } from '../execution/executor.ts';
import { manualBot } from '../portfolio/ledger.ts';
import { closeRetryMs } from '../strategy/retry.ts';
import { closeRequest } from './closing.ts';
import type { KernelServices } from './services.ts';

/** Orders sent without anything being closed before the position is left to the person. */
const attemptsMax = 5;
const timerKind = 'close-manual';

export class ManualClosing {
  private readonly services: KernelServices;
  private readonly executor: Executor;
  /** What is being closed: attempts without progress, and how much was left at the last one. */
  private readonly closing = new Map<InstrumentId, { attempts: number; lots: number }>();

  constructor(services: KernelServices, executor: Executor) {
    this.services = services;
    this.executor = executor;
  }

  /** Begins to close the position in an instrument. */
  begin(instrument: Instrument): void {
    if (instrument.kind !== 'perpetual') return;
    this.closing.set(instrument.id, { attempts: 0, lots: Number.POSITIVE_INFINITY });
    this.proceed(instrument);
  }

  /** An order by hand changed: the next step may be due. */
  onOrder(order: Order): void {
    const instrument = this.services.instrument(order.instrument);
    if (instrument === undefined || !this.closing.has(order.instrument)) return;
    if (order.state === 'REJECTED') this.wait(instrument);
    else this.proceed(instrument);
  }

  /** Handles this part's timers; gives false when the key is not one of them. */
  onTimer(key: string): boolean {
    const [kind, id] = key.split('|');
    if (kind !== timerKind) return false;
    const instrument = this.services.instrument(id as InstrumentId);
    if (instrument !== undefined && this.closing.has(instrument.id)) this.proceed(instrument);
    return true;
  }

  private proceed(instrument: Instrument): void {
    const { services } = this;
    const state = this.closing.get(instrument.id);
    const lots = services.portfolio.position(manualBot, instrument.id)?.lots ?? 0;
    if (state === undefined || lots === 0) {
      this.closing.delete(instrument.id);
      return;
    }
    for (const order of services.orders.liveOf(manualBot)) if (order.instrument === instrument.id) return;
    if (Math.abs(lots) < state.lots) state.attempts = 0;
    if (state.attempts >= attemptsMax) {
      this.closing.delete(instrument.id);
      services.audit({
        kind: 'fault',
        where: `flattening ${instrument.id}`,
        message: `a position of ${lots} lots could not be closed; close it by hand`,
      });
      return;
    }
    const result = this.executor.place(
      { bot: manualBot, mayTrade: true, ordersInTenSeconds: 0, byHand: true },
      `close-${this.executor.nextOrderNumber}`,
      'close',
      closeRequest(instrument, lots),
    );
    if (!result.ok) {
      this.wait(instrument);
      return;
    }
    state.attempts += 1;
    state.lots = Math.abs(lots);
  }

  private wait(instrument: Instrument): void {
    const atMs = (this.services.nowMs + closeRetryMs) as EpochMs;
    this.services.timers.set(`${timerKind}|${instrument.id}`, atMs);
  }
}
