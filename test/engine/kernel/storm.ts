/**
 * A storm: real strategies, the simulated world and a real journal, while answers are lost and doubled, links are cut,
 * the program is killed and a person presses every button. Afterwards the weather clears, and everything must agree.
 */

import { sha256Hex } from '../../../src/adapters/store/digest.ts';
import { Journal } from '../../../src/adapters/store/journal.ts';
import { Kernel, type KernelEvent } from '../../../src/engine/kernel/kernel.ts';
import { RandomStream } from '../../../src/engine/simulation/random.ts';
import { demoWorldConfig, SimulatedWorld } from '../../../src/engine/simulation/world.ts';
import { type Instrument, priceOf } from '../../../src/shared/domain/instrument.ts';
import { botId, epochMs, quantityLots, venueId } from '../../../src/shared/domain/nominal.ts';
import type { ControlCommand } from '../../../src/shared/events/control.ts';
import { findStrategy } from '../../../src/strategies/registry.ts';

const startMs = Date.UTC(2026, 0, 1);
const venues = ['sim-a', 'sim-b', 'sim-perp'].map(venueId);
const accountKinds = new Set([
  'order-accepted',
  'order-rejected',
  'order-filled',
  'order-closed',
  'cancel-rejected',
  'funding-paid',
  'account-report',
]);

export interface Weather {
  /** Chances of each account event to be lost or told twice. */
  readonly lost: number;
  readonly doubled: number;
  /** Chance an answer to an order is lost at the venue, with "unknown" told later. */
  readonly unknown: number;
  /** Mean time between kills, link cuts and button presses, in simulated milliseconds; 0: never. */
  readonly killMs: number;
  readonly cutMs: number;
  readonly pressMs: number;
}

export const clearWeather: Weather = { lost: 0, doubled: 0, unknown: 0, killMs: 0, cutMs: 0, pressMs: 0 };

export class Storm {
  kernel!: Kernel;
  world: SimulatedWorld;
  journal: Journal;
  kills = 0;
  /** What was provoked, so that a test can tell that it was. */
  readonly provoked = { lost: 0, doubled: 0, cuts: 0, unknown: 0 };
  readonly presses = new Map<string, number>();
  private readonly random: RandomStream;
  private readonly folder: string;
  private readonly config;
  private weather: Weather = clearWeather;
  private readonly down = new Map<string, number>();
  private botNumber = 0;

  /** Begins in clear weather; `unknownProbability` is the venues' own and stays. */
  constructor(folder: string, seed: string, unknownProbability: number) {
    this.folder = folder;
    this.random = new RandomStream(seed, 'storm');
    const config = demoWorldConfig(seed, epochMs(startMs));
    this.config = {
      ...config,
      venues: config.venues.map((venue) => ({ ...venue, lostAnswerProbability: unknownProbability })),
      onCommandArrival: (sequence: number) => {
        if (this.journal.durableSequence < sequence) this.flush();
        if (this.journal.durableSequence < sequence) throw new Error('an order without a durable intent');
      },
    };
    this.world = new SimulatedWorld(this.config);
    this.journal = Journal.open({ folder, mode: 'demo' });
    this.journal.saveInstruments(this.world.instruments());
    this.openKernel();
  }

  private openKernel(): void {
    this.kernel = new Kernel({
      digest: sha256Hex,
      instruments: this.world.instruments(),
      findStrategy,
      snapshot: this.journal.load(),
      orderPrefix: 'sx-storm',
      startMs: epochMs(this.world.nowMs),
      candleGraceMs: 0,
    });
    for (const venue of venues) this.link(venue, 'connected');
    this.world.emitBooks((event) => this.feed(event));
  }

  feed(event: KernelEvent): void {
    this.kernel.process(event);
    if (!this.kernel.hasCommands) return;
    for (const command of this.kernel.drainCommands()) this.world.submit(command, this.kernel.services.nowMs);
  }

  flush(): void {
    const checkpoint = this.kernel.checkpoint();
    if (checkpoint !== null) this.journal.commit(checkpoint);
  }

