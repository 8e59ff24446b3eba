/** The plan in figures: funds, profit after fees, worst case, broken rules, and every order. */

import type { ReactNode } from 'react';
import type { InstrumentView, PlanView } from '../../shared/api/views.ts';
import { formatDecimal, formatMoney, formatRate, placesOfStep } from '../format/decimal-text.ts';
import { Side } from '../trade/order-state.tsx';
import { classes } from '../ui/classes.ts';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Icon } from '../ui/icon.tsx';
import { unitText } from './param-field.tsx';

type Level = PlanView['levels'][number];

/** One figure with its label. */
export function Figure({
  label,
  help,
  children,
  tone,
  testId,
  isLong = false,
}: {
  readonly label: string;
  readonly help?: string;
  readonly children: ReactNode;
  readonly tone?: string | undefined;
  readonly testId?: string;
  /** Puts a text that is no figure, such as a rule, below its label, over as many lines as it takes. */
  readonly isLong?: boolean;
}) {
  return (
    <div className={isLong ? 'py-[3px]' : 'flex items-baseline justify-between gap-3 py-[3px]'} title={help}>
      <dt className="min-w-0 text-xs text-muted">{label}</dt>
      <dd
        className={classes('num text-xs', isLong ? 'whitespace-normal break-words' : 'text-right', tone)}
        data-testid={testId}
      >
        {children}
      </dd>
    </div>
  );
}

/** Gives a figure's value with its unit; percentages come as percent, not as fractions. */
export function figureText(value: string, unit: string, instrument: InstrumentView): string {
  const shown = /^-?\d+(\.\d+)?$/.test(value) ? formatDecimal(value) : value;
  const label = unitText(unit, instrument.quote, instrument.base);
  return label === '' ? shown : `${shown} ${label}`;
}

export function Violations({ violations }: { readonly violations: PlanView['violations'] }) {
  if (violations.length === 0) return null;
  return (
    <ul className="flex flex-col gap-1" data-testid="plan-violations">
      {violations.map((violation) => (
        <li
          key={`${violation.code} ${violation.message}`}
          data-testid={`violation-${violation.code}`}
          data-severity={violation.severity}
          className={classes(
            'flex gap-1.5 rounded-sm border px-2 py-1 text-xs',
            violation.severity === 'error'
              ? 'border-danger/60 bg-danger/10 text-danger'
              : 'border-warn/50 bg-warn/8 text-warn',
          )}
        >
          <span className="mt-px">
            <Icon name="warning" size={12} />
          </span>
          <span>{violation.message}</span>
        </li>
      ))}
    </ul>
  );
}

/** Longer values are texts. */
const figureLettersMaximum = 24;

export interface PlanPanelProps {
  readonly plan: PlanView;
  readonly instrument: InstrumentView;
  /** Free money by currency at the venue, to compare the funds with. */
  readonly available: Readonly<Record<string, string>>;
  readonly isBehind: boolean;
}

