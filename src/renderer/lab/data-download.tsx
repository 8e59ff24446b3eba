/** Candles or single trades from a venue: goes on where an earlier download ended. */

import { useState } from 'react';
import { timeframes } from '../../shared/domain/candle.ts';
import { act } from '../store/terminal.ts';
import { Button } from '../ui/button.tsx';
import { Field, Input, Select } from '../ui/field.tsx';
import { dateProblem, dayMsOf } from './spec-values.ts';

const yearMs = 365 * 86_400_000;

export function DataDownload({ onStarted }: { readonly onStarted: () => void }) {
  const [venue, setVenue] = useState('binance');
  const [instruments, setInstruments] = useState('BTC/USDT, ETH/USDT');
  const [timeframe, setTimeframe] = useState('1h');
  const [from, setFrom] = useState(() => new Date(Date.now() - yearMs).toISOString().slice(0, 10));
  const fromMs = dayMsOf(from);
  const symbols = instruments
    .split(',')
    .map((text) => text.trim())
    .filter(Boolean);
  const isReady = venue.trim() !== '' && symbols.length > 0 && fromMs !== undefined;
  const run = async (): Promise<void> => {
    if (fromMs === undefined) return;
    const started = await act(
      'Download',
      'data/download',
      {
        venue: venue.trim(),
        instruments: symbols,
        fromMs,
        ...(timeframe === 'trades' ? { kind: 'trades' } : { timeframes: [timeframe] }),
      },
      ['data'],
    );
    if (started !== null) onStarted();
  };
  return (
    <div className="shrink-0 border-b border-line bg-raised p-3" data-testid="download-panel">
      <div className="grid grid-cols-[1fr_3fr_1fr_1fr_auto] items-end gap-2.5">
        <Field id="download-venue" label="Venue" help="Id of the exchange as CCXT names it; needs no key">
          <Input id="download-venue" value={venue} onChange={(event) => setVenue(event.target.value)} />
        </Field>
        <Field id="download-markets" label="Markets, with commas between">
          <Input
            id="download-markets"
            value={instruments}
            onChange={(event) => setInstruments(event.target.value)}
          />
        </Field>
        <Field id="download-timeframe" label="What">
          <Select
            id="download-timeframe"
            value={timeframe}
            onChange={(event) => setTimeframe(event.target.value)}
            options={[
              ...timeframes.map((value) => ({ value: value as string, label: `candles, ${value}` })),
              { value: 'trades', label: 'single trades' },
            ]}
            data-testid="download-what"
          />
        </Field>
        <Field id="download-from" label="From" error={fromMs === undefined ? dateProblem : undefined}>
          <Input id="download-from" value={from} onChange={(event) => setFrom(event.target.value)} />
        </Field>
        <Button
          variant="primary"
          icon="download"
          disabled={!isReady}
          onClick={() => void run()}
          data-testid="download-run"
        >
          Download
        </Button>
      </div>
    </div>
  );
}
