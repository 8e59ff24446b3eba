/** One indicator over a stored series: its parameters, the price above and its values below. */

import { useMemo, useState } from 'react';
import type uPlot from 'uplot';
import type { ResponseOf } from '../../shared/api/contract.ts';
import type { DataSeriesView } from '../../shared/api/data-views.ts';
import type { IndicatorView } from '../../shared/api/research-contract.ts';
import type { ApiFailure } from '../../shared/api/result.ts';
import { useQuery } from '../store/hooks.ts';
import { goTo } from '../store/route.ts';
import { call } from '../store/terminal.ts';
import type { CanvasColours } from '../theme/appearance.ts';
import { Button } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { Field, Input, Select } from '../ui/field.tsx';
import { Plot, plotAxis, timeAxis } from '../ui/plot.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states.tsx';
import { paramTextProblem } from './explore-choices.ts';
import { countText, factorText } from './figures.ts';
import { Block } from './small-parts.tsx';
import { storedKey } from './spec-values.ts';

type Run = ResponseOf<'indicators/run'>;
export function IndicatorRunView({ indicator }: { readonly indicator: IndicatorView }) {
  const { value, failure, retry } = useQuery('data/list', {}, ['data']);
  if (value === null) {
    if (failure === null) return <SkeletonRows rows={5} />;
    return <ErrorState title="The stored data could not be read" failure={failure} onRetry={retry} />;
  }
  const stored = value.series.filter(({ dataKind, problem }) => dataKind === 'candles' && problem === null);
  if (stored.length === 0) {
    return (
      <Block title="Over your data">
        <div className="py-4">
          <EmptyState
            icon="lab"
            title="No candles are stored"
            action={<Button onClick={() => goTo('lab', 'data')}>Import or download candles</Button>}
          >
            An indicator is drawn over a stored series.
          </EmptyState>
        </div>
      </Block>
    );
  }
  return <RunForm indicator={indicator} stored={stored} />;
}

