/** Orders by hand, and the lists of orders, fills, positions and balances. */

import { orderViewOf } from '../../adapters/store/order-words.ts';
import { manualBot } from '../../engine/portfolio/ledger.ts';
import { availableFunds } from '../../engine/risk/facts.ts';
import type { ParsedRequestOf } from '../../shared/api/contract.ts';
import { ApiError } from '../../shared/api/result.ts';
import { Decimal } from '../../shared/domain/decimal.ts';
import { type Instrument, lotsOf, notionalOf, quantityOf, ticksOf } from '../../shared/domain/instrument.ts';
import {
  clientOrderId,
  type InstrumentId,
  type PriceTicks,
  type QuantityLots,
} from '../../shared/domain/nominal.ts';
import type { OrderRequest } from '../../shared/domain/order.ts';
import type { RiskScope } from '../../shared/domain/risk.ts';
import { balanceRows, positionRows } from '../views/account-views.ts';
import { walkBook } from '../views/book-walk.ts';
import { type AppContext, findMarket, type Handlers } from './context.ts';
import { control, once } from './control.ts';

type OrderForm = Omit<ParsedRequestOf<'orders/place'>, 'token'>;

/** Gives exact ticks; a price off the venue's grid is refused, never rounded behind the user's back. */
function exactTicks(instrument: Instrument, text: string | undefined, field: string): PriceTicks | undefined {
  if (text === undefined) return undefined;
  const price = Decimal.parse(text);
  const ticks = ticksOf(instrument, price, 'down');
  if (!Number.isSafeInteger(ticks) || !instrument.tickSize.timesInteger(ticks).equals(price)) {
    throw new ApiError(
      'bad-input',
      `${field}: ${text} is not a multiple of the price step ${instrument.tickSize}`,
      { field },
    );
  }
  return ticks;
}

function exactLots(instrument: Instrument, text: string): QuantityLots {
  const quantity = Decimal.parse(text);
  const lots = lotsOf(instrument, quantity);
  if (!Number.isSafeInteger(lots) || !quantityOf(instrument, lots).equals(quantity)) {
    throw new ApiError(
      'bad-input',
      `quantity: ${text} is not a multiple of the quantity step ${instrument.lotSize}`,
      {
        field: 'quantity',
      },
    );
  }
  return lots;
}

/** Turns the form into a request, refusing fields that are missing for the type. */
function requestOf(form: OrderForm, instrument: Instrument): OrderRequest {
  const needsPrice = form.type === 'limit' || form.type === 'stop-limit';
  const needsTrigger = form.type === 'stop' || form.type === 'stop-limit';
  if (needsPrice && form.price === undefined)
    throw new ApiError('bad-input', 'price: a limit order needs one', { field: 'price' });
  if (!needsPrice && form.price !== undefined)
    throw new ApiError('bad-input', `price: a ${form.type} order has none`, { field: 'price' });
  if (needsTrigger && form.triggerPrice === undefined) {
    throw new ApiError('bad-input', 'triggerPrice: a stop order needs one', { field: 'triggerPrice' });
  }
  if (!needsTrigger && form.triggerPrice !== undefined) {
    throw new ApiError('bad-input', `triggerPrice: a ${form.type} order has none`, { field: 'triggerPrice' });
  }
  if (form.postOnly && form.type !== 'limit')
    throw new ApiError('bad-input', 'postOnly: only a limit order can be', { field: 'postOnly' });
  return {
    instrument: form.instrument as InstrumentId,
    side: form.side,
    type: form.type,
    lots: exactLots(instrument, form.quantity),
    priceTicks: exactTicks(instrument, form.price, 'price'),
    triggerTicks: exactTicks(instrument, form.triggerPrice, 'triggerPrice'),
    timeInForce: form.type === 'market' ? 'ioc' : form.timeInForce,
    postOnly: form.postOnly,
    reduceOnly: form.reduceOnly,
  };
}