  control(command: ControlCommand) {
    const timeMs = epochMs(Math.max(this.world.nowMs, this.kernel.services.nowMs));
    const outcome = this.kernel.process({ kind: 'control', command, timeMs });
    for (const sent of this.kernel.drainCommands()) this.world.submit(sent, this.kernel.services.nowMs);
    this.flush();
    this.presses.set(command.kind, (this.presses.get(command.kind) ?? 0) + (outcome?.ok === true ? 1 : 0));
    return outcome;
  }

  private link(venue: string, state: 'connected' | 'disconnected'): void {
    const timeMs = epochMs(Math.max(this.world.nowMs, this.kernel.services.nowMs));
    this.feed({ kind: 'venue-connection', venue: venueId(venue), state, message: state, timeMs });
  }

  /** What the world says reaches the kernel, or not, or twice. */
  private readonly take = (event: Parameters<Parameters<SimulatedWorld['step']>[0]>[0]): void => {
    const venue =
      'venue' in event ? event.venue : (event.instrument.slice(0, event.instrument.indexOf(':')) as string);
    if (this.down.has(venue)) return;
    if (event.kind === 'order-outcome-unknown') this.provoked.unknown += 1;
    if (accountKinds.has(event.kind)) {
      if (this.random.uniform() < this.weather.lost) {
        this.provoked.lost += 1;
        return;
      }
      if (this.random.uniform() < this.weather.doubled) {
        this.provoked.doubled += 1;
        this.feed(event);
      }
    }
    this.feed(event);
  };

  /** Lives on for some simulated time. */
  run(forMs: number): void {
    const untilMs = this.world.nowMs + forMs;
    let lastMs: number = this.world.nowMs;
    let nextFlushMs = lastMs + 50;
    while (this.world.nextTimeMs() <= untilMs) {
      const timerMs = this.kernel.nextTimerMs();
      if (timerMs <= this.world.nextTimeMs()) this.feed({ kind: 'tick', timeMs: epochMs(timerMs) });
      else this.world.step(this.take);
      const stepMs = this.world.nowMs - lastMs;
      lastMs = this.world.nowMs;
      if (this.world.nowMs >= nextFlushMs) {
        this.flush();
        nextFlushMs = this.world.nowMs + 50;
      }
      if (stepMs > 0) this.trouble(stepMs);
    }
    this.flush();
  }

  private happens(meanMs: number, stepMs: number): boolean {
    return meanMs > 0 && this.random.uniform() < stepMs / meanMs;
  }

  private trouble(stepMs: number): void {
    for (const [venue, untilMs] of this.down) {
      if (untilMs > this.world.nowMs) continue;
      this.down.delete(venue);
      this.link(venue, 'connected');
      this.world.emitBooks((event) => {
        if ('instrument' in event && event.instrument.startsWith(`${venue}:`)) this.feed(event);
      });
    }
    if (this.happens(this.weather.cutMs, stepMs)) {
      const venue = this.pick(venues);
      if (!this.down.has(venue)) {
        this.down.set(venue, this.world.nowMs + 200 + Math.floor(this.random.uniform() * 20_000));
        this.provoked.cuts += 1;
        this.link(venue, 'disconnected');
      }
    }
    if (this.happens(this.weather.killMs, stepMs)) this.kill();
    if (this.happens(this.weather.pressMs, stepMs)) this.press();
  }

  /** Everything not durable is lost, as is everything under way. */
  kill(): void {
    this.kills += 1;
    this.journal.close();
    this.world = new SimulatedWorld(this.config, JSON.parse(JSON.stringify(this.world.save(true))));
    this.down.clear();
    this.journal = Journal.open({ folder: this.folder, mode: 'demo' });
    this.openKernel();
  }

