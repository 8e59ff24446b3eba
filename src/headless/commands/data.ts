/** `data import|download|list|check|repair|remove`: the library of market data, worked on in this process. */

import type { CandleColumnNames, DuplicateChoice } from '../../adapters/candle-files/candle-table.ts';
import { type TimestampUnit, timestampUnits } from '../../adapters/candle-files/timestamps.ts';
import { loadNative } from '../../adapters/compute/native.ts';
import { checkSeries, factsOf, type SeriesFacts, type SeriesReport } from '../../app/data/check.ts';
import { withDataErrors } from '../../app/data/data-errors.ts';
import { DataLibrary } from '../../app/data/data-library.ts';
import { importFile } from '../../app/data/import-file.ts';
import { candleSeries, type RepairResult, repairSeries, undoRepair } from '../../app/data/repair.ts';
import {
  checkTimeframes,
  findSeries,
  parseTimeframe,
  seriesKinds,
  seriesText,
  tickSeries,
} from '../../app/data/series.ts';
import { ApiError } from '../../shared/api/result.ts';
import { confirm } from '../cli/confirm.ts';
import type { CommandContext } from '../cli/context.ts';
import { badFlag, parseParams, parseTime } from '../cli/values.ts';
import { runConsoleJob } from '../host/console-job.ts';
import { renderFacts, renderTable } from '../output/table.ts';
import { countWords, timeWords } from '../output/words.ts';

/** The flags of all `data` commands as commander gives them. */
export type DataFlags = Readonly<Partial<Record<string, string | true>>>;

const damagedExitCode = 6;

async function withLibrary<T>(
  context: CommandContext,
  work: (library: DataLibrary) => Promise<T>,
): Promise<T> {
  const library = new DataLibrary(loadNative(), context.dataFolder);
  try {
    return await withDataErrors(() => work(library));
  } finally {
    await library.close();
  }
}

function text(flags: DataFlags, name: string): string | undefined {
  const value = flags[name];
  return typeof value === 'string' ? value : undefined;
}

function oneOf<Choice extends string>(
  flags: DataFlags,
  name: string,
  choices: readonly Choice[],
): Choice | undefined {
  const typed = text(flags, name);
  const found = choices.find((choice) => choice === typed);
  if (typed === undefined || found !== undefined) return found;
  throw badFlag(name, typed, `is not one of ${choices.join(', ')}`);
}

/** Imports a file. */
export async function importData(context: CommandContext, flags: DataFlags): Promise<number> {
  const columns = text(flags, 'columns');
  const timeframe = text(flags, 'timeframe');
  const request = {
    file: text(flags, 'file') ?? '',
    venue: text(flags, 'venue') ?? '',
    symbol: text(flags, 'instrument') ?? '',
    format: text(flags, 'format'),
    kind: oneOf(flags, 'kind', ['candles', 'marks', 'trades', 'l2'] as const),
    sequence: oneOf(flags, 'sequence', ['checked', 'as-recorded'] as const),
    sourceSymbol: text(flags, 'symbol'),
    timeframeMs: timeframe === undefined ? undefined : parseTimeframe(timeframe),
    columns: columns === undefined ? undefined : await readColumns(columns),
    timestampUnit: oneOf<TimestampUnit>(flags, 'timeUnit', timestampUnits),
    duplicates: oneOf<DuplicateChoice>(flags, 'duplicates', ['refuse', 'keep-first', 'keep-last']),
    sort: flags['sort'] === true,
    replace: flags['replace'] === true,
    sparse: flags['sparse'] === true,
  };
  return withLibrary(context, async (library) => {
    const job = await runConsoleJob(context.output, 'data-import', request.file, (control) =>
      importFile(library, request, control, Date.now()),
    );
    if (!job.isDone) return interrupted(context, job.exitCode, 'Nothing was imported.');
    const { result } = job;
    context.output.result(result, () =>
      renderFacts([
        ['Imported', `${countWords(result.bars)} rows of ${result.format}`],
        [
          'Into',
          [result.venue, result.instrument, result.timeframe, result.dataKind]
            .filter((part) => part !== '')
            .join(' '),
        ],
        ['From', timeWords(result.from)],
        ['To', timeWords(result.to)],
        result.crossed === undefined
          ? ['Gaps', `${result.gapCount} with ${countWords(result.missing)} candles missing`]
          : ['Quiet times', countWords(result.gapCount)],
        ['Duplicates', countWords(result.duplicates)],
        ['Outliers', countWords(result.outlierCount)],
        ...(result.notes ?? []).map((note): [string, string] => ['Note', note]),
      ]),
    );
    return 0;
  });
}

