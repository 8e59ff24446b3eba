/** Goal: a payment of the venue reaches the bots that hold the position, to the last digit and once. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal } from '../../../src/shared/domain/decimal.ts';
import { botId, epochMs, quantityLots } from '../../../src/shared/domain/nominal.ts';
import { perpetualInstrument } from '../instruments.ts';
import { Stage } from '../kernel/stage.ts';

/** Bots holding these lots, then a payment. */
function paid(lots: readonly number[], amount: string): { shares: string[]; main: Decimal; stage: Stage } {
  const stage = new Stage({ instruments: [perpetualInstrument()] });
  stage.connect({ USDT: '1000000' });
  stage.quote(999, 1001);
  lots.forEach((size, index) => {
    const id = `b${index + 1}`;
    stage.start(id, { USDT: '10000' });
    if (size === 0) return;
    stage.send(id, {
      leg: 'in',
      side: size > 0 ? 'buy' : 'sell',
      type: 'market',
      lots: quantityLots(Math.abs(size)),
    });
    stage.fill(stage.last.clientOrderId, Math.abs(size));
  });
  const mainBefore = stage.kernel.services.portfolio.ledger.balance('main', 'test', 'USDT');
  const payment = {
    kind: 'funding-paid',
    venue: stage.instrument.venue,
    instrument: stage.instrument.id,
    paymentId: 'f1',
    amount,
    currency: 'USDT',
    positionLots: quantityLots(lots.reduce((sum, one) => sum + one, 0)),
    timeMs: epochMs(stage.timeMs),
  } as const;
  stage.feed(payment);
  stage.feed(payment);
  const { ledger } = stage.kernel.services.portfolio;
  return {
    shares: lots.map((_, index) => stage.bot(`b${index + 1}`).position.funding.toString()),
    main: ledger.balance('main', 'test', 'USDT').minus(mainBefore),
    stage,
  };
}

describe('funding', () => {
  it.each<[string, number[], string, string[], string]>([
    ['one holder', [1000], '-1.5', ['-1.5'], '0'],
    ['two of one direction', [1000, 3000], '-4', ['-1', '-3'], '0'],
    // Net 1000 lots pay 1: each pays, or receives, by the rate on its own.
    ['both directions', [3000, -2000], '-1', ['-3', '2'], '0'],
    ['a bot that holds nothing', [0, 1000], '2', ['0', '2'], '0'],
    ['nobody holds any more', [0], '2', ['0'], '2'],
    [
      'thirds',
      [1000, 1000, 1000],
      '1',
      ['0.333333333333333333', '0.333333333333333333', '0.333333333333333334'],
      '0',
    ],
  ])('of %s', (_name, lots, amount, shares, main) => {
    const result = paid(lots, amount);
    expect(result.shares).toEqual(shares);
    expect(result.main.toString()).toBe(main);
    expect(result.stage.kernel.services.portfolio.identities.failed).toBe(0);
    expect(result.stage.bodies('funding')).toHaveLength(shares.filter((share) => share !== '0').length || 1);
  });

  it('is shared without rest and booked in each account', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.integer({ min: -9_000, max: 9_000 }).filter((lots) => Math.abs(lots) >= 50),
          { minLength: 1, maxLength: 4 },
        ),
        fc.integer({ min: -1_000_000, max: 1_000_000 }),
        (lots, micro) => {
          const amount = Decimal.of(BigInt(micro), 6);
          const { shares, main, stage } = paid(lots, amount.toString());
          expect(
            Decimal.sum(shares.map((share) => Decimal.parse(share)))
              .plus(main)
              .toString(),
          ).toBe(amount.toString());
          const { ledger } = stage.kernel.services.portfolio;
          shares.forEach((share, index) => {
            expect(
              ledger
                .balance(`bot:${botId(`b${index + 1}`)}`, 'test', 'USDT')
                .minus(Decimal.parse('10000'))
                .toString(),
            ).toBe(share);
          });
        },
      ),
      { numRuns: 40 },
    );
  });
});
