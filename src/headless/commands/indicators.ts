/** `indicators list` and `indicators run`: the catalogue, and one of it over a candle file. */

import { rename, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { readCandleFile } from '../../adapters/candle-files/read-candle-file.ts';
import {
  createCatalogue,
  type IndicatorCatalogue,
  type IndicatorInfo,
  IndicatorParamError,
} from '../../adapters/compute/catalogue.ts';
import { ComputeError } from '../../adapters/compute/compute-error.ts';
import { loadNative } from '../../adapters/compute/native.ts';
import { readingFile } from '../../app/data/file-error.ts';
import { ApiError } from '../../shared/api/result.ts';
import type { CommandContext } from '../cli/context.ts';
import { badFlag, parseParams } from '../cli/values.ts';
import { checkOutFile } from '../host/out-file.ts';
import { renderFacts, renderTable } from '../output/table.ts';
import { countWords } from '../output/words.ts';

/** The flags of `indicators run` as commander gives them. */
export interface RunIndicatorFlags {
  readonly name: string;
  readonly params?: string | undefined;
  readonly columns?: string | undefined;
  readonly in: string;
  readonly out: string;
}

const candleColumns = ['time', 'open', 'high', 'low', 'close', 'volume'] as const;
type CandleColumnName = (typeof candleColumns)[number];

/** Lists the catalogue. */
export async function listIndicators(context: CommandContext): Promise<number> {
  const { indicators } = createCatalogue(loadNative());
  context.output.result({ indicators, total: indicators.length }, () =>
    renderTable(
      indicators,
      [
        { title: 'Name', of: ({ id }) => id },
        { title: 'Family', of: ({ group }) => group },
        { title: 'What', of: ({ title }) => title },
        { title: 'Inputs', of: ({ inputs }) => inputs.join(' ') },
        {
          title: 'Parameters',
          of: (info) => info.params.map((p) => `${p.name}=${p.defaultValue}`).join(' '),
        },
        { title: 'Outputs', of: ({ outputs }) => outputs.join(' ') },
      ],
      'none',
    ),
  );
  return 0;
}

/** Runs one indicator over a candle file and writes CSV. Throws `ApiError`; on an error no file is written. */
export async function runIndicator(context: CommandContext, flags: RunIndicatorFlags): Promise<number> {
  const catalogue = createCatalogue(loadNative());
  const info = catalogue.find(flags.name);
  if (info === undefined) {
    throw new ApiError('not-found', `name: there is no indicator "${flags.name}"`, {
      field: 'name',
      hint: nearbyNames(catalogue, flags.name),
    });
  }
  const params = await readNumbers(flags.params ?? '{}');
  const columns = await readColumns(info, flags.columns);
  const inPath = resolve(flags.in);
  const outPath = resolve(flags.out);
  if (inPath === outPath) throw badFlag('out', flags.out, 'is the file to read');
  checkOutFile('out', flags.out);
  const candles = await readingFile('in', () => readCandleFile(inPath));
  const inputs = Object.fromEntries(
    info.inputs.map((name, index) => {
      const column = columns[index] ?? 'close';
      return [name, column === 'time' ? candles.openTimeMs : candles[column]];
    }),
  );
  const { outputs, warmUpBars } = running(() => catalogue.run(info.id, params, inputs));
  await writeCsv(outPath, candles.openTimeMs, info, outputs);
  const isAllWarmUp = warmUpBars >= candles.length;
  const result = {
    indicator: info.id,
    rows: candles.length,
    warmup: warmUpBars,
    warnings: isAllWarmUp ? [noValueWarning(warmUpBars, candles.length)] : [],
    outputs: info.outputs,
    out: outPath,
  };
  context.output.result(result, () =>
    [
      ...result.warnings.map((warning) => `Warning: ${warning}`),
      renderFacts([
        ['Indicator', `${info.id}, ${info.title}`],
        [
          'Rows',
          `${countWords(candles.length)}, ${isAllWarmUp ? 'all of them' : `of which ${countWords(warmUpBars)}`} warm up`,
        ],
        ['Written', outPath],
      ]),
    ].join('\n'),
  );
  return 0;
}

function noValueWarning(warmUpBars: number, rows: number): string {
  return (
    `there is no value: it needs ${countWords(warmUpBars)} candles before its first one, and the file has ${countWords(rows)}. ` +
    'Shorten its periods, or give more candles.'
  );
}

async function readNumbers(text: string): Promise<Record<string, number>> {
  const params = await parseParams(text, 'params');
  for (const [name, value] of Object.entries(params)) {
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      throw new ApiError('bad-input', `params: ${name} must be a number`, { field: `params.${name}` });
    }
  }
  return params as Record<string, number>;
}

/** Which candle column each input is: its own name, unless `--columns` says otherwise. */
async function readColumns(info: IndicatorInfo, text: string | undefined): Promise<CandleColumnName[]> {
  const chosen = text === undefined ? {} : await parseParams(text, 'columns');
  for (const name of Object.keys(chosen)) {
    if (info.inputs.includes(name)) continue;
    throw new ApiError('bad-input', `columns: ${info.id} has no input "${name}"`, {
      field: `columns.${name}`,
      hint: `Its inputs: ${info.inputs.join(', ')}`,
    });
  }
  return info.inputs.map((name) => {
    const column = Object.hasOwn(chosen, name) ? chosen[name] : name;
    const known = candleColumns.find((candidate) => candidate === column);
    if (known !== undefined) return known;
    throw new ApiError('bad-input', `columns: the input "${name}" must be a column of the candle file`, {
      field: `columns.${name}`,
      hint: `Say which: --columns '{"${name}":"volume"}', one of ${candleColumns.join(', ')}`,
    });
  });
}

function running<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof IndicatorParamError) {
      throw new ApiError('bad-input', `params: ${error.message}`, { field: `params.${error.param}` });
    }
    if (error instanceof ComputeError && error.code === 'BAD_ARGUMENT') {
      throw new ApiError('bad-input', `params: ${error.message}`, { field: 'params' });
    }
    throw error;
  }
}

/** Writes beside the target and renames, so that a file is there whole or not at all. */
async function writeCsv(
  path: string,
  openTimeMs: Float64Array,
  info: IndicatorInfo,
  outputs: Readonly<Record<string, Float64Array>>,
): Promise<void> {
  const columns = info.outputs.map((name) => outputs[name] as Float64Array);
  const lines = [['timestamp', ...info.outputs].join(',')];
  for (let row = 0; row < openTimeMs.length; row += 1) {
    let line = String(openTimeMs[row]);
    for (const column of columns) {
      const value = column[row] as number;
      line += Number.isNaN(value) ? ',' : `,${value}`;
    }
    lines.push(line);
  }
  lines.push('');
  const fresh = `${path}.${process.pid}.new`;
  try {
    await writeFile(fresh, lines.join('\n'));
    await rename(fresh, path);
  } catch (error) {
    await rm(fresh, { force: true });
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw badFlag('out', path, `cannot be written (${reason})`);
  }
}

function nearbyNames({ indicators }: IndicatorCatalogue, typed: string): string {
  const start = typed.slice(0, 2).toUpperCase();
  const names = indicators.map(({ id }) => id).filter((id) => id.startsWith(start));
  const all = 'See: bin/sextant indicators list';
  return names.length === 0 || typed === '' ? all : `Did you mean ${names.slice(0, 6).join(', ')}? ${all}`;
}
