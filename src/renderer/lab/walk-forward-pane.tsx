/** Walk-forward: what an optimiser would have earned, window after window, on data it had not seen. */

import { type ReactNode, useMemo, useState } from 'react';
import type uPlot from 'uplot';
import type { WalkForwardView } from '../../shared/api/lab-views.ts';
import { windowFindings, windowOutcome } from '../../shared/lab/walk-forward.ts';
import { formatDate, formatDateTime } from '../format/time-text.ts';
import { useQuery } from '../store/hooks.ts';
import { useJob } from '../store/jobs.ts';
import type { CanvasColours } from '../theme/appearance.ts';
import { Button } from '../ui/button.tsx';
import { Field, Input, Select, Toggle } from '../ui/field.tsx';
import { Plot, plotAxis, timeAxis } from '../ui/plot.tsx';
import { factorText, moneyText, percentText, toneOf } from './figures.ts';
import { JobPanel } from './job-panel.tsx';
import { RunLayout } from './run-layout.tsx';
import { SearchRangeTable } from './search-ranges.tsx';
import { searchedParam } from './searched-param.tsx';
import { Block, Figure, Verdict } from './small-parts.tsx';
import { SpecForm } from './spec-form.tsx';
import { wholeNumberProblem } from './study-choices.ts';
import { useParamLabels } from './use-param-labels.ts';
import { useRun } from './use-run.ts';
import { useSearch } from './use-search.ts';
import { useSpecValues } from './use-spec-values.ts';

export function WalkForwardPane({ picker }: { readonly picker: ReactNode }) {
  const [isTried, setTried] = useState(false);
  const run = useRun();
  const { values, setValues, problems, spec } = useSpecValues(null, run);
  const search = useSearch(values, run, isTried);
  const [windows, setWindows] = useState('5');
  const [trials, setTrials] = useState('50');
  const [isAnchored, setAnchored] = useState(false);
  const windowsProblem = wholeNumberProblem(windows, 2, 200);
  const trialsProblem = wholeNumberProblem(trials, 1, 1_000_000);
  const isWrong =
    spec === null || search.spaces === null || windowsProblem !== undefined || trialsProblem !== undefined;
  const start = (): void => {
    setTried(true);
    if (spec === null || search.spaces === null || isWrong) return;
    const study = { backtest: spec, spaces: search.spaces, trials: Number(trials), minimumTrades: 3 };
    const walkForward = { study, windows: Number(windows), anchored: isAnchored };
    void run.start('Walk-forward', 'robustness/walk-forward', { spec: walkForward }, ['lab']);
  };
  const windowsError = windowsProblem ?? run.problems['windows'];
  const trialsError = trialsProblem ?? run.problems['trials'];
  return (
    <RunLayout
      title={null}
      back={picker}
      actions={
        <Button
          size="lg"
          variant="primary"
          icon="play"
          disabled={isTried && isWrong}
          onClick={start}
          data-testid="walk-forward-run"
        >
          Run
        </Button>
      }
      form={
        <SpecForm
          values={values}
          onChange={setValues}
          problems={problems}
          isTried={isTried}
          paramAside={searchedParam(search)}
        />
      }
    >
      <div className="flex flex-col gap-3 p-3">
        <Block title="What is searched in each window">
          <SearchRangeTable
            offer={search.offer}
            ranges={search.ranges}
            problems={search.problems}
            onChange={search.setRanges}
          />
          <div className="grid grid-cols-[1fr_1fr_2fr] items-start gap-3 border-t border-line p-3">
            <Field
              id="wf-windows"
              label="Windows"
              error={windowsError}
              help="Traded stretches; each is optimised on three times its length before it"
            >
              <Input
                id="wf-windows"
                data-testid="wf-windows"
                isNumber
                isWrong={windowsError !== undefined}
                value={windows}
                onChange={(event) => {
                  setWindows(event.target.value);
                  run.changed();
                }}
              />
            </Field>
            <Field id="wf-trials" label="Trials a window" error={trialsError}>
              <Input
                id="wf-trials"
                data-testid="wf-trials"
                isNumber
                isWrong={trialsError !== undefined}
                value={trials}
                onChange={(event) => {
                  setTrials(event.target.value);
                  run.changed();
                }}
              />
            </Field>
            <div className="pt-[19px]">
              <Toggle
                id="wf-anchored"
                label="Optimise on everything before, not on a stretch of one length"
                checked={isAnchored}
                onChange={setAnchored}
              />
            </div>
          </div>
        </Block>
        {run.job === null ? null : <Running job={run.job} onEnd={run.close} />}
        <Stored />
      </div>
    </RunLayout>
  );
}

function Running({ job: id, onEnd }: { readonly job: string; readonly onEnd: () => void }) {
  const job = useJob(id);
  if (job?.state === 'done') return null;
  return (
    <div className="h-52 rounded-lg border border-line bg-surface">
      <JobPanel id={id} onDone={onEnd} onRetry={onEnd} />
    </div>
  );
}

