/** What an order would cost, asked of the host while the ticket is filled in. */

import { type ReactNode, useEffect, useState } from 'react';
import type { RequestOf, ResponseOf } from '../../shared/api/contract.ts';
import type { ApiFailure } from '../../shared/api/result.ts';
import { formatDecimal, formatMoney, formatRate, placesOfStep } from '../format/decimal-text.ts';
import { useInstrument } from '../store/session.ts';
import { call } from '../store/terminal.ts';
import { useSelectedInstrument } from '../store/ui-state.ts';

export interface PreviewState {
  readonly value: ResponseOf<'orders/preview'> | null;
  readonly failure: ApiFailure | null;
}

const nothing: PreviewState = { value: null, failure: null };

/** Asks 150 ms after the last change, then every two seconds while the ticket stands: books move. */
export function usePreview(request: RequestOf<'orders/preview'> | null): PreviewState {
  const [preview, setPreview] = useState<PreviewState>(nothing);
  const key = request === null ? '' : JSON.stringify(request);
  useEffect(() => {
    if (key === '') {
      setPreview(nothing);
      return;
    }
    let isLeft = false;
    const ask = async (): Promise<void> => {
      const result = await call('orders/preview', JSON.parse(key) as RequestOf<'orders/preview'>);
      if (!isLeft)
        setPreview(result.ok ? { value: result.value, failure: null } : { value: null, failure: result });
    };
    const first = setTimeout(() => void ask(), 150);
    const again = setInterval(() => void ask(), 2000);
    return () => {
      isLeft = true;
      clearTimeout(first);
      clearInterval(again);
    };
  }, [key]);
  return preview;
}

function Line({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className="flex justify-between gap-2">
      <dt className="text-muted">{label}</dt>
      <dd className="num">{children}</dd>
    </div>
  );
}

export function TicketPreview({
  preview,
  hasRequest,
}: {
  readonly preview: PreviewState;
  readonly hasRequest: boolean;
}) {
  const details = useInstrument(useSelectedInstrument());
  const { value, failure } = preview;
  const quote = details?.quote ?? '';
  const shown = value ?? null;
  return (
    <div
      className="flex shrink-0 flex-col gap-1.5 border-t border-line pt-2 text-xs"
      data-testid="ticket-preview"
    >
      <dl className="flex flex-col gap-0.5">
        <Line label="Value">{shown === null ? '—' : `${formatMoney(shown.notional, quote)} ${quote}`}</Line>
        <Line label="Fee">
          {shown === null
            ? '—'
            : `${formatDecimal(shown.fee, { places: shown.feeCurrency.startsWith('USD') ? 4 : 8 })} ${shown.feeCurrency}`}
        </Line>
        <Line label="Average price">
          {shown === null
            ? '—'
            : formatDecimal(shown.averagePrice, { places: placesOfStep(details?.tickSize ?? '0.01') })}
        </Line>
        <Line label="Slippage">{shown === null ? '—' : formatRate(shown.slippageRate, 3)}</Line>
        <Line label="Needs">
          {shown === null ? '—' : `${formatMoney(shown.funds, shown.fundsCurrency)} ${shown.fundsCurrency}`}
        </Line>
      </dl>
      {shown?.denied === true ? (
        <p
          role="alert"
          className="rounded-sm border border-danger/60 bg-danger/10 px-2 py-1 text-danger"
          data-testid="ticket-refused"
        >
          Would be refused: {shown.verdict}
        </p>
      ) : failure !== null && hasRequest ? (
        <p
          role="alert"
          className="rounded-sm border border-danger/60 bg-danger/10 px-2 py-1 text-danger"
          data-testid="ticket-refused"
        >
          {failure.message} {failure.hint ?? ''}
        </p>
      ) : null}
    </div>
  );
}
