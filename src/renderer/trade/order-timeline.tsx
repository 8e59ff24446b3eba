/** One order's life: intent, checks, sent, acknowledged, fills, confirmed. */

import type { ResponseOf } from '../../shared/api/contract.ts';
import { formatDecimal } from '../format/decimal-text.ts';
import { shortSymbol } from '../format/symbol-text.ts';
import { formatDateTime, formatSpan } from '../format/time-text.ts';
import { useQuery } from '../store/hooks.ts';
import { showOrder, useUi } from '../store/ui-state.ts';
import { Button } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { Dialog } from '../ui/dialog.tsx';
import { ErrorState, SkeletonRows } from '../ui/states.tsx';
import { priceText, quantityText } from './order-columns.tsx';
import { OrderState, Side } from './order-state.tsx';
import { ResolveUnknown } from './resolve-unknown.tsx';
import { cancelOrder, restingPrice } from './trade-chart.tsx';

const live = new Set(['PENDING_CREATE', 'OPEN', 'PARTIALLY_FILLED', 'UNKNOWN']);

export function OrderTimeline() {
  const order = useUi((ui) => ui.orderShown);
  return order === null ? null : <TimelineDialog order={order} />;
}

function TimelineDialog({ order }: { readonly order: string }) {
  const shown = useQuery('orders/show', { order }, ['orders', 'fills']);
  const close = (): void => showOrder(null);
  const isLive = shown.value !== null && live.has(shown.value.order.state);
  return (
    <Dialog
      title="Order timeline"
      testId="order-timeline"
      size="lg"
      onClose={close}
      footer={
        isLive ? (
          <Button variant="danger" onClick={() => cancelOrder(order)} data-testid="timeline-cancel">
            Cancel order
          </Button>
        ) : undefined
      }
    >
      {shown.value !== null ? (
        <Timeline shown={shown.value} />
      ) : shown.failure !== null ? (
        <ErrorState title="The order could not be read" failure={shown.failure} onRetry={shown.retry} />
      ) : (
        <SkeletonRows />
      )}
    </Dialog>
  );
}

function Timeline({ shown }: { readonly shown: ResponseOf<'orders/show'> }) {
  const { order, states } = shown;
  const first = states[0]?.timeMs ?? order.createdAtMs;
  const facts: readonly (readonly [string, string])[] = [
    ['Quantity', quantityText(order.instrument, order.quantity)],
    ['Filled', quantityText(order.instrument, order.filled)],
    ['Price', order.type === 'market' ? 'market' : priceText(order.instrument, restingPrice(order))],
    ['Average', priceText(order.instrument, order.averagePrice)],
    ['Time in force', order.timeInForce.toUpperCase()],
    ['Bot · leg', `${order.bot} · ${order.leg}`],
    ['Our id', order.clientOrderId],
    ['Venue id', order.venueOrderId ?? '—'],
  ];
  return (
    <div>
      <div className="mb-3 flex items-baseline gap-2 text-lg">
        <Side side={order.side} /> <span className="font-semibold">{shortSymbol(order.symbol)}</span>
        <span className="text-sm text-muted">
          {order.type} · {order.venue}
        </span>
        <span className="grow" />
        <span className="text-sm">
          <OrderState state={order.state} reason={order.reason} />
        </span>
      </div>
      <dl className="mb-4 grid grid-cols-4 gap-x-4 gap-y-2">
        {facts.map(([label, value]) => (
          <div key={label} className="min-w-0">
            <dt className="text-2xs text-muted">{label}</dt>
            <dd className="num truncate text-xs" title={value}>
              {value}
            </dd>
          </div>
        ))}
      </dl>
      {order.state === 'UNKNOWN' ? <ResolveUnknown order={order} /> : null}
      <ol className="relative ml-1 border-l border-line-strong" data-testid="timeline-steps">
        {states.map((step) => (
          <li
            key={`${step.sequence} ${step.step}`}
            className="relative py-1.5 pl-4"
            data-testid="timeline-step"
          >
            <span
              className={classes(
                'absolute top-[11px] -left-[4.5px] size-2 rounded-full border-2 border-overlay',
                step.state === 'REJECTED'
                  ? 'bg-danger'
                  : step.state === 'FILLED' || step.step.startsWith('fill')
                    ? 'bg-up'
                    : step.state === 'UNKNOWN'
                      ? 'bg-warn'
                      : 'bg-accent',
              )}
            />
            <div className="flex items-baseline gap-3">
              <span className="font-medium">{step.step}</span>
              <span className="min-w-0 grow text-sm text-muted">{step.detail}</span>
              <span
                className="num text-2xs text-muted"
                title={`${formatDateTime(step.timeMs)} UTC · record ${step.sequence}`}
              >
                {step.timeMs === first ? formatDateTime(step.timeMs) : `+${formatSpan(step.timeMs - first)}`}{' '}
                · #{formatDecimal(String(step.sequence))}
              </span>
            </div>
          </li>
        ))}
      </ol>
    </div>
  );
}
