/** Goal: two bots, one long and one short, share a perpetual whose venue nets them, and every balance still agrees. */

import { describe, expect, it } from 'vitest';
import { call, startTerminal, temporaryFolder, waitFor } from './terminal-harness.ts';

describe('two bots on one perpetual', () => {
  it('keep their own positions while the venue nets them', async () => {
    const folder = temporaryFolder();
    const terminal = await startTerminal(folder.path, { seed: '3', speed: 1000 });
    try {
      const target = { strategy: 'dca', venue: 'sim-perp', instrument: 'BTC/USDT:USDT' };
      const params = {
        baseOrderQuote: '2000',
        safetyOrderQuote: '1000',
        deviationPercent: '0.3',
        takeProfitPercent: '0.2',
        maxSafetyOrders: 6,
        cooldownMinutes: 0,
      };
      await call(terminal, 'bots/create', {
        ...target,
        params: { ...params, direction: 'long' },
        start: true,
      });
      await call(terminal, 'bots/create', {
        ...target,
        params: { ...params, direction: 'short' },
        start: true,
      });
      await waitFor('both hold opposite positions', async () => {
        const { rows } = await call(terminal, 'positions/list', {});
        return rows.length === 2 && rows.some((row) => row.quantity.startsWith('-'));
      });
      await waitFor(
        'deals close on both sides',
        async () => (await call(terminal, 'fills/list', {})).total > 12,
      );
      const status = await call(terminal, 'system/status', {});
      const { rows: records } = await call(terminal, 'journal/list', { kinds: ['reconciled', 'risk-state'] });
      expect(
        records.filter((record) => /differ|drift/.test(record.text)).map((record) => record.text),
      ).toEqual([]);
      expect(status.risk.scopes).toEqual([]);
      expect(status.identities.failed).toBe(0);
      const verify = await call(terminal, 'journal/verify', {});
      expect(verify).toMatchObject({ lostFills: 0, duplicates: 0, identities: { failed: 0 } });
    } finally {
      await terminal.stop('test');
      folder.remove();
    }
  });
});
