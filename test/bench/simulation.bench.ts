/** Market events a second of the demo world: alone, and with a hundred orders resting in it. */

import { demoWorldConfig, SimulatedWorld } from '../../src/engine/simulation/world.ts';
import { botId, clientOrderId, epochMs, priceTicks, quantityLots } from '../../src/shared/domain/nominal.ts';
import type { Order } from '../../src/shared/domain/order.ts';

/** One row of the benchmark table. */
export interface BenchRow {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly target: number;
  readonly ok: boolean;
}

const startMs = epochMs(1_760_000_000_000);
const target = 300_000;

function eventsPerSecond(world: SimulatedWorld, events: number): number {
  let seen = 0;
  const count = () => {
    seen += 1;
  };
  const started = performance.now();
  while (seen < events) world.step(count);
  return (seen / (performance.now() - started)) * 1000;
}

/** Puts orders on both sides of every instrument, from just outside the best prices to far away. */
function restOrders(world: SimulatedWorld, count: number): void {
  const instruments = world.instruments();
  for (let index = 0; index < count; index += 1) {
    const instrument = instruments[index % instruments.length];
    if (instrument === undefined) return;
    const close = world.history(instrument.id, 60_000, 1)[0]?.close ?? 0;
    const buys = instrument.base === 'SOL' || index % 16 < 8;
    const away = 1 + (buys ? -1 : 1) * (0.0002 + 0.0002 * Math.floor(index / 8));
    const ticks = Math.round((close * away) / instrument.tickSize.toNumber());
    const order: Order = {
      instrument: instrument.id,
      clientOrderId: clientOrderId(`bench-${index}`),
      bot: botId('bench'),
      leg: String(index),
      origin: 'send',
      side: buys ? 'buy' : 'sell',
      type: 'limit',
      lots: quantityLots(Math.ceil(1500 / (close * instrument.lotSize.toNumber()))),
      priceTicks: priceTicks(ticks),
      timeInForce: 'gtc',
      postOnly: false,
      reduceOnly: false,
      state: 'PENDING_CREATE',
      filledLots: quantityLots(0),
      filledNotional: '0',
      createdAtMs: world.nowMs,
      updatedAtMs: world.nowMs,
    };
    world.submit({ kind: 'submit-order', venue: instrument.venue, order, auditSequence: index }, world.nowMs);
  }
}

/** Runs the benchmark and gives its rows. */
export function simulationBench(events = 1_000_000): BenchRow[] {
  const row = (name: string, value: number): BenchRow => ({
    name,
    value: Math.round(value),
    unit: 'events/s',
    target,
    ok: value >= target,
  });
  const alone = new SimulatedWorld(demoWorldConfig('bench', startMs));
  eventsPerSecond(alone, events / 10);
  const traded = new SimulatedWorld(demoWorldConfig('bench', startMs));
  eventsPerSecond(traded, 1000);
  restOrders(traded, 100);
  return [
    row('simulated world alone', eventsPerSecond(alone, events)),
    row('simulated world with 100 resting orders', eventsPerSecond(traded, events)),
  ];
}

if (process.argv[1] === import.meta.filename) console.table(simulationBench());
