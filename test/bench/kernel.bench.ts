/**
 * The kernel with three bots on recorded events of the demo world: market events a second, and the time from an event
 * to the command it causes. Before a time counts, two runs over the same events must give the same audit hash.
 */

import { sha256Hex } from '../../src/adapters/store/digest.ts';
import { emptySnapshot } from '../../src/app/session/memory-journal.ts';
import { planMarketOf } from '../../src/app/views/bot-views.ts';
import { Kernel, type KernelEvent } from '../../src/engine/kernel/kernel.ts';
import { demoWorldConfig, SimulatedWorld } from '../../src/engine/simulation/world.ts';
import type { Instrument } from '../../src/shared/domain/instrument.ts';
import { botId, epochMs } from '../../src/shared/domain/nominal.ts';
import type { ControlCommand } from '../../src/shared/events/control.ts';
import type { MarketEvent } from '../../src/shared/events/market.ts';
import type { VenueOrderReport } from '../../src/shared/events/venue.ts';
import { findStrategy } from '../../src/strategies/registry.ts';
import { type BenchRow, costRow, percentile, rateRow } from './bench-row.ts';

const startMs = epochMs(Date.UTC(2026, 0, 1));
const recordedEvents = 400_000;
const warmEvents = 20_000;

interface Recording {
  readonly instruments: readonly Instrument[];
  readonly events: readonly MarketEvent[];
}

function record(): Recording {
  const world = new SimulatedWorld(demoWorldConfig('bench', startMs));
  const events: MarketEvent[] = [];
  const keep = (event: { kind: string }): void => {
    if ('receiveTimeMs' in event) events.push(event as MarketEvent);
  };
  world.emitBooks(keep);
  while (events.length < recordedEvents) world.step(keep);
  return { instruments: world.instruments(), events };
}

/** A kernel whose venue accepts at once and never fills: what is timed is ours alone. */
class Bench {
  readonly kernel: Kernel;
  readonly latencyUs: number[] = [];
  commands = 0;

  constructor(instruments: readonly Instrument[]) {
    this.kernel = new Kernel({
      digest: sha256Hex,
      instruments,
      findStrategy,
      snapshot: emptySnapshot(),
      orderPrefix: 'sx-bench',
      startMs,
      candleGraceMs: 0,
    });
  }

  feed(event: KernelEvent): void {
    this.kernel.process(event);
    if (this.kernel.hasCommands) this.answer();
  }

  timed(event: KernelEvent): void {
    const before = performance.now();
    this.kernel.process(event);
    if (!this.kernel.hasCommands) return;
    this.latencyUs.push((performance.now() - before) * 1000);
    this.answer();
  }

  control(command: ControlCommand): void {
    const outcome = this.kernel.process({ kind: 'control', command, timeMs: this.kernel.services.nowMs });
    if (outcome?.ok !== true) throw new Error(`the bench could not set up: ${JSON.stringify(outcome)}`);
    this.answer();
  }

  private answer(): void {
    for (const command of this.kernel.drainCommands()) {
      this.commands += 1;
      const timeMs = this.kernel.services.nowMs;
      if (command.kind === 'submit-order') {
        const { clientOrderId } = command.order;
        this.kernel.process({
          kind: 'order-accepted',
          venue: command.venue,
          clientOrderId,
          venueOrderId: `v${clientOrderId}` as never,
          timeMs,
        });
      } else if (command.kind === 'cancel-order') {
        const { clientOrderId } = command;
        this.kernel.process({
          kind: 'order-closed',
          venue: command.venue,
          clientOrderId,
          outcome: 'canceled',
          message: '',
          timeMs,
        });
      } else {
        this.kernel.process({
          kind: 'account-report',
          venue: command.venue,
          requestId: command.requestId,
          sinceMs: command.sinceMs,
          orders: this.openOrders(command.venue),
          provenAbsent: [],
          fills: [],
          fundingPayments: [],
          balances: this.balances(command.venue),
          positions: [],
          timeMs,
        });
      }
    }
  }

  private openOrders(venue: string): VenueOrderReport[] {
    const { services } = this.kernel;
    return [...services.orders.live()]
      .filter((order) => services.instrument(order.instrument)?.venue === venue)
      .map(({ clientOrderId, instrument, filledLots }) => ({
        clientOrderId,
        venueOrderId: `v${clientOrderId}` as VenueOrderReport['venueOrderId'],
        instrument,
        state: 'open',
        filledLots,
        message: '',
      }));
  }

  private balances(venue: string) {
    const { ledger } = this.kernel.services.portfolio;
    const own = ledger.ownTotal(venue, 'USDT');
    return [{ currency: 'USDT', free: own.isZero ? '1000000' : own.toString(), locked: '0' }];
  }
}

function setUp({ instruments, events }: Recording): Bench {
  const bench = new Bench(instruments);
  for (const venue of new Set(instruments.map((instrument) => instrument.venue))) {
    bench.feed({ kind: 'venue-connection', venue, state: 'connected', message: '', timeMs: startMs });
  }
  for (const event of events.slice(0, warmEvents)) bench.feed(event);
  const wanted: readonly [string, string, Record<string, unknown>][] = [
    ['grid', 'sim-a:BTC/USDT', { mode: 'neutral' }],
    ['dca', 'sim-b:ETH/USDT', {}],
    ['ma-cross', 'sim-perp:BTC/USDT:USDT', { timeframe: '1m', fastPeriod: 5, slowPeriod: 20 }],
  ];
  wanted.forEach(([id, instrumentText, change], index) => {
    const strategy = findStrategy(id);
    const instrument = instruments.find((known) => known.id === instrumentText);
    const market = instrument === undefined ? undefined : planMarketOf(bench.kernel, instrument);
    if (strategy === undefined || instrument === undefined || market === undefined)
      throw new Error(`no ${id} on ${instrumentText}`);
    const params = { ...(strategy.suggest(market) as Record<string, unknown>), ...change };
    const bot = botId(`b${index + 1}`);
    bench.control({
      kind: 'create-bot',
      definition: {
        id: bot,
        name: id,
        strategy: id,
        instrument: instrument.id,
        params,
        allocation: { USDT: '20000' },
      },
    });
    bench.control({ kind: 'start-bot', bot });
  });
  return bench;
}

/** Measures; each figure is the best of `rounds`. */
export function kernelBench(rounds = 5): BenchRow[] {
  const recording = record();
  const rest = recording.events.slice(warmEvents);
  let best = 0;
  const hashes = new Set<string>();
  for (let round = 0; round < rounds; round += 1) {
    const bench = setUp(recording);
    const before = performance.now();
    for (const event of rest) bench.feed(event);
    best = Math.max(best, (rest.length * 1000) / (performance.now() - before));
    hashes.add(bench.kernel.lastHash);
  }
  if (hashes.size !== 1) throw new Error('equal events gave different audit hashes: no time counts');
  const timed = setUp(recording);
  for (const event of rest) timed.timed(event);
  return [
    rateRow('kernel, three bots, one core', Math.round(best), 'market events/s', 500_000),
    costRow(
      'event to command in process, p50',
      Number(percentile(timed.latencyUs, 0.5).toFixed(1)),
      'µs',
      50,
    ),
    costRow(
      'event to command in process, p99',
      Number(percentile(timed.latencyUs, 0.99).toFixed(1)),
      'µs',
      250,
    ),
  ];
}
