/** Which candles a run goes over: a stored series or a file, and which stretch of it. */

import { useQuery } from '../store/hooks.ts';
import { goTo } from '../store/route.ts';
import { Field, Input, Select } from '../ui/field.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { isPerpetual, type SpecValues, storedKey } from './spec-values.ts';

export function SourceFields({
  values,
  set,
  problem,
}: {
  readonly values: SpecValues;
  readonly set: (changes: Partial<SpecValues>) => void;
  readonly problem: (name: string) => string | undefined;
}) {
  const { value } = useQuery('data/list', {}, ['data']);
  const stored = (value?.series ?? []).flatMap((series) => {
    const { dataKind, instrument, timeframe, venue } = series;
    if (dataKind === 'candles')
      return [{ key: storedKey(series), label: `${instrument}, ${timeframe} (${venue})` }];
    if (dataKind !== 'trades' && dataKind !== 'l2') return [];
    const what = dataKind === 'l2' ? 'order book' : 'single trades';
    // Trades are joined to candles of any length; these are what is usual.
    return (['1m', '5m', '15m', '1h'] as const).map((length) => ({
      key: storedKey({ venue, instrument, timeframe: length, data: dataKind }),
      label: `${instrument}, ${what}, ${length} candles (${venue})`,
    }));
  });
  const input = (
    name: 'path' | 'symbol' | 'fundingPath' | 'marksPath' | 'borrow' | 'from' | 'to',
    label: string,
    placeholder: string,
    help: string,
  ) => (
    <Field id={`lab-${name}`} label={label} help={help} error={problem(name)}>
      <Input
        id={`lab-${name}`}
        value={values[name]}
        placeholder={placeholder}
        isWrong={problem(name) !== undefined}
        onChange={(event) => set({ [name]: event.target.value })}
        data-testid={`lab-${name}`}
      />
    </Field>
  );
  return (
    <fieldset className="flex min-w-0 flex-col gap-2">
      <legend className="mb-1.5 text-xs font-semibold">Data</legend>
      <Segmented<SpecValues['source']>
        label="Where candles come from"
        testId="lab-source"
        value={values.source}
        onChange={(source) => set({ source })}
        options={[
          { value: 'store', label: 'Stored series' },
          { value: 'file', label: 'File' },
        ]}
      />
      {values.source === 'store' ? (
        <Field id="lab-stored" label="Series" error={problem('stored')}>
          {value !== null && stored.length === 0 ? (
            <p className="text-sm text-muted">
              Nothing is stored yet.{' '}
              <button type="button" className="text-accent" onClick={() => goTo('lab', 'data')}>
                Import or download candles
              </button>
            </p>
          ) : (
            <Select
              id="lab-stored"
              value={values.stored}
              onChange={(event) => set({ stored: event.target.value })}
              options={[
                { value: '', label: 'Choose …' },
                ...stored.map(({ key, label }) => ({ value: key, label })),
              ]}
              data-testid="lab-stored"
            />
          )}
        </Field>
      ) : (
        <>
          {input(
            'path',
            'File on the machine of the host',
            '/data/BTCUSDT-1h.csv.gz',
            'CSV (also .gz), Parquet or JSON: one candle a row with time, open, high, low, close, volume',
          )}
          {input(
            'symbol',
            'Market',
            'BTC/USDT',
            'As CCXT names it: BTC/USDT is spot, BTC/USDT:USDT a perpetual settled in USDT',
          )}
        </>
      )}
      <div className="grid grid-cols-2 gap-x-2.5 gap-y-2">
        {input('from', 'From', 'first candle', 'Date, UTC. Candles before it warm the averages up.')}
        {input('to', 'To', 'last candle', 'Date, UTC; that day is no longer traded')}
      </div>
      {isPerpetual(values) ? (
        <div className="grid grid-cols-2 gap-x-2.5 gap-y-2">
          {input(
            'fundingPath',
            'Funding rates',
            'none',
            'File with timestamp,funding_rate, the word stored, or one rate such as 0.0001; paid at its hours',
          )}
          {input(
            'marksPath',
            'Mark prices',
            "the candles' own",
            'File of candles, or the word stored: they decide funding and liquidation',
          )}
        </div>
      ) : (
        input(
          'borrow',
          'Interest on margin, % a day',
          'no margin',
          'Allows short positions, and leverage: a rate for all that is borrowed, or goods, money',
        )
      )}
    </fieldset>
  );
}
