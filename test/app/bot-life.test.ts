import { describe, expect, it } from 'vitest';
import { call, startTerminal, temporaryFolder, waitFor } from './terminal-harness.ts';

const gridOnPerpetual = { strategy: 'grid', venue: 'sim-perp', instrument: 'BTC/USDT:USDT' };

describe('a grid on the demo, from plan to removal', () => {
  it('plans, starts, fills, pauses, edits, stops and gives its money back', async () => {
    const folder = temporaryFolder();
    const terminal = await startTerminal(folder.path, { speed: 200 });
    try {
      const main = () => call(terminal, 'balances/list', { bot: 'main', venue: 'sim-perp' });
      const before = (await main()).rows.find((row) => row.currency === 'USDT')?.total;
      const { quotes } = await call(terminal, 'market/quotes', {});
      const price = Number(quotes.find((quote) => quote.instrument === 'sim-perp:BTC/USDT:USDT')?.bid);
      const params = {
        lower: (price * 0.99).toFixed(1),
        upper: (price * 1.01).toFixed(1),
        levels: 30,
        spacing: 'geometric',
        mode: 'neutral',
        investment: '20000',
      };
      const plan = await call(terminal, 'strategies/plan', { ...gridOnPerpetual, params });
      expect(plan.levels.length).toBeGreaterThanOrEqual(30);
      expect(plan.violations.filter((violation) => violation.severity === 'error')).toEqual([]);
      expect(Number(plan.funds[0]?.amount)).toBeLessThanOrEqual(20_000);
      expect(plan.worstLoss).not.toBeNull();

      const { bot } = await call(terminal, 'bots/create', {
        ...gridOnPerpetual,
        params,
        start: true,
        token: 'token-12345678',
      });
      // The same form sent twice makes one bot.
      const again = await call(terminal, 'bots/create', {
        ...gridOnPerpetual,
        params,
        start: true,
        token: 'token-12345678',
      });
      expect(again.bot.id).toBe(bot.id);
      expect((await call(terminal, 'bots/list', {})).bots).toHaveLength(1);

      const show = () => call(terminal, 'bots/show', { bot: bot.id });
      const full = await waitFor('all levels rest', async () => {
        const shown = await show();
        return shown.ladder.length >= 28 && shown.ladder.every((row) => row.actual !== null) && shown;
      });
      const planned = new Map(plan.levels.map((level) => [level.key, level.price]));
      for (const row of full.ladder)
        if (planned.has(row.key)) expect(Number(row.plannedPrice)).toBe(Number(planned.get(row.key)));

      await waitFor('three fills', async () => (await show()).bot.fills >= 3);
      const paused = await call(terminal, 'bots/pause', { bot: bot.id });
      expect(paused.bot.state).toBe('PAUSED');
      await call(terminal, 'bots/resume', { bot: bot.id });

      const fixed = await terminal.client.call('bots/edit', { bot: bot.id, params: { levels: 40 } });
      expect(fixed).toMatchObject({ ok: false, code: 'refused', field: 'params.levels' });
      const edited = await call(terminal, 'bots/edit', { bot: bot.id, params: { maxOpenOrders: 10 } });
      expect(edited.bot.params.maxOpenOrders).toBe(10);
      await waitFor('the ladder shrinks', async () => (await show()).bot.openOrders <= 10);

      await call(terminal, 'bots/stop', { bot: bot.id, policy: 'cancel-and-close-position' });
      const stopped = await waitFor('stopped', async () => {
        const shown = await show();
        return shown.bot.state === 'STOPPED' && shown.bot;
      });
      expect(stopped.openOrders).toBe(0);
      expect(stopped.position.quantity).toBe('0');
      await call(terminal, 'bots/remove', { bot: bot.id });
      const after = (await main()).rows.find((row) => row.currency === 'USDT')?.total;
      // What the main account gained or lost is exactly the bot's profit.
      const cents = (text: string | undefined) => Math.round(Number(text) * 1e6);
      expect(cents(after) - cents(before)).toBe(cents(stopped.pnl.total));

      const verify = await call(terminal, 'journal/verify', {});
      expect(verify).toMatchObject({ chain: 'ok', duplicates: 0, lostFills: 0, identities: { failed: 0 } });
      expect(verify.identities.checked).toBeGreaterThan(100);
    } finally {
      await terminal.stop('test');
      folder.remove();
    }
  });

  it('numbers bots that would share a name, and lets each keep its own', async () => {
    const folder = temporaryFolder();
    const terminal = await startTerminal(folder.path, { speed: 1 });
    try {
      const create = async (token: string, name?: string): Promise<string> => {
        const request = {
          ...gridOnPerpetual,
          params: {},
          start: false,
          token,
          ...(name === undefined ? {} : { name }),
        };
        return (await call(terminal, 'bots/create', request)).bot.name;
      };
      await waitFor('a price', async () => (await call(terminal, 'market/quotes', {})).quotes.length > 0);
      const first = await create('token-00000001');
      expect(await create('token-00000002')).toBe(`${first} 2`);
      expect(await create('token-00000003', `${first} 2`)).toBe(`${first} 2 2`);
      expect(await create('token-00000004')).toBe(`${first} 3`);
      const { bots } = await call(terminal, 'bots/list', {});
      const [one, two] = bots.filter(({ name }) => name.startsWith(first));
      const rename = async (bot: string, name: string): Promise<string> =>
        (await call(terminal, 'bots/edit', { bot, name })).bot.name;
      expect(await rename(two?.id ?? '', `${first} 2`)).toBe(`${first} 2`);
      expect(await rename(one?.id ?? '', `${first} 3`)).toBe(`${first} 3 2`);
    } finally {
      await terminal.stop('test');
      folder.remove();
    }
  });

  it('goes on after a restart: same bot, same orders, none twice', async () => {
    const folder = temporaryFolder();
    try {
      const first = await startTerminal(folder.path, { speed: 100, demoBots: 'running' });
      await waitFor(
        'orders rest',
        async () => (await call(first, 'orders/list', { state: 'open' })).total >= 40,
      );
      const before = (await call(first, 'orders/list', { state: 'open', limit: 1000 })).rows;
      await first.stop('test');

      const second = await startTerminal(folder.path, { speed: 1, seed: undefined, demoBots: 'running' });
      const { bots } = await call(second, 'bots/list', {});
      expect(bots.map((bot) => bot.state)).toEqual(['RUNNING', 'RUNNING', 'RUNNING']);
      const after = (await call(second, 'orders/list', { state: 'open', limit: 1000 })).rows;
      const legs = after.map((order) => `${order.bot}/${order.leg}`);
      expect(new Set(legs).size).toBe(legs.length);
      const kept = after.filter((order) => before.some((old) => old.clientOrderId === order.clientOrderId));
      expect(kept.length).toBeGreaterThan(before.length * 0.8);
      const verify = await call(second, 'journal/verify', {});
      expect(verify).toMatchObject({ chain: 'ok', duplicates: 0, lostFills: 0, identities: { failed: 0 } });
      await second.stop('test');
    } finally {
      folder.remove();
    }
  });

  it('refuses a second instance on the same folder', async () => {
    const folder = temporaryFolder();
    const terminal = await startTerminal(folder.path);
    try {
      await expect(startTerminal(folder.path)).rejects.toMatchObject({ code: 'locked' });
    } finally {
      await terminal.stop('test');
      folder.remove();
    }
  });
});