function RunForm({
  indicator,
  stored,
}: {
  readonly indicator: IndicatorView;
  readonly stored: readonly DataSeriesView[];
}) {
  const [key, setKey] = useState(stored[0] === undefined ? '' : storedKey(stored[0]));
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>({});
  const [isBusy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<Run | null>(null);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const series = stored.find((one) => storedKey(one) === key);
  const problems = new Map(
    indicator.params.map((param) => [param.name, paramTextProblem(param, texts[param.name] ?? '')]),
  );
  const isWrong = series === undefined || [...problems.values()].some((problem) => problem !== undefined);
  const run = async (): Promise<void> => {
    if (series === undefined) return;
    setBusy(true);
    const { instrument, timeframe, venue } = series;
    const params = Object.fromEntries(
      Object.entries(texts).flatMap(([name, text]) => (text.trim() === '' ? [] : [[name, Number(text)]])),
    );
    const request = { indicator: indicator.id, params, venue, instrument, timeframe: timeframe as '1h' };
    const result = await call('indicators/run', request);
    setBusy(false);
    setOutcome(result.ok ? result.value : null);
    setFailure(result.ok ? null : result);
  };
  return (
    <Block title="Over your data" testId="indicator-run-block">
      <div className="flex flex-wrap items-end gap-3 p-3">
        <div className="w-60">
          <Field id="indicator-series" label="Series">
            <Select
              id="indicator-series"
              value={key}
              onChange={(event) => setKey(event.target.value)}
              options={stored.map((one) => ({
                value: storedKey(one),
                label: `${one.instrument}, ${one.timeframe} (${one.venue})`,
              }))}
              data-testid="indicator-series"
            />
          </Field>
        </div>
        {indicator.params.map((param) => (
          <div key={param.name} className="w-32">
            <Field id={`indicator-param-${param.name}`} label={param.name} error={problems.get(param.name)}>
              <Input
                id={`indicator-param-${param.name}`}
                isNumber
                placeholder={String(param.defaultValue)}
                value={texts[param.name] ?? ''}
                isWrong={problems.get(param.name) !== undefined}
                onChange={(event) => setTexts({ ...texts, [param.name]: event.target.value })}
                data-testid={`indicator-param-${param.name}`}
              />
            </Field>
          </div>
        ))}
        <Button
          variant="primary"
          icon="play"
          disabled={isWrong || isBusy}
          onClick={() => void run()}
          data-testid="indicator-run"
        >
          {isBusy ? 'Computing …' : 'Draw'}
        </Button>
      </div>
      {failure === null ? null : (
        <ErrorState
          title={`${indicator.id} could not be computed`}
          failure={failure}
          onRetry={() => void run()}
        />
      )}
      {outcome === null ? null : <Drawn indicator={indicator} run={outcome} />}
    </Block>
  );
}

/** Line colours of outputs, in their order; those of the legend are the same. */
const strokes = (colours: CanvasColours): readonly string[] => [colours.accent, colours.up, colours.down];
const legendTones = ['bg-accent', 'bg-up', 'bg-down'];

/** Gives the options of a plot of outputs, before which the close comes where it is wanted. */
function lines(names: readonly string[], withClose: boolean) {
  return (width: number, height: number, colours: CanvasColours): uPlot.Options => ({
    width,
    height,
    padding: [8, 8, 0, 0],
    axes: [
      timeAxis(colours),
      { ...plotAxis(colours), size: 72, values: (_plot, ticks) => ticks.map(factorText) },
    ],
    series: [
      {},
      ...(withClose ? [{ label: 'Close', stroke: colours.muted, width: 1.1, points: { show: false } }] : []),
      ...names.map((label, index) => ({
        label,
        stroke: strokes(colours)[index % 3] ?? colours.accent,
        width: 1.3,
        points: { show: false },
      })),
    ],
  });
}

/** Lines of an indicator that lives on the price's own scale are drawn over it. */
function Drawn({ indicator, run }: { readonly indicator: IndicatorView; readonly run: Run }) {
  const isOverlay = indicator.group === 'overlap';
  const columns = useMemo(() => {
    const times = run.candles.map(([timeMs]) => timeMs / 1000);
    const close = run.candles.map((candle) => candle[4]);
    const outputs = indicator.outputs.map((name) => run.outputs[name] ?? []);
    return { times, close, outputs };
  }, [indicator, run]);
  const prices = useMemo(
    (): uPlot.AlignedData => [columns.times, columns.close, ...(isOverlay ? columns.outputs : [])],
    [columns, isOverlay],
  );
  const values = useMemo((): uPlot.AlignedData => [columns.times, ...columns.outputs], [columns]);
  const priceOptions = useMemo(() => lines(isOverlay ? indicator.outputs : [], true), [indicator, isOverlay]);
  const valueOptions = useMemo(() => lines(indicator.outputs, false), [indicator]);
  return (
    <div className="border-t border-line" data-testid="indicator-drawn">
      <p className="px-3 pt-2 text-xs text-muted">
        The newest {countText(run.candles.length)} of {countText(run.rows)} candles,{' '}
        {run.warmUpBars < run.rows
          ? `${countText(run.warmUpBars)} of which warm up.`
          : `all of which warm up: it needs ${countText(run.warmUpBars)} before its first value.`}
      </p>
      <ul className="flex flex-wrap gap-x-4 gap-y-1 px-3 pt-1 text-xs">
        {indicator.outputs.map((name, index) => (
          <li key={name} className="flex items-center gap-1.5">
            <span className={classes('h-0.5 w-4', legendTones[index % legendTones.length])} />
            {name}
            <span className="num text-muted">{factorText(run.outputs[name]?.at(-1))}</span>
          </li>
        ))}
        <li className="flex items-center gap-1.5">
          <span className="h-0.5 w-4 bg-muted" />
          Close
        </li>
      </ul>
      <div className={isOverlay ? 'h-80 p-1' : 'h-44 p-1'}>
        <Plot
          label={isOverlay ? `Close and ${indicator.title}` : 'Close'}
          testId={isOverlay ? 'indicator-values' : 'indicator-prices'}
          data={prices}
          options={priceOptions}
        />
      </div>
      {isOverlay ? null : (
        <div className="h-44 p-1">
          <Plot label={indicator.title} testId="indicator-values" data={values} options={valueOptions} />
        </div>
      )}
    </div>
  );
}
