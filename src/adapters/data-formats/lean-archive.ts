/**
 * Minute candles of QuantConnect's Lean: a tar.gz of `<venue>/minute/<symbol>/<YYYYMMDD>_trade.zip`, each a CSV of
 * milliseconds of the day, open, high, low, close, volume. Quotes beside them are left out.
 */

import { CandleTableBuilder } from '../candle-files/candle-table.ts';
import { DataFileError } from '../candle-files/data-file-error.ts';
import { readWholeText } from '../candle-files/text-file.ts';
import { unzipSingle } from '../candle-files/zip-file.ts';
import type { DataFormat, ImportedData, ImportOptions } from './format.ts';

const blockBytes = 512;
const bytesMaximum = 512 * 1024 * 1024;
const entryPattern = /(?:^|\/)minute\/([^/]+)\/(\d{4})(\d{2})(\d{2})_trade\.zip$/;

interface TarEntry {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Plain files of a tar archive (POSIX ustar). */
function* tarEntries(archive: Buffer): Generator<TarEntry> {
  for (let at = 0; at + blockBytes <= archive.length; ) {
    const field = (start: number, length: number): string =>
      archive.toString('latin1', at + start, at + start + length).split('\0')[0] as string;
    const name = field(0, 100);
    if (name === '') return;
    const size = Number.parseInt(field(124, 12), 8);
    const prefix = field(345, 155);
    const start = at + blockBytes;
    if (field(156, 1) === '0' || field(156, 1) === '') {
      yield {
        name: prefix === '' ? name : `${prefix}/${name}`,
        bytes: archive.subarray(start, start + size),
      };
    }
    at = start + Math.ceil(size / blockBytes) * blockBytes;
  }
}

async function readLean(path: string, options: ImportOptions): Promise<ImportedData> {
  const folder = options.symbol.replace(/[^A-Za-z0-9]/g, '').toLowerCase();
  const found = [...tarEntries(await readWholeText(path, bytesMaximum))].flatMap((entry) => {
    const match = entryPattern.exec(entry.name);
    return match === null ? [] : [{ ...entry, match }];
  });
  const days = found.filter(({ match }) => match[1] === folder);
  if (days.length === 0) {
    const symbols = [...new Set(found.map(({ match }) => match[1] as string))].join(', ');
    throw new DataFileError({
      code: 'no-instrument',
      path,
      reason: `there is no ${folder} in the archive, but ${symbols}`,
      hint: 'Choose the instrument with --instrument, such as BTC/USD.',
    });
  }
  days.sort((left, right) => (left.name < right.name ? -1 : 1));
  const builder = new CandleTableBuilder(path, options);
  for (const { name, bytes, match } of days) {
    const dayMs = Date.UTC(Number(match[2]), Number(match[3]) - 1, Number(match[4]));
    const where = `${path}, ${name}`;
    const lines = unzipSingle(where, bytes).toString('latin1').split('\n');
    for (const [index, text] of lines.entries()) {
      if (text.trim() === '') continue;
      const numbers = text
        .split(',')
        .map((cell) => (/^\d+(\.\d+)?(e[+-]?\d+)?\s*$/i.test(cell) ? Number(cell) : Number.NaN));
      const [
        time = Number.NaN,
        open = Number.NaN,
        high = Number.NaN,
        low = Number.NaN,
        close = Number.NaN,
        volume = 0,
      ] = numbers;
      if (numbers.some(Number.isNaN) || numbers.length < 6 || time >= 86_400_000) {
        throw new DataFileError({
          code: 'bad-value',
          path: where,
          line: index + 1,
          reason: 'the row is not milliseconds of the day, open, high, low, close, volume',
          hint: 'Repair or remove the row.',
        });
      }
      builder.add({ line: index + 1, openTimeMs: dayMs + time, open, high, low, close, volume });
    }
  }
  return { kind: 'candles', table: builder.finish(), lastIsProvisional: false };
}

export const leanFormat: DataFormat = {
  id: 'lean',
  title: 'Minute candles of QuantConnect Lean: tar.gz of zipped CSV',
  detect: ({ head }) => head.slice(257, 262) === 'ustar',
  read: readLean,
};