async function readColumns(typed: string): Promise<CandleColumnNames> {
  const params = typed.trimStart().startsWith('{')
    ? await parseParams(typed, 'columns')
    : Object.fromEntries(typed.split(',').map((pair) => pair.split('=', 2)));
  const known = ['timestamp', 'open', 'high', 'low', 'close', 'volume'];
  for (const [name, value] of Object.entries(params)) {
    if (known.includes(name) && (typeof value === 'string' || typeof value === 'number')) continue;
    throw badFlag(
      'columns',
      typed,
      `has no place for "${name}": write timestamp=when,open=first,… or numbers`,
    );
  }
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)]));
}

/** Downloads candles or trades through CCXT. */
export async function downloadData(context: CommandContext, flags: DataFlags): Promise<number> {
  const list = (name: string): string[] =>
    (text(flags, name) ?? '')
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  const nowMs = Date.now();
  const to = text(flags, 'to');
  const kind = oneOf(flags, 'kind', ['candles', 'trades'] as const) ?? 'candles';
  const timeframesMs = list('timeframe').map((typed) => parseTimeframe(typed));
  checkTimeframes(kind, timeframesMs);
  const request = {
    venue: text(flags, 'venue') ?? '',
    symbols: list('instrument'),
    timeframesMs,
    fromMs: parseTime(text(flags, 'from') ?? '', 'from', nowMs),
    toMs: to === undefined ? undefined : parseTime(to, 'to', nowMs),
  };
  const world = { nowMs: () => Date.now() };
  return withLibrary(context, async (library) => {
    const job = await runConsoleJob(context.output, 'data-download', request.venue, async (control) => {
      if (kind === 'trades') {
        const { downloadTrades } = await import('../../app/data/download-trades.ts');
        return downloadTrades(library, request, control, world);
      }
      const { downloadCandles } = await import('../../app/data/download.ts');
      return downloadCandles(library, request, control, world);
    });
    if (!job.isDone) {
      return interrupted(
        context,
        job.exitCode,
        'What had arrived is stored; the same command goes on from there.',
      );
    }
    const { result } = job;
    context.output.result(result, () => seriesTable(result.series));
    return 0;
  });
}

/** Lists what is stored. */
export async function listData(context: CommandContext): Promise<number> {
  return withLibrary(context, async (library) => {
    const series = library.list().map((found) => factsOf(library, found));
    context.output.result({ series, total: series.length }, () => seriesTable(series));
    return 0;
  });
}

/** Checks one series, or all. */
export async function checkData(context: CommandContext, flags: DataFlags): Promise<number> {
  return withLibrary(context, async (library) => {
    const chosen = text(flags, 'instrument') === undefined ? library.list() : [chosenSeries(library, flags)];
    const job = await runConsoleJob(context.output, 'data-check', 'stored data', async (control) => {
      const reports: SeriesReport[] = [];
      for (const [index, series] of chosen.entries()) {
        control.progress({ done: index, total: chosen.length, unit: 'series', message: seriesText(series) });
        reports.push(await checkSeries(library, series, control));
      }
      return reports;
    });
    if (!job.isDone) return interrupted(context, job.exitCode, 'Nothing was changed.');
    const [only] = job.result;
    const result =
      job.result.length === 1 && only !== undefined
        ? { ...only, series: job.result }
        : { series: job.result };
    context.output.result(result, () => job.result.map(reportText).join('\n'));
    return job.result.some(({ damage }) => damage.length > 0) ? damagedExitCode : 0;
  });
}

/** Repairs one series, or undoes its last repair. */
export async function repairData(context: CommandContext, flags: DataFlags): Promise<number> {
  const choice = {
    gaps: oneOf(flags, 'gaps', ['keep', 'fill', 'download'] as const) ?? 'keep',
    outliers: oneOf(flags, 'outliers', ['keep', 'drop'] as const) ?? 'keep',
  };
  const { rangeFetcher } = await import('../../app/data/download.ts');
  return withLibrary(context, async (library) => {
    const series = candleSeries(chosenSeries(library, flags));
    const job = await runConsoleJob<RepairResult>(
      context.output,
      'data-repair',
      seriesText(series),
      (control) => {
        if (flags['undo'] === true) return undoRepair(library, series, control);
        const fetchRange = rangeFetcher(control, { nowMs: () => Date.now() });
        return repairSeries(library, series, choice, { control, nowMs: Date.now(), fetchRange });
      },
    );
    if (!job.isDone) return interrupted(context, job.exitCode, 'Nothing was changed.');
    const { result } = job;
    context.output.result(result, () => {
      const { filledBars, droppedBars, downloadedBars, lostBars } = result;
      const done = `filled ${filledBars}, dropped ${droppedBars}, downloaded ${downloadedBars}, lost ${lostBars}`;
      const notes = result.notes.map((note): [string, string] => ['Note', note]);
      return `${reportText(result)}${renderFacts([['Repair', done], ...notes])}`;
    });
    // What is lost, or back and damaged, is no success: a script that goes on with the series must know.
    return result.damagedFile !== null || result.damage.length > 0 ? damagedExitCode : 0;
  });
}

