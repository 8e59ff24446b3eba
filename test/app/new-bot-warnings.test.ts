/** A new bot does as its parameters say, and tells those it cannot heed. */

import { expect, it } from 'vitest';
import { call, startTerminal, temporaryFolder } from './terminal-harness.ts';

it('a size in percent counts, and is told where sizes were asked for in money', async () => {
  const folder = temporaryFolder();
  const terminal = await startTerminal(folder.path, { simulateForMs: 2_000 });
  await terminal.ended;
  const create = (params: Readonly<Record<string, unknown>>) =>
    call(terminal, 'bots/create', {
      strategy: 'ma-cross',
      venue: 'sim-a',
      instrument: 'BTC/USDT',
      params,
      allocation: { USDT: '2000' },
    });
  try {
    const heeded = await create({ orderPercent: '25' });
    expect(heeded.bot.params).toMatchObject({ sizeType: 'percent', orderPercent: '25' });
    expect(heeded).not.toHaveProperty('warnings');
    const told = await create({ sizeType: 'quote', orderPercent: '25' });
    expect(told.bot.params).toMatchObject({ sizeType: 'quote' });
    expect(told.warnings).toEqual([
      'orderPercent 25 is not used: it needs sizeType percent, and that is quote',
    ]);
  } finally {
    await terminal.stop('test');
    folder.remove();
  }
});
