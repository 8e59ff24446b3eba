/** The trades of a backtest in other orders: a fan of what could have been, and where the original lies in it. */

import { type ReactNode, useMemo, useState } from 'react';
import type uPlot from 'uplot';
import type { RequestOf } from '../../shared/api/contract.ts';
import { useQuery } from '../store/hooks.ts';
import { useJob } from '../store/jobs.ts';
import { act } from '../store/terminal.ts';
import { type CanvasColours, withAlpha } from '../theme/appearance.ts';
import { Button } from '../ui/button.tsx';
import { Field, Input, Select } from '../ui/field.tsx';
import { Plot, plotAxis } from '../ui/plot.tsx';
import { EmptyState } from '../ui/states.tsx';
import { countText, percentText, tickPlaces } from './figures.ts';
import { JobPanel } from './job-panel.tsx';
import { type MonteCarloResult, type Percentiles, rankWords } from './monte-carlo-result.ts';
import { Block, Figure } from './small-parts.tsx';

type Method = NonNullable<RequestOf<'robustness/monte-carlo'>['method']>;

const methods: readonly { value: Method; label: string; text: string }[] = [
  {
    value: 'bootstrap',
    label: 'Draw trades again',
    text: 'Each run draws as many trades as there were, some twice, some not at all: what other luck would have given.',
  },
  {
    value: 'shuffle',
    label: 'Shuffle the order',
    text: 'The same trades in another order: the end is the same, the way there is not. Shows how deep the drawdown could have been.',
  },
  {
    value: 'blocks',
    label: 'Draw blocks of trades',
    text: 'Neighbouring trades stay together, so that good and bad stretches stay what they are.',
  },
  {
    value: 'missed',
    label: 'Miss some fills',
    text: 'Each trade is missed with a chance: how much hangs on a few of them.',
  },
];

export function MonteCarloPane({
  subject,
  picker,
}: {
  readonly subject: string | null;
  readonly picker: ReactNode;
}) {
  const { value } = useQuery('backtests/list', {}, ['lab']);
  const [chosen, setChosen] = useState(subject ?? '');
  const [method, setMethod] = useState<Method>('bootstrap');
  const [runs, setRuns] = useState('10000');
  const [missed, setMissed] = useState('10');
  const [job, setJob] = useState<string | null>(null);
  const backtests = value?.backtests ?? [];
  const backtest = chosen === '' ? (backtests[0]?.id ?? '') : chosen;
  const known = methods.find((one) => one.value === method);
  const count = Number(runs);
  const isReady = backtest !== '' && Number.isInteger(count) && count >= 100 && count <= 100_000;
  const run = async (): Promise<void> => {
    const started = await act(
      'Monte Carlo',
      'robustness/monte-carlo',
      { backtest, method, runs: count, missedShare: Math.min(0.9, Math.max(0, Number(missed) / 100 || 0)) },
      [],
    );
    if (started !== null) setJob(started.job.id);
  };
  if (value !== null && backtests.length === 0) {
    return (
      <Frame picker={picker}>
        <EmptyState icon="target" title="Run a backtest first">
          Monte Carlo works on the trades of a stored backtest.
        </EmptyState>
      </Frame>
    );
  }
  return (
    <Frame picker={picker}>
      <div className="grid shrink-0 grid-cols-[2fr_2fr_1fr_1fr_auto] items-end gap-3 rounded-lg border border-line bg-surface p-3">
        <Field id="mc-backtest" label="Backtest">
          <Select
            id="mc-backtest"
            value={backtest}
            onChange={(event) => setChosen(event.target.value)}
            options={backtests.map(({ id, name }) => ({ value: id, label: `${id} ${name}` }))}
            data-testid="mc-backtest"
          />
        </Field>
        <Field id="mc-method" label="What chance does" help={known?.text}>
          <Select
            id="mc-method"
            value={method}
            onChange={(event) => setMethod(event.target.value as Method)}
            options={methods}
            data-testid="mc-method"
          />
        </Field>
        <Field id="mc-runs" label="Runs">
          <Input id="mc-runs" isNumber value={runs} onChange={(event) => setRuns(event.target.value)} />
        </Field>
        {method === 'missed' ? (
          <Field id="mc-missed" label="Chance to miss">
            <Input
              id="mc-missed"
              isNumber
              unit="%"
              value={missed}
              onChange={(event) => setMissed(event.target.value)}
            />
          </Field>
        ) : (
          <span />
        )}
        <Button
          variant="primary"
          icon="play"
          disabled={!isReady}
          onClick={() => void run()}
          data-testid="mc-run"
        >
          Run
        </Button>
        <p className="col-span-5 text-xs text-muted">{known?.text}</p>
      </div>
      {job === null ? (
        <EmptyState icon="target" title="Nothing run yet">
          One backtest is one path. Monte Carlo shows the others that the same trades could have taken.
        </EmptyState>
      ) : (
        <Outcome job={job} onRetry={() => setJob(null)} />
      )}
    </Frame>
  );
}