function orderOrThrow(context: AppContext, id: string) {
  const order = context.kernel.services.orders.get(clientOrderId(id));
  const instrument = order === undefined ? undefined : context.kernel.services.instrument(order.instrument);
  if (order !== undefined && instrument !== undefined) return orderViewOf(order, instrument);
  return context.journal.queries.order(id).order;
}

export const orderHandlers: Handlers<'orders'> = {
  'orders/list': (request, context) => context.journal.queries.orders(request),
  'orders/show': (request, context) => context.journal.queries.order(request.order),
  'orders/preview': (request, context) => {
    const market = findMarket(context, request.instrument);
    const { instrument } = market;
    const order = requestOf(request, instrument);
    const walk = walkBook(market, order);
    const ticks = order.priceTicks ?? order.triggerTicks ?? walk.averageTicks ?? market.markTicks() ?? 0;
    const notional = walk.notional ?? notionalOf(instrument, Math.ceil(ticks), order.lots);
    const maker = order.type === 'limit' && walk.filledLots === 0;
    const rate = maker ? instrument.makerFeeRate : instrument.takerFeeRate;
    const feeInBase =
      instrument.kind === 'spot' && instrument.feeCurrencyRule === 'received' && order.side === 'buy';
    const fee = (feeInBase ? quantityOf(instrument, order.lots) : notional).times(rate);
    const sellsBase = instrument.kind === 'spot' && order.side === 'sell';
    const fundsCurrency = sellsBase ? instrument.base : instrument.settle;
    const verdict = context.kernel.executor.judge(
      { bot: manualBot, mayTrade: true, ordersInTenSeconds: 0 },
      'manual',
      order,
    );
    return {
      notional: notional.toString(),
      fee: fee.toString(),
      feeCurrency: feeInBase ? instrument.base : instrument.settle,
      averagePrice: walk.averagePrice?.toString() ?? null,
      slippageRate: walk.slippageRate?.toString() ?? null,
      funds: (sellsBase
        ? quantityOf(instrument, order.lots)
        : feeInBase
          ? notional
          : notional.plus(fee)
      ).toString(),
      fundsCurrency,
      available: availableFunds(
        context.kernel.services,
        manualBot,
        instrument.venue,
        fundsCurrency,
      ).toString(),
      verdict: verdict.outcome === 'approved' ? 'approved' : `${verdict.code}: ${verdict.message}`,
      denied: verdict.outcome === 'denied',
    };
  },
  'orders/place': (request, context) =>
    once(context, request.token, 'orders/place', request, () => {
      const { instrument } = findMarket(context, request.instrument);
      const outcome = control(context, {
        kind: 'place-order',
        bot: manualBot,
        request: requestOf(request, instrument),
      });
      return { order: orderOrThrow(context, outcome.clientOrderId ?? '') };
    }),
  'orders/cancel': (request, context) => {
    control(context, { kind: 'cancel-order', clientOrderId: clientOrderId(request.order) });
    return { order: orderOrThrow(context, request.order) };
  },
  'orders/resolve-unknown': (request, context) => {
    control(context, {
      kind: 'resolve-unknown',
      clientOrderId: clientOrderId(request.order),
      note: request.note,
    });
    return { order: orderOrThrow(context, request.order) };
  },
  'orders/cancel-all': (request, context) => {
    const outcome = control(context, { kind: 'cancel-all', scope: request.scope as RiskScope });
    return { requested: outcome.count ?? 0 };
  },
};

export const fillHandlers: Handlers<'fills'> = {
  'fills/list': (request, context) => context.journal.queries.fills(request),
};

export const positionHandlers: Handlers<'positions'> = {
  'positions/list': (request, context) => {
    const rows = positionRows(context.kernel, request);
    return { rows, total: rows.length };
  },
};

export const balanceHandlers: Handlers<'balances'> = {
  'balances/list': (request, context) => {
    const rows = balanceRows(context.kernel, request);
    return { rows, total: rows.length };
  },
};

export const equityHandlers: Handlers<'equity'> = {
  'equity/history': (request, context) => ({
    points: context.journal.equity
      .history(request.bot ?? null, request.limit)
      .map((point) => [point.timeMs, { ...point.values }] as [number, Record<string, string>]),
  }),
};
