/** "While you were away": what happened between the last stop and this start. */

import { type ReactNode, useState } from 'react';
import type { AwayReportView } from '../../shared/api/views.ts';
import { Decimal } from '../../shared/domain/decimal.ts';
import { formatDecimal, formatMoney } from '../format/decimal-text.ts';
import { formatDateTime, formatSpan } from '../format/time-text.ts';
import { useQuery } from '../store/hooks.ts';
import { useSession } from '../store/session.ts';
import { act } from '../store/terminal.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Icon } from '../ui/icon.tsx';
import { Num } from '../ui/num.tsx';
import { ErrorState, SkeletonRows } from '../ui/states.tsx';

const dismiss = (): void => void act('Dismiss the report', 'journal/dismiss-report', {}, ['journal']);

/** Gives after minus before, by currency, for every currency of both. */
export function equityChange(report: AwayReportView): { currency: string; change: string }[] {
  // Only what was valued before and after can be compared; a missing value is not zero.
  const currencies = Object.keys(report.equityBefore).filter((currency) => currency in report.equityAfter);
  return currencies.map((currency) => {
    const before = Decimal.parse(report.equityBefore[currency] ?? '0');
    return {
      currency,
      change: Decimal.parse(report.equityAfter[currency] ?? '0')
        .minus(before)
        .toString(),
    };
  });
}

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className="rounded-md border border-line bg-raised px-3 py-2">
      <p className="text-2xs text-muted">{label}</p>
      <p className="text-lg font-medium">{children}</p>
    </div>
  );
}

/** The whole report: facts, fills found, orders closed, differences, lines. */
export function AwayReportBody({ report }: { readonly report: AwayReportView }) {
  return (
    <div className="flex flex-col gap-3" data-testid="away-report">
      <p className="text-muted">
        {report.fromMs === null
          ? 'This is the first start.'
          : `Off from ${formatDateTime(report.fromMs)} to ${formatDateTime(report.toMs)} UTC (${formatSpan(report.offlineMs)}).`}{' '}
        {report.crashed
          ? 'The last run ended without a clean stop; the journal was read back and nothing was sent twice.'
          : ''}
      </p>
      <div className="grid grid-cols-4 gap-2">
        <Fact label="Fills while away">{String(report.fillsFound.length)}</Fact>
        <Fact label="Orders closed">{String(report.ordersClosed.length)}</Fact>
        <Fact label="Orders taken over">{String(report.ordersAdopted)}</Fact>
        <Fact label="Equity">
          {equityChange(report).map(({ currency, change }) => (
            <span key={currency} className="mr-2">
              <Num sign={change}>{formatMoney(change, currency, true)}</Num>{' '}
              <span className="text-2xs text-muted">{currency}</span>
            </span>
          ))}
        </Fact>
      </div>
      {report.drift.length === 0 ? null : (
        <div className="rounded-md border border-warn/60 px-3 py-2">
          <p className="text-sm font-medium text-warn">
            Differences between journal and venue: nothing was changed, the venue is halted until you decide
          </p>
          {report.drift.map((line) => (
            <p key={line} className="text-sm">
              {line}
            </p>
          ))}
        </div>
      )}
      {report.fillsFound.length === 0 ? null : (
        <div className="max-h-48 overflow-auto rounded-md border border-line">
          {report.fillsFound.map((fill) => (
            <p
              key={`${fill.venue} ${fill.tradeId} ${fill.leg}`}
              className="num border-b border-line/60 px-3 py-1 text-xs last:border-0"
            >
              <span className="text-muted">{formatDateTime(fill.timeMs)}</span> {fill.bot}{' '}
              <span className={fill.side === 'buy' ? 'text-up' : 'text-down'}>{fill.side}</span>{' '}
              {formatDecimal(fill.quantity)} {fill.symbol} @ {formatDecimal(fill.price)}
            </p>
          ))}
        </div>
      )}
      {report.lines.map((line) => (
        <p key={line} className="text-sm">
          {line}
        </p>
      ))}
    </div>
  );
}

/** The report with its states. */
export function AwayReport() {
  const report = useQuery('journal/report', {}, ['never']);
  if (report.value !== null) return <AwayReportBody report={report.value} />;
  if (report.failure !== null)
    return (
      <ErrorState title="The report could not be read" failure={report.failure} onRetry={report.retry} />
    );
  return <SkeletonRows />;
}

/** The banner under the top bar, until it is dismissed. */
export function AwayBanner() {
  const isDue = useSession((session) => session.status?.awayReport === true);
  const [isOpen, setOpen] = useState(false);
  if (!isDue) return null;
  return (
    <div
      className="flex h-8 shrink-0 items-center gap-2 border-b border-accent/50 bg-accent/12 px-3 text-sm"
      data-testid="away-banner"
      role="status"
    >
      <span className="text-accent">
        <Icon name="clock" />
      </span>
      <BannerText />
      <span className="grow" />
      <Button size="sm" onClick={() => setOpen(true)} data-testid="away-open">
        Read what happened
      </Button>
      <IconButton icon="close" size="sm" label="Mark as read" onClick={dismiss} data-testid="away-dismiss" />
      {isOpen ? (
        <Dialog
          title="While you were away"
          testId="away-dialog"
          size="lg"
          onClose={() => setOpen(false)}
          footer={
            <Button
              variant="primary"
              data-testid="away-done"
              onClick={() => {
                setOpen(false);
                dismiss();
              }}
            >
              Mark as read
            </Button>
          }
        >
          <AwayReport />
        </Dialog>
      ) : null}
    </div>
  );
}

function BannerText() {
  const { value } = useQuery('journal/report', {}, ['never']);
  if (value === null) return <span>While you were away: the report is ready.</span>;
  const parts = [
    `${value.fillsFound.length} ${value.fillsFound.length === 1 ? 'fill' : 'fills'}`,
    `${value.ordersClosed.length} orders closed`,
    `${value.ordersAdopted} taken over`,
  ];
  return (
    <span className="truncate">
      While you were away ({formatSpan(value.offlineMs)}
      {value.crashed ? ', after a crash' : ''}): {parts.join(', ')}
      {value.drift.length > 0 ? `, ${value.drift.length} differences` : ''}.
    </span>
  );
}