/** Runs there are; the newest is open. */
function Stored() {
  const runs = useQuery('robustness/walk-forwards', {}, ['lab']).value?.runs ?? [];
  const [chosen, setChosen] = useState('');
  const run = runs.find(({ id }) => id === chosen) ?? runs[0];
  if (run === undefined) {
    return (
      <p className="p-6 text-center text-sm text-muted">
        Each window is optimised on what came before it and then traded with the best setting. The traded
        windows together are an honest result: no setting saw the data it traded.
      </p>
    );
  }
  return (
    <>
      {runs.length < 2 ? null : (
        <div className="w-72">
          <Select
            aria-label="Stored run"
            value={run.id}
            onChange={(event) => setChosen(event.target.value)}
            options={runs.map(({ id, createdMs }) => ({
              value: id,
              label: `${id}, ${formatDateTime(createdMs)}`,
            }))}
          />
        </div>
      )}
      <Outcome run={run} />
    </>
  );
}

function options(width: number, height: number, colours: CanvasColours): uPlot.Options {
  return {
    width,
    height,
    padding: [10, 8, 0, 0],
    axes: [
      timeAxis(colours),
      { ...plotAxis(colours), size: 78, values: (_plot, ticks) => ticks.map((tick) => moneyText(tick)) },
    ],
    series: [{}, { label: 'Equity', stroke: colours.accent, width: 1.5, points: { show: false } }],
  };
}

function Outcome({ run }: { readonly run: WalkForwardView }) {
  const data = useMemo(
    (): uPlot.AlignedData => [run.equity.timeMs.map((timeMs) => timeMs / 1000), run.equity.equity],
    [run],
  );
  const labelOf = useParamLabels(run.strategy);
  const names = Object.keys(run.windows.find(({ values }) => Object.keys(values).length > 0)?.values ?? {});
  const findings = windowFindings(run.windows);
  const isRuined = run.windows.some((window) => windowOutcome(window) === 'bankrupt');
  const won = run.windows.filter(({ test }) => (test?.['totalReturn'] ?? 0) > 0).length;
  return (
    <div className="flex flex-col gap-3" data-testid="walk-forward-result">
      <div className="grid grid-cols-5 gap-3 rounded-lg border border-line bg-surface p-3">
        <Figure
          label="Return, all windows"
          value={percentText(run.metrics['totalReturn'], true)}
          tone={toneOf(run.metrics['totalReturn'])}
        />
        <Figure label="Max drawdown" value={percentText(run.metrics['maxDrawdown'])} />
        <Figure label="Sharpe" value={factorText(run.metrics['sharpe'])} />
        <Figure label="Windows with profit" value={`${won} of ${run.windows.length}`} />
        <Figure
          label="Efficiency"
          title="Growth where it traded over growth where it was optimised; above a half is good, near zero means the optimiser found noise"
          value={run.efficiency === null ? 'none' : percentText(run.efficiency, false, 0)}
        />
      </div>
      {findings.length === 0 ? null : (
        <Verdict
          title={isRuined ? 'The money was used up' : 'Not every window was traded'}
          tone={isRuined ? 'bad' : 'neutral'}
          reasons={findings}
          testId="walk-forward-findings"
        />
      )}
      <Block title="Equity over the traded windows">
        <div className="h-56 p-1">
          <Plot
            label="Equity over the traded windows"
            testId="walk-forward-plot"
            data={data}
            options={options}
          />
        </div>
      </Block>
      <Block title="Windows" testId="walk-forward-windows">
        <div className="overflow-x-auto">
          <table className="num w-full text-xs">
            <thead className="text-2xs text-muted">
              <tr>
                {[
                  'Optimised',
                  'Traded',
                  ...names.map(labelOf),
                  'Return there',
                  'Return traded',
                  'Trades',
                ].map((title) => (
                  <th key={title} className="px-1.5 py-1 text-right align-bottom font-medium">
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {run.windows.map((window) => (
                <tr key={window.testFromMs} className="h-7 border-t border-line/60">
                  <td className="px-1.5 text-right whitespace-nowrap">
                    {formatDate(window.trainFromMs)} – {formatDate(window.trainToMs)}
                  </td>
                  <td className="px-1.5 text-right whitespace-nowrap">
                    {formatDate(window.testFromMs)} – {formatDate(window.testToMs)}
                  </td>
                  {names.map((name) => (
                    <td key={name} className="px-1.5 text-right">
                      {String(window.values[name] ?? '—')}
                    </td>
                  ))}
                  <td className="px-1.5 text-right">{percentText(window.train['totalReturn'], true, 1)}</td>
                  <td className={`px-1.5 text-right ${toneOf(window.test?.['totalReturn'])}`}>
                    {window.test === null
                      ? windowOutcome(window) === 'no-money'
                        ? 'no money'
                        : 'no setting'
                      : percentText(window.test['totalReturn'], true, 1)}
                  </td>
                  <td className="px-1.5 text-right">{window.test?.['trades'] ?? '—'}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Block>
    </div>
  );
}
