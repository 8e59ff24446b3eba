/** The ticket: an order by hand, with its cost, fee, slippage and verdict before it is sent. */

import { zodResolver } from '@hookform/resolvers/zod';
import { useEffect, useRef, useState } from 'react';
import { useForm } from 'react-hook-form';
import { newToken } from '../api/token.ts';
import { formatDecimal, formatMoney, placesOfStep } from '../format/decimal-text.ts';
import { useQuery } from '../store/hooks.ts';
import { notify } from '../store/notices.ts';
import { useInstrument, useSession } from '../store/session.ts';
import { act, market } from '../store/terminal.ts';
import { useSelectedInstrument, useUi } from '../store/ui-state.ts';
import { Button } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { Field, Input, Select, Toggle } from '../ui/field.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { EmptyState } from '../ui/states.tsx';
import {
  emptyTicket,
  needsPrice,
  needsTrigger,
  quantityOfShare,
  requestOf,
  type Ticket,
  type TicketType,
  ticketSchema,
} from './ticket-form.ts';
import { TicketPreview, TicketVerdict, usePreview } from './ticket-preview.tsx';

const types: readonly { value: TicketType; label: string }[] = [
  { value: 'limit', label: 'Limit' },
  { value: 'market', label: 'Market' },
  { value: 'stop', label: 'Stop' },
  { value: 'stop-limit', label: 'Stop limit' },
];
const forces = [
  { value: 'gtc', label: 'Good till cancelled' },
  { value: 'ioc', label: 'Immediate or cancel' },
  { value: 'fok', label: 'Fill or kill' },
];
const shares = [25, 50, 75, 100];

