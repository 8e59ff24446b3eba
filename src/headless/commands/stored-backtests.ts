/** `backtests list|show`: what this data folder keeps, of `backtest --save`, the Lab and the API. */

import { exactMetrics } from '../../app/report/exact-numbers.ts';
import type { BacktestSummaryView } from '../../shared/api/lab-views.ts';
import { moneyPlaces } from '../../shared/lab/money-places.ts';
import type { CommandContext } from '../cli/context.ts';
import { withLab } from '../host/console-lab.ts';
import { renderFacts, renderTable } from '../output/table.ts';
import { moneyText, timeWords } from '../output/words.ts';

/** Lists the stored backtests, newest first. */
export async function listBacktests(context: CommandContext): Promise<number> {
  return withLab(context, async (lab) => {
    const backtests = lab.backtests.list().map(factsOf);
    context.output.result({ backtests, total: backtests.length }, () =>
      renderTable(
        backtests,
        [
          { title: 'Backtest', of: ({ id }) => id },
          { title: 'Run', of: ({ createdMs }) => timeWords(createdMs) },
          { title: 'Name', of: ({ name }) => name },
          { title: 'Trades', right: true, of: ({ metrics }) => String(metrics['trades'] ?? '–') },
          { title: 'Return', right: true, of: ({ metrics }) => percent(metrics['totalReturn']) },
          { title: 'Sharpe', right: true, of: ({ metrics }) => metrics['sharpe']?.toFixed(2) ?? '–' },
          { title: 'Grade', of: ({ grade }) => grade },
        ],
        'There is none yet. Keep one: bin/sextant backtest … --save',
      ),
    );
    return 0;
  });
}

/** Shows one with what it was asked for. Throws `ApiError` `not-found`. */
export async function showBacktest(context: CommandContext, id: string): Promise<number> {
  return withLab(context, async (lab) => {
    const summary = lab.backtests.summary(id);
    const facts = factsOf(summary);
    const equity = [summary.startEquity, summary.finalEquity];
    context.output.result({ ...facts, spec: summary.spec }, () =>
      [
        renderFacts([
          ['Backtest', `${facts.id}: ${facts.name}`],
          ['Run', timeWords(facts.createdMs)],
          ['Candles', `${timeWords(facts.fromMs)} to ${timeWords(facts.toMs)}`],
          ['Equity', equity.map((value) => value.toFixed(moneyPlaces(equity))).join(' → ')],
          ['Return', percent(facts.metrics['totalReturn'])],
          ['Drawdown', percent(facts.metrics['maxDrawdown'])],
          ['Evidence of profit', facts.grade],
        ]),
        `Its trades in other orders: bin/sextant montecarlo --backtest ${facts.id}`,
      ].join('\n'),
    );
    return 0;
  });
}

function factsOf(summary: BacktestSummaryView) {
  const { createdMs, finalEquity, fromMs, grade, id, metrics, name, spec, startEquity, toMs } = summary;
  const { strategy } = spec;
  const equity = { startEquity: moneyText(startEquity), finalEquity: moneyText(finalEquity) };
  return { id, name, createdMs, strategy, fromMs, toMs, ...equity, metrics: exactMetrics(metrics), grade };
}

function percent(ratio: number | null | undefined): string {
  return ratio === null || ratio === undefined ? '–' : `${(ratio * 100).toFixed(2)} %`;
}
