/** Above the chart: intervals, indicators, back to the newest bar. */

import type { ReactNode } from 'react';
import { type Timeframe, timeframes } from '../../shared/domain/candle.ts';
import { useSetting } from '../store/settings.ts';
import { settings } from '../store/terminal.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { Menu } from '../ui/menu.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { indicatorChoices } from './indicator-lines.ts';

const favourites: readonly Timeframe[] = ['1m', '5m', '15m', '1h', '4h', '1d'];

export interface ChartToolbarProps {
  readonly timeframe: Timeframe;
  readonly onTimeframe: (timeframe: Timeframe) => void;
  readonly onLive: () => void;
  readonly width: number;
  readonly children?: ReactNode;
}

export function ChartToolbar({ timeframe, onTimeframe, onLive, width, children }: ChartToolbarProps) {
  const indicators = useSetting('trade.indicators');
  const shown =
    width < 520 ? [timeframe] : favourites.includes(timeframe) ? favourites : [...favourites, timeframe];
  const toggle = (id: string): void => {
    const next = indicators.includes(id) ? indicators.filter((one) => one !== id) : [...indicators, id];
    settings.set('trade.indicators', next);
  };
  return (
    <div className="flex h-7 shrink-0 items-center gap-1 overflow-hidden border-b border-line px-1.5">
      <Segmented
        label="Interval"
        look="bare"
        testId="timeframe"
        value={timeframe}
        onChange={onTimeframe}
        options={shown.map((value) => ({ value, label: value }))}
      />
      <Menu
        testId="timeframe-menu"
        trigger={
          <IconButton
            icon="chevronDown"
            size="sm"
            label="All intervals (type digits on the chart)"
            data-testid="timeframe-more"
          />
        }
        items={timeframes.map((value) => ({
          id: value,
          label: value,
          isChecked: value === timeframe,
          onSelect: () => onTimeframe(value),
        }))}
      />
      <span className="mx-0.5 h-4 w-px bg-line" />
      <Menu
        testId="indicators"
        trigger={
          <Button variant="ghost" size="sm" data-testid="indicators-open">
            Indicators
          </Button>
        }
        items={indicatorChoices.map(({ id, label }) => ({
          id,
          label,
          isChecked: indicators.includes(id),
          onSelect: () => toggle(id),
        }))}
      />
      <span className="ml-auto flex items-center gap-1">
        {children}
        <IconButton
          icon="target"
          size="sm"
          label="Back to the newest bar"
          onClick={onLive}
          data-testid="chart-live"
        />
      </span>
    </div>
  );
}
