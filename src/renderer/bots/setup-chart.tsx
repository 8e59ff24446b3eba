/** The chart beside the form: every planned level, and lines that set parameters when they are dragged. */

import { useMemo, useState } from 'react';
import type { FieldView, InstrumentView, PlanView } from '../../shared/api/views.ts';
import type { Timeframe } from '../../shared/domain/candle.ts';
import { ChartPane, knownTimeframe } from '../chart/chart-pane.tsx';
import type { ChartHandle } from '../chart/handles.ts';
import { formatDecimal, placesOfStep } from '../format/decimal-text.ts';
import { parseDecimalInput, snapToTick } from '../format/parse-input.ts';
import { useSettings } from '../store/settings.ts';
import { type FormValues, isShown } from './form-values.ts';
import { levelsOfPlan } from './plan-levels.ts';

export interface SetupChartProps {
  readonly instrument: InstrumentView;
  readonly fields: readonly FieldView[];
  readonly values: FormValues;
  readonly plan: PlanView | null;
  readonly isEdit: boolean;
  readonly onValue: (name: string, value: string) => void;
}

const noFills: never[] = [];
const toneOf = (name: string): ChartHandle['tone'] =>
  /stop/i.test(name)
    ? 'danger'
    : /profit|target/i.test(name)
      ? 'up'
      : /trigger|entry/i.test(name)
        ? 'warn'
        : 'accent';

export function SetupChart({ instrument, fields, values, plan, isEdit, onValue }: SetupChartProps) {
  const [timeframe, setTimeframe] = useState<Timeframe>(() =>
    knownTimeframe(useSettings.getState().settings['trade.timeframe']),
  );
  const places = placesOfStep(instrument.tickSize);
  const lines = useMemo(
    () =>
      fields
        .filter((field) => field.chartLine && field.format === 'price' && isShown(field, values))
        .flatMap((field) => {
          const value = values[field.name];
          const parsed = typeof value === 'string' ? parseDecimalInput(value, { positive: true }) : null;
          return parsed?.ok === true ? [{ field, price: parsed.text }] : [];
        }),
    [fields, values],
  );
  const handles = lines.map<ChartHandle>(({ field, price }) => ({
    id: field.name,
    label: field.label,
    price: Number(price),
    priceText: formatDecimal(price, { places }),
    tone: toneOf(field.name),
    step: Number(instrument.tickSize),
    onMove:
      isEdit && !field.updatable
        ? undefined
        : (moved) => onValue(field.name, snapToTick(moved, instrument.tickSize)),
  }));
  const levels = useMemo(() => {
    const drawn =
      plan === null
        ? []
        : levelsOfPlan(
            plan,
            placesOfStep(instrument.lotSize),
            lines.map((line) => line.price),
          );
    const held = lines.map(({ field, price }) => ({
      key: `handle ${field.name}`,
      price: Number(price),
      tone: toneOf(field.name),
      label: '',
      look: 'solid' as const,
      isStrong: true,
    }));
    return [...drawn, ...held];
  }, [plan, lines, instrument.lotSize]);
  return (
    <ChartPane
      instrument={instrument.id}
      timeframe={timeframe}
      onTimeframe={setTimeframe}
      levels={levels}
      handles={handles}
      fills={noFills}
      isFitted
    />
  );
}
