/** Paper trading: live prices from a feed, orders filled on our side. The feed is a simulated venue played in real time. */

import { describe, expect, it } from 'vitest';
import type { EventSink, MarketFeed } from '../../src/engine/ports.ts';
import { demoWorldConfig, SimulatedWorld } from '../../src/engine/simulation/world.ts';
import { configSchema } from '../../src/shared/config/schema.ts';
import { epochMs, type InstrumentId, venueId } from '../../src/shared/domain/nominal.ts';
import { call, startTerminal, temporaryFolder, waitFor } from './terminal-harness.ts';

/** The spot venue of a world, as if it were an exchange with live streams. */
class WorldFeed implements MarketFeed {
  readonly venue = venueId('sim-a');
  private readonly world = new SimulatedWorld(demoWorldConfig('paper', epochMs(Date.now())));
  private readonly wanted = new Set<InstrumentId>();
  private sink: EventSink = () => undefined;
  private timer: NodeJS.Timeout | undefined;

  instruments() {
    return this.world.instruments().filter((instrument) => instrument.venue === this.venue);
  }
  async start(sink: EventSink): Promise<void> {
    this.sink = sink;
    sink({
      kind: 'venue-connection',
      venue: this.venue,
      state: 'connected',
      message: '',
      timeMs: epochMs(Date.now()),
    });
    this.timer = setInterval(() => {
      while (this.world.nextTimeMs() <= Date.now()) this.world.step(this.pass);
    }, 10);
  }
  private readonly pass: EventSink = (event) => {
    if ('receiveTimeMs' in event && this.wanted.has(event.instrument)) this.sink(event);
  };
  subscribe(instrument: InstrumentId): void {
    this.wanted.add(instrument);
    this.world.emitBooks(this.pass);
  }
  async history(instrument: InstrumentId, timeframeMs: number, bars: number) {
    return this.world.history(instrument, timeframeMs, bars);
  }
  async stop(): Promise<void> {
    clearInterval(this.timer);
  }
  say(state: 'stale' | 'connected'): void {
    this.sink({
      kind: 'venue-connection',
      venue: this.venue,
      state,
      message: 'test',
      timeMs: epochMs(Date.now()),
    });
  }
}

const config = configSchema.parse({
  mode: 'paper',
  venues: [
    {
      id: 'sim-a',
      exchange: 'binance',
      instruments: ['BTC/USDT'],
      paperBalances: { USDT: '5000' },
      latencyMs: 5,
    },
  ],
});

describe('paper trading', () => {
  it('fills on live books, keeps its account over a restart, and sends nothing while data is stale', async () => {
    const folder = temporaryFolder();
    let feed = new WorldFeed();
    const start = () => startTerminal(folder.path, { config, seed: undefined, createFeed: () => feed });
    try {
      let terminal = await start();
      expect((await call(terminal, 'system/status', {})).mode).toBe('paper');
      await waitFor('a price', async () => (await call(terminal, 'market/quotes', {})).quotes[0]?.bid);
      const order = { instrument: 'sim-a:BTC/USDT', side: 'buy', type: 'market', quantity: '0.01' } as const;
      const preview = await call(terminal, 'orders/preview', order);
      expect(preview.denied).toBe(false);
      expect(Number(preview.notional)).toBeGreaterThan(100);
      await call(terminal, 'orders/place', { ...order, token: 'paper-token-1' });
      const fill = await waitFor('a fill', async () => (await call(terminal, 'fills/list', {})).rows[0]);
      expect(fill).toMatchObject({ side: 'buy', liquidity: 'taker', bot: 'manual' });
      const held = async () =>
        (await call(terminal, 'balances/list', { bot: 'main' })).rows.find((row) => row.currency === 'BTC')
          ?.total;
      const before = await waitFor('the coins', held);

      // Streams that outlive a short sleep say nothing: the venue is compared again and trades on.
      const compared = async () =>
        (await call(terminal, 'journal/list', { limit: 50 })).rows.filter((row) => row.kind === 'reconciled')
          .length;
      const rounds = await compared();
      terminal.onResume();
      expect((await call(terminal, 'venues/list', {})).venues[0]?.state).toBe('connected');
      await waitFor('the comparison after the sleep', async () => (await compared()) > rounds);
      expect((await call(terminal, 'orders/preview', order)).denied).toBe(false);

      feed.say('stale');
      const refused = await terminal.client.call('orders/place', { ...order, token: 'paper-token-2' });
      expect(refused).toMatchObject({ ok: false, code: 'refused' });
      expect(refused.ok ? '' : refused.message).toMatch(/VENUE_DISCONNECTED/);
      await terminal.stop('test');

      feed = new WorldFeed();
      terminal = await start();
      expect(await held()).toBe(before);
      const verify = await call(terminal, 'journal/verify', {});
      expect(verify).toMatchObject({ chain: 'ok', lostFills: 0, identities: { failed: 0 } });
      await terminal.stop('test');
    } finally {
      folder.remove();
    }
  });

  it('names what is missing', async () => {
    const folder = temporaryFolder();
    try {
      await expect(
        startTerminal(folder.path, { config: configSchema.parse({ mode: 'paper' }) }),
      ).rejects.toMatchObject({ code: 'bad-input', field: 'venues' });
      const unknown = configSchema.parse({
        mode: 'paper',
        venues: [{ id: 'sim-a', exchange: 'binance', instruments: ['DOGE/USDT'] }],
      });
      await expect(
        startTerminal(folder.path, { config: unknown, createFeed: () => new WorldFeed() }),
      ).rejects.toMatchObject({
        code: 'bad-input',
        field: 'venues.0.instruments',
      });
    } finally {
      folder.remove();
    }
  });
});
