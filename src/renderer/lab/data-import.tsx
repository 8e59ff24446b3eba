/** Bringing a file of the host into the library: whole, or not at all with the line that is wrong. */

import { useState } from 'react';
import type { RequestOf, ResponseOf } from '../../shared/api/contract.ts';
import { useJob } from '../store/jobs.ts';
import { act } from '../store/terminal.ts';
import { Button } from '../ui/button.tsx';
import { Field, Input, Select, Toggle } from '../ui/field.tsx';
import { failureText, importWords } from './import-words.ts';

type ImportKind = NonNullable<RequestOf<'data/import'>['kind']>;

export function DataImport({
  formats,
  onStarted,
}: {
  readonly formats: ResponseOf<'data/list'>['formats'];
  readonly onStarted: () => void;
}) {
  const [file, setFile] = useState('');
  const [venue, setVenue] = useState('binance');
  const [instrument, setInstrument] = useState('BTC/USDT');
  const [timeframe, setTimeframe] = useState('');
  const [format, setFormat] = useState('');
  const [kind, setKind] = useState<ImportKind | ''>('');
  const [duplicates, setDuplicates] = useState<'refuse' | 'keep-first' | 'keep-last'>('refuse');
  const [replace, setReplace] = useState(false);
  const [sparse, setSparse] = useState(false);
  const [job, setJob] = useState<string | null>(null);
  const running = useJob(job);
  const isTicks = kind === 'trades' || kind === 'l2';
  const canBeSparse = timeframe.trim() !== '' && !isTicks;
  const isReady = file.trim() !== '' && venue.trim() !== '' && instrument.trim() !== '';
  const isRunning = running !== null && running.endedMs === null;
  const run = async (): Promise<void> => {
    const request = {
      file: file.trim(),
      venue: venue.trim(),
      instrument: instrument.trim(),
      duplicates,
      ...(replace && !isTicks ? { replace } : {}),
      ...(sparse && canBeSparse ? { sparse } : {}),
      ...(timeframe.trim() === '' || isTicks ? {} : { timeframe: timeframe.trim() }),
      ...(kind === '' ? {} : { kind }),
      ...(format === '' ? {} : { format }),
    };
    const started = await act('Import', 'data/import', request, ['data']);
    if (started !== null) setJob(started.job.id);
  };
  const text = (
    id: string,
    label: string,
    value: string,
    set: (text: string) => void,
    placeholder: string,
    help: string,
  ) => (
    <Field id={`import-${id}`} label={label} help={help}>
      <Input
        id={`import-${id}`}
        value={value}
        placeholder={placeholder}
        onChange={(event) => set(event.target.value)}
        data-testid={`import-${id}`}
      />
    </Field>
  );
  return (
    <div className="shrink-0 border-b border-line bg-raised p-3" data-testid="import-panel">
      <div className="grid grid-cols-[2.4fr_0.9fr_1fr_1.1fr_0.8fr_1.3fr_1.1fr_auto] items-end gap-2.5">
        {text(
          'file',
          'File on the machine of the host',
          file,
          setFile,
          '/data/BTCUSDT-1h.csv.gz',
          'CSV, Parquet, JSON, exchange archives, trades, order books, funding rates; also gzip and zip',
        )}
        {text(
          'venue',
          'Venue',
          venue,
          setVenue,
          'binance',
          'Where it was traded; part of the name of the series',
        )}
        {text(
          'instrument',
          'Market',
          instrument,
          setInstrument,
          'BTC/USDT',
          'As CCXT names it: BTC/USDT, BTC/USDT:USDT for a perpetual',
        )}
        <Field id="import-kind" label="Store as" help="Trades can be kept one by one instead of as candles">
          <Select
            id="import-kind"
            value={kind}
            onChange={(event) => setKind(event.target.value as typeof kind)}
            options={[
              { value: '', label: 'found out' },
              { value: 'candles', label: 'candles' },
              { value: 'marks', label: 'mark prices' },
              { value: 'trades', label: 'single trades' },
              { value: 'l2', label: 'order book' },
            ]}
            data-testid="import-kind"
          />
        </Field>
        {text(
          'timeframe',
          'Candles',
          timeframe,
          setTimeframe,
          'as in file',
          'Length of the candles; of those that trades are joined to',
        )}
        <Field id="import-format" label="Format">
          <Select
            id="import-format"
            value={format}
            onChange={(event) => setFormat(event.target.value)}
            options={[
              { value: '', label: 'found out' },
              ...formats.map(({ id, title }) => ({ value: id, label: title })),
            ]}
          />
        </Field>
        <Field id="import-duplicates" label="Rows of one time" help="Equal rows are dropped in any case">
          <Select
            id="import-duplicates"
            value={duplicates}
            onChange={(event) => setDuplicates(event.target.value as typeof duplicates)}
            options={[
              { value: 'refuse', label: 'refuse' },
              { value: 'keep-first', label: 'keep the first' },
              { value: 'keep-last', label: 'keep the last' },
            ]}
          />
        </Field>
        <Button
          variant="primary"
          icon="upload"
          disabled={!isReady || isRunning}
          onClick={() => void run()}
          data-testid="import-run"
        >
          Import
        </Button>
      </div>
      <div className="mt-1.5 flex w-fit gap-5">
        <Toggle
          id="import-replace"
          label="Replace stored rows"
          checked={replace && !isTicks}
          onChange={setReplace}
          disabled={isTicks}
          help="A file that differs from stored candles, marks or funding rates of the same times is refused, unless its rows are to stand in their place. It cannot be undone. Of single trades, “Rows of one time” says it"
        />
        <Toggle
          id="import-sparse"
          label="Candles left out"
          checked={sparse && canBeSparse}
          onChange={setSparse}
          disabled={!canBeSparse}
          help="The file leaves candles without trades out, so most of its rows lie further apart than the length under “Candles”; otherwise that is refused as a mistake"
        />
      </div>
      {running?.state === 'failed' ? (
        <p role="alert" className="mt-2 text-sm text-danger" data-testid="import-error">
          {failureText(running.error)}
        </p>
      ) : null}
      {running?.state === 'done' ? (
        <p className="mt-2 text-sm text-up" data-testid="import-done">
          {importWords(running.result)}{' '}
          <button type="button" className="text-accent" onClick={onStarted} data-testid="import-close">
            Close
          </button>
        </p>
      ) : null}
    </div>
  );
}