export function TicketPane() {
  const instrument = useSelectedInstrument();
  const details = useInstrument(instrument);
  const mode = useSession((session) => session.status?.mode ?? 'demo');
  const picked = useUi((ui) => ui.pickedPrice);
  const form = useForm<Ticket>({
    defaultValues: emptyTicket,
    mode: 'onChange',
    resolver: zodResolver(ticketSchema),
  });
  const { register, setValue, watch, formState } = form;
  const ticket = watch();
  const [isSending, setSending] = useState(false);
  const token = useRef(newToken());
  const balances = useQuery('balances/list', {}, ['balances']).value?.rows;
  const request = instrument === null ? null : requestOf(ticket, instrument);
  const preview = usePreview(request);

  useEffect(() => {
    if (picked === null || picked.instrument !== instrument) return;
    if (form.getValues('type') === 'market') setValue('type', 'limit');
    setValue('price', picked.price, { shouldValidate: true });
  }, [picked, instrument, form, setValue]);
  // A price of another market makes no sense here; the quantity neither.
  useEffect(() => {
    const last = instrument === null ? undefined : market.quote(instrument)?.last;
    form.reset({ ...form.getValues(), price: last ?? '', triggerPrice: '', quantity: '' });
  }, [instrument, form]);

  if (instrument === null || details === undefined)
    return <EmptyState title="No market chosen">Pick one in the watchlist.</EmptyState>;
  const fundsCurrency = details.kind === 'spot' && ticket.side === 'sell' ? details.base : details.settle;
  const available =
    balances?.find(
      (row) => row.venue === details.venue && row.owner === 'main' && row.currency === fundsCurrency,
    )?.available ?? null;
  const takeShare = (percent: number): void => {
    const quote = market.quote(instrument);
    const price =
      needsPrice(ticket.type) && requestOf({ ...ticket, quantity: '1' }, instrument) !== null
        ? ticket.price.trim()
        : (quote?.ask ?? quote?.last);
    const quantity =
      available === null || price === null || price === undefined
        ? null
        : quantityOfShare(percent, ticket.side, details, available, price);
    if (quantity !== null) setValue('quantity', quantity, { shouldValidate: true, shouldDirty: true });
  };
  const send = async (): Promise<void> => {
    if (request === null || isSending) return;
    setSending(true);
    const placed = await act('Order', 'orders/place', { ...request, token: token.current }, [
      'orders',
      'balances',
    ]);
    setSending(false);
    if (placed === null) return;
    // Done: the next order is another one.
    token.current = newToken();
    setValue('quantity', '');
    const { order } = placed;
    notify({
      level: 'good',
      title: `${order.side === 'buy' ? 'Buy' : 'Sell'} ${formatDecimal(order.quantity)} ${order.symbol}: ${order.state.toLowerCase().replace('_', ' ')}`,
      detail: order.reason,
      timeMs: market.nowMs(),
      toast: true,
    });
  };
  const error = (field: keyof Ticket): string | undefined =>
    formState.dirtyFields[field] === true || ticket[field] !== ''
      ? formState.errors[field]?.message
      : undefined;
  const isDenied = preview.value?.denied === true;

  return (
    <form
      className="flex h-full flex-col"
      data-testid="ticket"
      onSubmit={(event) => {
        event.preventDefault();
        void form.handleSubmit(send)(event);
      }}
    >
      <div className="flex min-h-0 grow flex-col gap-2.5 overflow-auto p-2.5">
        <div
          className="grid shrink-0 grid-cols-2 overflow-hidden rounded-md border border-line-strong"
          role="tablist"
          aria-label="Side"
        >
          {(['buy', 'sell'] as const).map((side) => (
            <button
              key={side}
              type="button"
              role="tab"
              aria-selected={ticket.side === side}
              onClick={() => setValue('side', side)}
              data-testid={`ticket-${side}`}
              className={classes(
                'h-7 text-sm font-semibold',
                ticket.side === side
                  ? side === 'buy'
                    ? 'bg-up text-bg'
                    : 'bg-down text-bg'
                  : 'bg-bg text-muted hover:text-text',
              )}
            >
              {side === 'buy' ? 'Buy' : 'Sell'}
            </button>
          ))}
        </div>
        <Segmented
          label="Order type"
          testId="ticket-type"
          value={ticket.type}
          onChange={(type) => setValue('type', type, { shouldValidate: true })}
          options={types}
        />
        {needsTrigger(ticket.type) ? (
          <Field id="ticket-trigger" label="Trigger price" error={error('triggerPrice')}>
            <Input
              id="ticket-trigger"
              isNumber
              unit={details.quote}
              isWrong={error('triggerPrice') !== undefined}
              {...register('triggerPrice')}
              data-testid="ticket-trigger"
            />
          </Field>
        ) : null}
        {needsPrice(ticket.type) ? (
          <Field
            id="ticket-price"
            label="Limit price"
            error={error('price')}
            aside={`tick ${details.tickSize}`}
          >
            <Input
              id="ticket-price"
              isNumber
              unit={details.quote}
              isWrong={error('price') !== undefined}
              {...register('price')}
              data-testid="ticket-price"
            />
          </Field>
        ) : null}
        <Field
          id="ticket-quantity"
          label="Quantity"
          error={error('quantity')}
          aside={`lot ${details.lotSize}`}
        >
          <Input
            id="ticket-quantity"
            isNumber
            unit={details.base}
            isWrong={error('quantity') !== undefined}
            placeholder={`0.${'0'.repeat(Math.min(4, placesOfStep(details.lotSize)))}`}
            {...register('quantity')}
            data-testid="ticket-quantity"
          />
        </Field>
        <div className="grid shrink-0 grid-cols-4 gap-1">
          {shares.map((percent) => (
            <button
              key={percent}
              type="button"
              disabled={available === null}
              onClick={() => takeShare(percent)}
              data-testid={`ticket-share-${percent}`}
              className="h-5 rounded-sm border border-line text-2xs text-muted hover:border-muted hover:text-text disabled:opacity-40"
            >
              {percent}%
            </button>
          ))}
        </div>
        <div className="flex shrink-0 justify-between text-xs text-muted">
          <span>Available</span>
          <span className="num text-text" data-testid="ticket-available">
            {formatMoney(available, fundsCurrency)} {fundsCurrency}
          </span>
        </div>
        {ticket.type === 'market' ? null : (
          <div className="flex shrink-0 flex-col gap-1.5">
            <Select
              aria-label="Time in force"
              options={forces}
              {...register('timeInForce')}
              data-testid="ticket-tif"
            />
            <div className="flex flex-wrap gap-x-4">
              {ticket.type === 'limit' ? (
                <Toggle
                  id="ticket-post-only"
                  label="Post only"
                  checked={ticket.postOnly}
                  onChange={(on) => setValue('postOnly', on)}
                  help="Refused instead of taking liquidity"
                />
              ) : null}
              <Toggle
                id="ticket-reduce-only"
                label="Reduce only"
                checked={ticket.reduceOnly}
                onChange={(on) => setValue('reduceOnly', on)}
                help="Never opens or turns a position"
              />
            </div>
          </div>
        )}
        <TicketPreview preview={preview} />
      </div>
      <div className="shrink-0 border-t border-line p-2">
        <TicketVerdict preview={preview} hasRequest={request !== null} />
        <Button
          type="submit"
          size="lg"
          variant={ticket.side}
          disabled={request === null || isDenied || isSending}
          data-testid="ticket-send"
          className="w-full"
        >
          {mode === 'live' ? 'LIVE · ' : ''}
          {ticket.side === 'buy' ? 'Buy' : 'Sell'} {details.base}
        </Button>
      </div>
    </form>
  );
}
