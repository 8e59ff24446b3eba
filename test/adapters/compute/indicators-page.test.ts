import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createCatalogue, type IndicatorInfo } from '../../../src/adapters/compute/catalogue.ts';
import { loadNative } from '../../../src/adapters/compute/native.ts';

const page = new URL('../../../docs/indicators.md', import.meta.url);

/** The page `docs/indicators.md` as the catalogue says it. */
function render(indicators: readonly IndicatorInfo[]): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|');
  const lines = [
    '# Indicators',
    '',
    `The ${indicators.length} indicators of the catalogue, by family. Names, defaults and outputs are those of TA-Lib 0.8 where it`,
    'has the function. Run one over a candle file: `bin/sextant indicators run --name RSI --in candles.csv --out rsi.csv`.',
    '',
    'An output is empty (NaN) until it is known: the warm-up is given in bars for the defaults. A bar with a missing or infinite',
    'input gives NaN and starts the warm-up again. A whole series and bars one by one give the same bits. Two columns that are',
    'compared are called high and low after the candle columns they are by default; `--columns` names others.',
    '',
    'This page is written from the catalogue: `SEXTANT_WRITE_PAGES=1 npx vitest run test/adapters/compute/indicators-page.test.ts`.',
  ];
  for (const group of new Set(indicators.map((info) => info.group))) {
    lines.push('', `## ${group[0]?.toUpperCase()}${group.slice(1)}`, '');
    lines.push('| Name | What | Inputs | Parameters | Outputs | Warm-up | Formula and convention | Source |');
    lines.push('| --- | --- | --- | --- | --- | --- | --- | --- |');
    for (const info of indicators.filter((other) => other.group === group)) {
      const names = [info.id, ...info.aliases.map((alias) => `(${alias})`)].join(' ');
      const params = info.params.map(({ name, defaultValue }) => `${name} ${defaultValue}`).join(', ');
      const cells = [
        names,
        info.title,
        info.inputs.join(', '),
        params,
        info.outputs.join(', '),
        String(info.warmUpBars),
        info.formula,
        info.source,
      ];
      lines.push(`| ${cells.map(cell).join(' | ')} |`);
    }
  }
  lines.push('');
  return lines.join('\n');
}

test('docs/indicators.md is what the catalogue says', () => {
  const { indicators } = createCatalogue(loadNative());
  const expected = render(indicators);
  if (process.env['SEXTANT_WRITE_PAGES'] === '1') writeFileSync(page, expected);
  expect(readFileSync(page, 'utf8')).toBe(expected);
});