  private pick<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.random.uniform() * items.length)] as Item;
  }

  createBot(
    strategyId: string,
    instrument: Instrument,
    params: Record<string, unknown>,
    allocation: Record<string, string>,
  ): string {
    this.botNumber += 1;
    const id = `b${this.botNumber}`;
    const strategy = findStrategy(strategyId);
    if (strategy === undefined) throw new Error(`no strategy ${strategyId}`);
    const market = {
      instrument,
      referencePrice: priceOf(instrument, this.midTicks(instrument)),
      candles: [],
    };
    const outcome = this.control({
      kind: 'create-bot',
      definition: {
        id: botId(id),
        name: id,
        strategy: strategyId,
        instrument: instrument.id,
        params: { ...strategy.suggest(market), ...params },
        allocation,
      },
    });
    if (outcome?.ok !== true) throw new Error(JSON.stringify(outcome));
    this.control({ kind: 'start-bot', bot: botId(id) });
    return id;
  }

  /** A narrow grid, so that much is traded in little time. */
  createGrid(mode: 'neutral' | 'long'): void {
    const perpetual = this.instrument('sim-perp:BTC/USDT:USDT');
    if (this.kernel.services.markets.get(perpetual.id)?.priced !== true) return;
    const at = (factor: number) =>
      priceOf(perpetual, Math.round(this.midTicks(perpetual) * factor)).toString();
    const params = {
      lower: at(0.999),
      upper: at(1.001),
      levels: 20,
      spacing: 'geometric',
      mode,
      investment: '5000',
    };
    this.createBot('grid', perpetual, params, { USDT: '6000' });
  }

  instrument(id: string): Instrument {
    const found = this.world.instruments().find((one) => one.id === id);
    if (found === undefined) throw new Error(`no instrument ${id}`);
    return found;
  }

  midTicks(instrument: Instrument): number {
    const ticks = this.kernel.services.markets.get(instrument.id)?.markTicks();
    if (ticks === undefined) throw new Error(`no price of ${instrument.id}`);
    return Math.round(ticks);
  }

  private press(): void {
    const bots = [...this.kernel.botManager.bots.values()];
    const bot = this.pick(bots);
    const perpetual = this.instrument('sim-perp:BTC/USDT:USDT');
    const spot = this.instrument('sim-a:BTC/USDT');
    const buttons: (() => unknown)[] = [
      () => bots.length < 3 && this.createGrid('neutral'),
      () => bots.length < 3 && this.createGrid('long'),
      () => bot && this.control({ kind: 'pause-bot', bot: bot.id }),
      () => bot && this.control({ kind: 'resume-bot', bot: bot.id }),
      () => bot && this.control({ kind: 'start-bot', bot: bot.id }),
      () => bot && this.control({ kind: 'start-bot', bot: bot.id }),
      () =>
        bot &&
        this.control({ kind: 'edit-bot', bot: bot.id, params: bot.definition.params, name: undefined }),
      () =>
        bot &&
        this.control({
          kind: 'stop-bot',
          bot: bot.id,
          policy: this.pick(['cancel-orders', 'leave-orders', 'cancel-and-close-position']),
        }),
      () => bot && this.control({ kind: 'remove-bot', bot: bot.id }),
      () =>
        this.control({
          kind: 'set-risk-state',
          scope: { kind: 'all' },
          state: this.pick(['HALTED', 'REDUCING', 'ACTIVE']),
          reason: 'storm',
        }),
      () =>
        this.control({ kind: 'set-risk-state', scope: { kind: 'all' }, state: 'ACTIVE', reason: 'storm' }),
      () => this.control({ kind: 'cancel-all', scope: { kind: 'all' } }),
      () => this.random.uniform() < 0.2 && this.control({ kind: 'flatten', scope: { kind: 'all' } }),
      ...[perpetual, spot].map((instrument) => () => {
        if (this.kernel.services.markets.get(instrument.id)?.markTicks() === undefined) return;
        const limit = this.random.uniform() < 0.5;
        const side = this.pick(['buy', 'sell'] as const);
        const away = Math.round(this.midTicks(instrument) * 0.0005);
        this.control({
          kind: 'place-order',
          bot: botId('manual'),
          request: {
            instrument: instrument.id,
            side,
            type: limit ? 'limit' : 'market',
            ...(limit
              ? { priceTicks: (this.midTicks(instrument) + (side === 'buy' ? -away : away)) as never }
              : {}),
            lots: quantityLots(
              Math.max(instrument.minimumLots, Math.ceil(0.01 / instrument.lotSize.toNumber())),
            ),
            timeInForce: limit ? 'gtc' : 'ioc',
            postOnly: false,
            reduceOnly: false,
          },
        });
      }),
    ];
    this.pick(buttons)();
  }

  begin(weather: Weather): void {
    this.weather = weather;
  }

  /** The weather clears: links come back, nothing is lost any more. */
  calm(): void {
    this.weather = clearWeather;
    for (const venue of [...this.down.keys()]) this.down.set(venue, 0);
    this.trouble(1);
  }
}