/** Joins stored trades to candles. */
export async function makeCandleData(context: CommandContext, flags: DataFlags): Promise<number> {
  const timeframeMs = parseTimeframe(text(flags, 'timeframe') ?? '');
  const { makeCandles } = await import('../../app/data/make-candles.ts');
  return withLibrary(context, async (library) => {
    const series = tickSeries(chosenSeries(library, { kind: 'trades', ...flags, timeframe: undefined }));
    const job = await runConsoleJob(context.output, 'data-candles', seriesText(series), (control) =>
      makeCandles(library, series, timeframeMs, control),
    );
    if (!job.isDone) return interrupted(context, job.exitCode, 'Nothing was changed.');
    const { result } = job;
    context.output.result(result, () => seriesTable([result]));
    return 0;
  });
}

/** Forgets a series. */
export async function removeData(context: CommandContext, flags: DataFlags): Promise<number> {
  return withLibrary(context, async (library) => {
    const series = chosenSeries(library, flags);
    await confirm(context, `Remove ${seriesText(series)}? It cannot be brought back.`);
    await library.remove(series);
    context.output.result({ removed: factsOf(library, series) }, () => 'Removed.');
    return 0;
  });
}

function chosenSeries(library: DataLibrary, flags: DataFlags) {
  const venue = text(flags, 'venue');
  const symbol = text(flags, 'instrument');
  if (venue === undefined || symbol === undefined) {
    const field = venue === undefined ? 'venue' : 'instrument';
    throw new ApiError('bad-input', `${field}: is missing`, { field });
  }
  const timeframe = text(flags, 'timeframe');
  const kind = oneOf(flags, 'kind', seriesKinds) ?? 'candles';
  const timeframeMs = timeframe === undefined ? undefined : parseTimeframe(timeframe);
  return findSeries(library.list(), { kind, venue, symbol, timeframeMs });
}

function interrupted(context: CommandContext, exitCode: number, note: string): number {
  context.output.talk(`Interrupted. ${note}`);
  return exitCode;
}

function seriesTable(series: readonly SeriesFacts[]): string {
  return renderTable(
    series,
    [
      { title: 'Venue', of: ({ venue }) => venue },
      { title: 'Instrument', of: ({ instrument }) => instrument },
      { title: 'Kind', of: ({ dataKind }) => dataKind },
      { title: 'Timeframe', of: ({ timeframe }) => timeframe },
      { title: 'Bars', of: ({ bars }) => countWords(bars) },
      { title: 'From', of: ({ from }) => (from === null ? '–' : timeWords(from)) },
      { title: 'To', of: ({ to }) => (to === null ? '–' : timeWords(to)) },
      {
        title: 'State',
        of: ({ problem, provisional }) => problem ?? (provisional ? 'last provisional' : 'final'),
      },
    ],
    'Nothing is stored yet. Import a file (data import) or download (data download).',
  );
}

function reportText(report: SeriesReport): string {
  const hasTicks = report.dataKind === 'trades' || report.dataKind === 'l2';
  const shown = report.outliers.filter(
    ({ kind }, index, all) => all.slice(0, index).filter((other) => other.kind === kind).length < 10,
  );
  const gaps = report.gaps.slice(0, 10);
  const more = [
    ...(report.gapCount > gaps.length ? [`${report.gapCount - gaps.length} more gaps`] : []),
    ...(report.outlierCount > shown.length ? [`${report.outlierCount - shown.length} more outliers`] : []),
  ];
  const lines = [
    ...report.damage,
    ...gaps.map((gap) => {
      const what = hasTicks ? 'nothing' : `gap of ${gap.missing}`;
      return `${what}: ${timeWords(gap.fromMs)} to ${timeWords(gap.toMs)}`;
    }),
    ...shown.map((found) => `${timeWords(found.fromMs)}: ${found.detail}`),
    ...(more.length === 0 ? [] : [`… and ${more.join(', ')} (more with --json)`]),
  ];
  const facts = renderFacts([
    ['Series', `${report.venue} ${report.instrument} ${report.timeframe} ${report.dataKind}`],
    ...(hasTicks
      ? ([
          ['Rows', countWords(report.bars)],
          ['Quiet times', countWords(report.gapCount)],
          ['Duplicates', countWords(report.duplicates)],
          ['Time runs back', countWords(report.reversed)],
          ['Crossed books', countWords(report.crossed)],
          ['Outliers', countWords(report.outlierCount)],
        ] as const)
      : ([
          ['Bars', countWords(report.bars)],
          ['Missing', countWords(report.missing)],
          ['Outliers', countWords(report.outlierCount)],
          ['Last candle', report.provisional ? 'provisional' : 'final'],
        ] as const)),
    ['Damage', report.damage.length === 0 ? 'none' : `${report.damage.length}`],
  ]);
  return [facts, ...lines, ''].join('\n');
}