function Frame({ picker, children }: { readonly picker: ReactNode; readonly children: ReactNode }) {
  return (
    <div className="flex h-full flex-col">
      <div className="flex h-11 shrink-0 items-center border-b border-line px-3">{picker}</div>
      <div className="flex min-h-0 grow flex-col gap-3 overflow-auto bg-bg p-3">{children}</div>
    </div>
  );
}

function Outcome({ job: id, onRetry }: { readonly job: string; readonly onRetry: () => void }) {
  const job = useJob(id);
  if (job?.state !== 'done') {
    return (
      <div className="h-56 rounded-lg border border-line bg-surface">
        <JobPanel id={id} onDone={() => undefined} onRetry={onRetry} />
      </div>
    );
  }
  return <Fan result={job.result as MonteCarloResult} />;
}

function fanOptions(width: number, height: number, colours: CanvasColours): uPlot.Options {
  const line = (label: string, stroke: string, lineWidth = 1): uPlot.Series => ({
    label,
    stroke,
    width: lineWidth,
    points: { show: false },
  });
  return {
    width,
    height,
    padding: [10, 8, 0, 0],
    scales: { x: { time: false } },
    bands: [
      { series: [5, 1], fill: withAlpha(colours.accent, 0.1) },
      { series: [4, 2], fill: withAlpha(colours.accent, 0.16) },
    ],
    axes: [
      { ...plotAxis(colours), size: 26 },
      {
        ...plotAxis(colours),
        size: 64,
        values: (_plot, ticks) => {
          const places = tickPlaces(ticks.map((tick) => (tick - 1) * 100));
          return ticks.map((tick) => percentText(tick - 1, true, places));
        },
      },
    ],
    series: [
      {},
      line('5 %', withAlpha(colours.accent, 0.35)),
      line('25 %', withAlpha(colours.accent, 0.5)),
      line('50 %', colours.accent, 1.8),
      line('75 %', withAlpha(colours.accent, 0.5)),
      line('95 %', withAlpha(colours.accent, 0.35)),
    ],
  };
}

function Fan({ result }: { readonly result: MonteCarloResult }) {
  const data = useMemo(
    (): uPlot.AlignedData => [
      result.fan.map(({ step }) => step),
      result.fan.map(({ p5 }) => p5),
      result.fan.map(({ p25 }) => p25),
      result.fan.map(({ p50 }) => p50),
      result.fan.map(({ p75 }) => p75),
      result.fan.map(({ p95 }) => p95),
    ],
    [result],
  );
  return (
    <>
      <div className="grid shrink-0 grid-cols-[repeat(auto-fit,minmax(110px,1fr))] gap-3 rounded-lg border border-line bg-surface p-3">
        <Figure label="Original return" value={percentText(result.original.finalValue - 1, true)} />
        <Figure
          label="Better than"
          value={
            result.finalRank === null ? 'same end' : `${percentText(result.finalRank, false, 0)} of runs`
          }
        />
        <Figure label="Runs with a loss" value={percentText(result.lossShare, false, 1)} />
        <Figure label="Runs that lost half" value={percentText(result.ruinShare, false, 1)} />
        <Figure label="Original drawdown" value={percentText(result.original.maxDrawdown)} />
        <Figure label="Drawdown, worst 5 %" value={percentText(result.maxDrawdown.p5)} />
      </div>
      <p className="shrink-0 rounded-lg border border-line bg-surface p-3 text-sm" data-testid="mc-verdict">
        {rankWords(result)}
      </p>
      <Block
        title={`Return after so many trades: 5, 25, 50, 75 and 95 % of ${countText(result.runs)} runs`}
        testId="mc-fan"
      >
        <div className="h-72 p-1">
          <Plot label="Fan of returns" testId="mc-plot" data={data} options={fanOptions} />
        </div>
      </Block>
      <Block title="Shares of the runs">
        <table className="num w-full text-xs">
          <thead className="text-2xs text-muted">
            <tr>
              {['', '5 %', '25 %', '50 %', '75 %', '95 %'].map((title) => (
                <th key={title} className="h-6 px-3 text-right font-medium">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <Row title="Return" values={result.finalValue} of={(value) => percentText(value - 1, true)} />
            <Row title="Max drawdown" values={result.maxDrawdown} of={(value) => percentText(value)} />
          </tbody>
        </table>
      </Block>
    </>
  );
}

function Row({
  title,
  values,
  of,
}: {
  readonly title: string;
  readonly values: Percentiles;
  readonly of: (value: number) => string;
}) {
  return (
    <tr className="h-7 border-t border-line/60">
      <td className="px-3 text-left">{title}</td>
      {(['p5', 'p25', 'p50', 'p75', 'p95'] as const).map((name) => (
        <td key={name} className="px-3 text-right">
          {of(values[name])}
        </td>
      ))}
    </tr>
  );
}
