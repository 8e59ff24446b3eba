/** The chart of the market looked at, with own orders and fills on it. */

import { useEffect, useMemo } from 'react';
import type { OrderView } from '../../shared/api/views.ts';
import { ChartPane, knownTimeframe } from '../chart/chart-pane.tsx';
import type { ChartHandle } from '../chart/handles.ts';
import type { ChartLevel } from '../chart/levels-primitive.ts';
import { formatDecimal, placesOfStep } from '../format/decimal-text.ts';
import { shortSymbol } from '../format/symbol-text.ts';
import { useQuery } from '../store/hooks.ts';
import { useInstrument } from '../store/session.ts';
import { useSetting } from '../store/settings.ts';
import { act, settings } from '../store/terminal.ts';
import { useSelectedInstrument } from '../store/ui-state.ts';
import { StaleBadge } from '../ui/states.tsx';
import { useStaleReason } from './staleness.ts';

const noOrders: readonly OrderView[] = [];
/** More tags than this would hide the chart; the levels themselves are all drawn. */
const tagsMax = 8;

/** Cancels one order. */
export function cancelOrder(clientOrderId: string): void {
  void act('Cancel', 'orders/cancel', { order: clientOrderId }, ['orders', 'bots']);
}

/** The price an order rests or triggers at, as text; null for a market order. */
export function restingPrice(order: OrderView): string | null {
  return order.price ?? order.triggerPrice;
}

function levelOf(order: OrderView): ChartLevel | null {
  const price = restingPrice(order);
  if (price === null) return null;
  return {
    key: order.clientOrderId,
    price: Number(price),
    tone: order.state === 'UNKNOWN' ? 'warn' : order.side === 'buy' ? 'up' : 'down',
    label: `${order.bot} ${formatDecimal(order.quantity)}`,
    look: order.type === 'limit' ? 'solid' : 'dashed',
    isStrong: false,
  };
}

export function TradeChart({ setTitle }: { readonly setTitle: (title: string) => void }) {
  const instrument = useSelectedInstrument();
  const details = useInstrument(instrument);
  const timeframe = knownTimeframe(useSetting('trade.timeframe'));
  const stale = useStaleReason(instrument);
  const orders = useQuery('orders/list', { state: 'open', limit: 500 }, ['orders']).value?.rows ?? noOrders;
  const fills = useQuery('fills/list', { limit: 500 }, ['fills']).value?.rows;
  const own = useMemo(() => orders.filter((order) => order.instrument === instrument), [orders, instrument]);
  const levels = useMemo(() => own.map(levelOf).filter((level) => level !== null), [own]);
  const handles = useMemo<ChartHandle[]>(() => {
    const places = placesOfStep(details?.tickSize ?? '0.01');
    return own
      .filter((order) => order.bot === 'manual' && restingPrice(order) !== null)
      .slice(0, tagsMax)
      .map((order) => ({
        id: order.clientOrderId,
        label: `${order.side === 'buy' ? 'Buy' : 'Sell'} ${formatDecimal(order.quantity)} @`,
        price: Number(restingPrice(order)),
        priceText: formatDecimal(restingPrice(order), { places }),
        tone: order.side === 'buy' ? 'up' : 'down',
        onClose: () => cancelOrder(order.clientOrderId),
        closeLabel: `Cancel ${order.side} order at ${restingPrice(order)}`,
      }));
  }, [own, details]);
  const marks = useMemo(
    () =>
      fills?.filter((fill) => fill.instrument === instrument).map(({ timeMs, side }) => ({ timeMs, side })) ??
      [],
    [fills, instrument],
  );
  const title = details === undefined ? 'Chart' : `${shortSymbol(details.symbol)} · ${details.venue}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the dock gives a new function each time
  useEffect(() => setTitle(title), [title]);
  if (instrument === null) return null;
  return (
    <ChartPane
      instrument={instrument}
      timeframe={timeframe}
      onTimeframe={(next) => settings.set('trade.timeframe', next)}
      levels={levels}
      handles={handles}
      fills={marks}
      toolbar={stale === null ? null : <StaleBadge text={stale} />}
    />
  );
}
