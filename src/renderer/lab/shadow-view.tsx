/** The outcome of a shadow backtest: sums, causes of the difference, trades of both sides. */

import { moneyPlaces } from '../../shared/lab/money-places.ts';
import {
  type ShadowLoneTrip,
  type ShadowPair,
  type ShadowResult,
  shadowParts,
} from '../../shared/lab/shadow.ts';
import { formatDateTime } from '../format/time-text.ts';
import { classes } from '../ui/classes.ts';
import { moneyText, toneOf } from './figures.ts';
import { Block, Figure } from './small-parts.tsx';

const partTitles = {
  timing: 'Decided at other prices',
  slippage: 'Slippage against the assumed one',
  fees: 'Fees',
  funding: 'Funding',
  size: 'Another size',
} as const;

export function ShadowView({ result }: { readonly result: ShadowResult }) {
  const { extra, missed, notes, pairs, quote, totals, verdict } = result;
  const causes = [
    ...shadowParts.map((part) => ({ title: partTitles[part], amount: Number(totals.parts[part]) })),
    { title: `Trades the bot missed (${missed.length})`, amount: Number(totals.missed) },
    { title: `Trades the bot made alone (${extra.length})`, amount: Number(totals.extra) },
  ];
  const { backtest, difference, run } = totals;
  const places = moneyPlaces([
    ...causes.map(({ amount }) => amount),
    ...[backtest, difference, run].map(Number),
  ]);
  return (
    <div className="flex flex-col gap-3" data-testid="shadow-result">
      <div className="grid grid-cols-[repeat(auto-fit,minmax(120px,1fr))] gap-3 rounded-lg border border-line bg-surface p-3">
        <MoneyFigure label={`The bot earned, ${quote}`} amount={run} places={places} />
        <MoneyFigure label={`The backtest, ${quote}`} amount={backtest} places={places} />
        <MoneyFigure label={`Difference, ${quote}`} amount={difference} places={places} />
        <Figure label="Trades that match" value={`${pairs.length} of ${pairs.length + missed.length}`} />
        <Figure label="Made alone" value={String(extra.length)} />
      </div>
      <div className="rounded-lg border border-line bg-surface p-3 text-sm" data-testid="shadow-verdict">
        {verdict.map((sentence) => (
          <p key={sentence} className="py-0.5">
            {sentence}
          </p>
        ))}
      </div>
      <Causes causes={causes} total={Number(difference)} places={places} />
      {pairs.length === 0 ? null : <Pairs pairs={pairs} places={places} />}
      <Lone title="Trades the bot missed" trips={missed} places={places} testId="shadow-missed" />
      <Lone title="Trades the bot made alone" trips={extra} places={places} testId="shadow-extra" />
      {notes.length === 0 ? null : (
        <Block title="What this rests on">
          <ul className="list-disc py-2 pr-3 pl-7 text-sm">
            {notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </Block>
      )}
    </div>
  );
}

/** What is written as nothing is neither good nor bad. */
function shownTone(amount: number, places: number): string {
  return toneOf(Number(amount.toFixed(places)));
}

function MoneyFigure({
  label,
  amount,
  places,
}: {
  readonly label: string;
  readonly amount: string;
  readonly places: number;
}) {
  return (
    <Figure
      label={label}
      value={moneyText(Number(amount), true, places)}
      tone={shownTone(Number(amount), places)}
    />
  );
}

/** Each cause as a bar from the middle; together they are the difference. */
function Causes({
  causes,
  total,
  places,
}: {
  readonly causes: readonly { readonly title: string; readonly amount: number }[];
  readonly total: number;
  readonly places: number;
}) {
  const most = Math.max(...causes.map(({ amount }) => Math.abs(amount)), 1e-12);
  return (
    <Block
      title="Where the difference comes from"
      aside={<span className="num text-xs">{moneyText(total, true, places)}</span>}
      testId="shadow-causes"
    >
      <ul className="py-1">
        {causes.map(({ title, amount }) => (
          <li key={title} className="grid h-7 grid-cols-[240px_1fr_110px] items-center gap-3 px-3 text-xs">
            <span className="truncate">{title}</span>
            <span className="relative h-3">
              <span className="absolute inset-y-0 left-1/2 w-px bg-line-strong" />
              <span
                className={classes('absolute inset-y-0', amount < 0 ? 'bg-down/70' : 'bg-up/70')}
                style={{
                  width: `${(Math.abs(amount) / most) * 50}%`,
                  ...(amount < 0 ? { right: '50%' } : { left: '50%' }),
                }}
              />
            </span>
            <span className={classes('num text-right', shownTone(amount, places))}>
              {moneyText(amount, true, places)}
            </span>
          </li>
        ))}
      </ul>
    </Block>
  );
}

const shownMost = 200;

function Head({ titles }: { readonly titles: readonly string[] }) {
  return (
    <thead className="text-2xs text-muted">
      <tr>
        {titles.map((title) => (
          <th key={title} className="h-6 px-3 text-right font-medium first:text-left">
            {title}
          </th>
        ))}
      </tr>
    </thead>
  );
}

function Pairs({ pairs, places }: { readonly pairs: readonly ShadowPair[]; readonly places: number }) {
  return (
    <Block
      title="Trades that match"
      aside={pairs.length > shownMost ? <Newest count={pairs.length} /> : undefined}
      testId="shadow-pairs"
    >
      <div className="overflow-x-auto">
        <table className="num w-full text-xs">
          <Head titles={['Entry', 'Side', 'Later by', 'Bot', 'Backtest', 'Difference']} />
          <tbody>
            {pairs.slice(-shownMost).map(({ backtest, difference, entryDelayMs, run }) => (
              <tr key={run.entryTimeMs} className="h-7 border-t border-line/60">
                <td className="px-3">{formatDateTime(run.entryTimeMs)}</td>
                <td className="px-3 text-right">{run.side > 0 ? 'long' : 'short'}</td>
                <td className="px-3 text-right">{(entryDelayMs / 1000).toFixed(1)} s</td>
                <td className="px-3 text-right">{moneyText(run.profit, true, places)}</td>
                <td className="px-3 text-right">{moneyText(backtest.profit, true, places)}</td>
                <td className={classes('px-3 text-right', shownTone(Number(difference), places))}>
                  {moneyText(Number(difference), true, places)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Block>
  );
}

function Newest({ count }: { readonly count: number }) {
  return (
    <span className="text-xs text-muted">
      the newest {shownMost} of {count}
    </span>
  );
}

function Lone({
  title,
  trips,
  places,
  testId,
}: {
  readonly title: string;
  readonly trips: readonly ShadowLoneTrip[];
  readonly places: number;
  readonly testId: string;
}) {
  if (trips.length === 0) return null;
  return (
    <Block
      title={title}
      aside={trips.length > shownMost ? <Newest count={trips.length} /> : undefined}
      testId={testId}
    >
      <table className="w-full text-xs">
        <Head titles={['Entry', 'Side', 'Profit', 'Likely because']} />
        <tbody>
          {trips.slice(-shownMost).map(({ reason, trip }) => (
            <tr key={trip.entryTimeMs} className="h-7 border-t border-line/60">
              <td className="num px-3">{formatDateTime(trip.entryTimeMs)}</td>
              <td className="px-3 text-right">{trip.side > 0 ? 'long' : 'short'}</td>
              <td className={classes('num px-3 text-right', toneOf(trip.profit))}>
                {moneyText(trip.profit, true, places)}
              </td>
              <td className="px-3 text-right">{reason.text}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Block>
  );
}
