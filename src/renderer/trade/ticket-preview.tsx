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

/** Every figure of the preview. */
export function TicketPreview({ preview }: { readonly preview: PreviewState }) {
  const details = useInstrument(useSelectedInstrument());
  const { value } = preview;
  const quote = details?.quote ?? '';
  const tickSize = details?.tickSize ?? '0.01';
  return (
    <dl
      className="flex shrink-0 flex-col gap-0.5 border-t border-line pt-2 text-xs"
      data-testid="ticket-preview"
    >
      <Line label="Value">{value === null ? '—' : `${formatMoney(value.notional, quote)} ${quote}`}</Line>
      <Line label="Fee">{value === null ? '—' : feeText(value)}</Line>
      <Line label="Average price">
        {formatDecimal(value?.averagePrice, { places: placesOfStep(tickSize) })}
      </Line>
      <Line label="Slippage">{formatRate(value?.slippageRate, 3)}</Line>
      <Line label="Needs">
        {value === null ? '—' : `${formatMoney(value.funds, value.fundsCurrency)} ${value.fundsCurrency}`}
      </Line>
    </dl>
  );
}

function feeText(value: ResponseOf<'orders/preview'>): string {
  const places = value.feeCurrency.startsWith('USD') ? 4 : 8;
  return `${formatDecimal(value.fee, { places })} ${value.feeCurrency}`;
}

/** Above the button, always in view: what it costs, or why it would be refused. */
export function TicketVerdict({
  preview,
  hasRequest,
}: {
  readonly preview: PreviewState;
  readonly hasRequest: boolean;
}) {
  const { value, failure } = preview;
  const refused =
    value?.denied === true
      ? `Would be refused: ${value.verdict}`
      : failure !== null && hasRequest
        ? `${failure.message} ${failure.hint ?? ''}`
        : null;
  if (refused !== null) {
    return (
      <p
        role="alert"
        className="mb-2 rounded-sm border border-danger/60 bg-danger/10 px-2 py-1 text-xs text-danger"
        data-testid="ticket-refused"
      >
        {refused}
      </p>
    );
  }
  if (value === null) return null;
  return (
    <p className="num mb-1.5 truncate text-center text-2xs text-muted" data-testid="ticket-cost">
      {formatMoney(value.funds, value.fundsCurrency)} {value.fundsCurrency} · fee {feeText(value)}
    </p>
  );
}