export function PlanPanel({ plan, instrument, available, isBehind }: PlanPanelProps) {
  const places = placesOfStep(instrument.tickSize);
  return (
    <div
      className={classes('flex flex-col gap-3 p-3 transition-opacity duration-150', isBehind && 'opacity-60')}
      data-testid="plan"
      data-behind={isBehind}
    >
      <p className="text-sm">{plan.summary}</p>
      <Violations violations={plan.violations} />
      <section>
        <h3 className="mb-1 text-xs font-semibold">Funds needed</h3>
        <dl className="divide-y divide-line/60">
          {plan.funds.map(({ currency, amount }) => (
            <Figure
              key={currency}
              label={`of ${formatMoney(available[currency] ?? '0', currency)} ${currency} free`}
              testId={`plan-funds-${currency}`}
              tone="font-semibold"
            >
              {formatMoney(amount, currency)} {currency}
            </Figure>
          ))}
        </dl>
      </section>
      <section>
        <h3 className="mb-1 text-xs font-semibold">Worst case</h3>
        {plan.worstLoss === null ? (
          <p className="text-xs text-muted">This strategy states none.</p>
        ) : (
          <div className="rounded-md border border-line bg-raised px-2.5 py-1.5">
            <p className="num text-lg font-semibold text-down" data-testid="plan-worst-loss">
              {formatMoney(
                plan.worstLoss.amount.startsWith('-') ? plan.worstLoss.amount : `-${plan.worstLoss.amount}`,
                plan.worstLoss.currency,
              )}{' '}
              {plan.worstLoss.currency}
            </p>
            <p className="text-xs text-muted">{plan.worstLoss.scenario}</p>
          </div>
        )}
      </section>
      <dl className="divide-y divide-line/60" data-testid="plan-figures">
        <Figure label="Reference price">{formatDecimal(plan.referencePrice, { places })}</Figure>
        {plan.breakEven === null ? null : (
          <Figure label="Break-even after fees" testId="plan-break-even">
            {formatDecimal(plan.breakEven, { places })}
          </Figure>
        )}
        {plan.liquidationPrice === null ? null : (
          <Figure label="Liquidation price" tone="text-danger" testId="plan-liquidation">
            {formatDecimal(plan.liquidationPrice, { places })}
          </Figure>
        )}
        {plan.figures.map((figure) => (
          <Figure
            key={figure.key}
            label={figure.label}
            help={figure.help}
            isLong={figure.value.length > figureLettersMaximum}
            testId={`figure-${figure.key}`}
          >
            {figureText(figure.value, figure.unit, instrument)}
          </Figure>
        ))}
      </dl>
    </div>
  );
}

/** Gives the columns of the planned orders of an instrument. */
export function planColumns(instrument: InstrumentView): readonly Column<Level>[] {
  const pricePlaces = placesOfStep(instrument.tickSize);
  const sizePlaces = placesOfStep(instrument.lotSize);
  return [
    { id: 'side', header: 'Side', width: 40, cell: (row) => <Side side={row.side} /> },
    {
      id: 'role',
      header: 'Role',
      width: 62,
      cell: (row) => (
        <span className="text-muted" title={row.role}>
          {row.role}
        </span>
      ),
    },
    {
      id: 'price',
      header: 'Price',
      width: 78,
      align: 'right',
      sortBy: (row) => Number(row.price),
      cell: (row) => formatDecimal(row.price, { places: pricePlaces }),
    },
    {
      id: 'quantity',
      header: 'Quantity',
      width: 76,
      align: 'right',
      sortBy: (row) => Number(row.quantity),
      cell: (row) => formatDecimal(row.quantity, { places: sizePlaces }),
    },
    {
      id: 'funds',
      header: 'Funds',
      width: 96,
      align: 'right',
      sortBy: (row) => Number(row.funds),
      cell: (row) =>
        `${row.fundsCurrency === instrument.base ? formatDecimal(row.funds, { places: sizePlaces }) : formatMoney(row.funds, row.fundsCurrency)} ${row.fundsCurrency}`,
    },
    {
      id: 'net',
      header: 'Net',
      width: 68,
      align: 'right',
      sortBy: (row) => Number(row.netProfitRate ?? 0),
      cell: (row) => (row.netProfitRate === undefined ? '' : formatRate(row.netProfitRate, 3, true)),
    },
    {
      id: 'rests',
      header: '',
      width: 50,
      cell: (row) => (
        <span className="text-2xs text-muted">
          {row.type === 'market' ? 'at market' : row.restsNow ? 'rests' : 'waits'}
        </span>
      ),
    },
  ];
}

/** Every planned order, highest price first as on the chart. */
export function PlanTable({
  levels,
  columns,
}: {
  readonly levels: readonly Level[];
  readonly columns: readonly Column<Level>[];
}) {
  return (
    <DataTable
      label="Planned orders"
      testId="plan-levels"
      rows={levels}
      columns={columns}
      rowKey={(row) => row.key}
    />
  );
}
