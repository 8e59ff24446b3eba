/** How form, chart, plan and orders share the page: three columns where there is room, two where there is not. */

import { type ReactNode, useMemo, useRef } from 'react';
import type { BotView, InstrumentView, PlanView, StrategyView } from '../../shared/api/views.ts';
import { shortSymbol } from '../format/symbol-text.ts';
import { useSize } from '../store/hooks.ts';
import { goTo } from '../store/route.ts';
import { useSession } from '../store/session.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { Input, Select } from '../ui/field.tsx';
import { byPrice } from './plan-levels.ts';
import { PlanTable, planColumns } from './plan-panel.tsx';

export interface SetupLayoutProps {
  readonly head: ReactNode;
  readonly form: ReactNode;
  readonly chart: ReactNode;
  readonly plan: ReactNode;
  readonly levels: PlanView['levels'];
  readonly instrument: InstrumentView;
  readonly actions: ReactNode;
}

export function SetupLayout({ head, form, chart, plan, levels, instrument, actions }: SetupLayoutProps) {
  const root = useRef<HTMLDivElement>(null);
  const { width } = useSize(root);
  const isWide = width >= 1150;
  const columns = useMemo(() => planColumns(instrument), [instrument]);
  const sorted = useMemo(() => byPrice(levels), [levels]);
  const table = (
    <div className="flex h-full min-h-0 min-w-0 flex-col border-t border-line bg-surface">
      <h3 className="flex h-7 shrink-0 items-center gap-2 border-b border-line px-3 text-xs font-semibold">
        Orders of the plan{' '}
        <span className="font-normal text-muted" data-testid="plan-level-count">
          {levels.length}
        </span>
      </h3>
      <div className="min-h-0 grow">
        <PlanTable levels={sorted} columns={columns} />
      </div>
    </div>
  );
  const planColumn = (
    <div className="flex min-h-0 min-w-0 flex-col border-l border-line bg-surface">
      <div className="min-h-0 grow overflow-auto">{plan}</div>
      <div className="flex shrink-0 justify-end gap-2 border-t border-line p-2.5">{actions}</div>
    </div>
  );
  return (
    <div ref={root} className="flex h-full flex-col">
      {head}
      <div
        className={
          isWide
            ? 'grid min-h-0 grow grid-cols-[304px_minmax(0,1fr)_308px]'
            : 'grid min-h-0 grow grid-cols-[270px_minmax(0,1fr)_262px]'
        }
      >
        <div className="min-h-0 overflow-auto border-r border-line bg-surface">{form}</div>
        <div className="grid min-h-0 min-w-0 grid-cols-[minmax(0,1fr)] grid-rows-[minmax(0,1fr)_minmax(120px,30%)]">
          <div className="min-h-0 min-w-0">{chart}</div>
          {table}
        </div>
        {planColumn}
      </div>
    </div>
  );
}

export interface SetupHeadProps {
  readonly strategy: StrategyView;
  readonly instrument: InstrumentView;
  readonly bot: BotView | null;
  readonly name: string;
  readonly onName: (name: string) => void;
  /** Null where the market is fixed. */
  readonly onInstrument: ((id: string) => void) | null;
  readonly onReset: () => void;
  readonly isChanged: boolean;
}

export function SetupHead({
  strategy,
  instrument,
  bot,
  name,
  onName,
  onInstrument,
  onReset,
  isChanged,
}: SetupHeadProps) {
  const instruments = useSession((session) => session.instrumentList);
  const back = (): void => (bot === null ? goTo('bots', 'new') : goTo('bots', bot.id));
  return (
    <div className="flex h-11 shrink-0 items-center gap-2.5 border-b border-line bg-surface px-2.5">
      <IconButton icon="chevronLeft" label="Back" onClick={back} data-testid="setup-back" />
      <h1 className="text-lg font-semibold whitespace-nowrap">
        {bot === null ? `New ${strategy.title}` : `Edit ${bot.name}`}
      </h1>
      <span className="w-52 shrink-0">
        {onInstrument !== null ? (
          <Select
            aria-label="Market"
            value={instrument.id}
            onChange={(event) => onInstrument?.(event.target.value)}
            options={instruments.map((one) => ({
              value: one.id,
              label: `${shortSymbol(one.symbol)} · ${one.venue}`,
            }))}
            data-testid="setup-market"
          />
        ) : (
          <span className="text-sm text-muted">
            {shortSymbol(instrument.symbol)} · {instrument.venue} · {strategy.title}
          </span>
        )}
      </span>
      <span className="w-44 shrink-0">
        <Input
          aria-label="Name of the bot"
          placeholder="Name (optional)"
          maxLength={60}
          value={name}
          onChange={(event) => onName(event.target.value)}
          data-testid="setup-name"
        />
      </span>
      <span className="min-w-0 grow truncate text-sm text-muted max-[1200px]:hidden" title={strategy.summary}>
        {strategy.summary}
      </span>
      <span className="grow min-[1200px]:hidden" />
      <Button
        variant="ghost"
        icon="refresh"
        disabled={!isChanged}
        onClick={onReset}
        data-testid="setup-reset"
      >
        {bot === null ? 'Suggested values' : 'Undo changes'}
      </Button>
    </div>
  );
}
