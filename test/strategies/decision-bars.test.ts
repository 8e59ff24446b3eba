/** The candles that rules need before a decision never exceed those at which an indicator of the catalogue has its first value. */

import { expect, it } from 'vitest';
import { createCatalogue } from '../../src/adapters/compute/catalogue.ts';
import { loadNative } from '../../src/adapters/compute/native.ts';
import { Decimal } from '../../src/shared/domain/decimal.ts';
import { ruleIndicators } from '../../src/shared/rules/indicators.ts';
import { ruleParams } from '../../src/strategies/rules/params.ts';
import { rules } from '../../src/strategies/rules/rules.ts';
import { makeInstrument } from './fake-context.ts';

const length = 2_000;

/** A price that wanders without chance: the sum of three waves that never meet again. */
const wave = (row: number): number =>
  100 + 9 * Math.sin(row / 7) + 5 * Math.sin(row / 3.1) + 3 * Math.cos(row / 1.7);
const column = (of: (row: number) => number): Float64Array =>
  Float64Array.from({ length }, (_, row) => of(row));
const close = column(wave);
const columns: Readonly<Record<string, Float64Array>> = {
  open: column((row) => wave(row - 1)),
  high: column((row) => Math.max(wave(row), wave(row - 1)) + 1),
  low: column((row) => Math.min(wave(row), wave(row - 1)) - 1),
  close,
  volume: column((row) => 50 + 20 * Math.sin(row / 5)),
};

const catalogue = createCatalogue(loadNative());
const usual = ruleIndicators.filter(({ inputs }) => inputs.every((name) => name in columns));

const suggested = rules.suggest({
  instrument: makeInstrument(),
  referencePrice: Decimal.parse('100'),
  candles: [],
});

it('knows enough of the catalogue to mean anything', () => {
  expect(usual.length).toBeGreaterThan(200);
});

it.each(usual)('$id', ({ id, inputs, outputs }) => {
  const run = catalogue.run(id, {}, Object.fromEntries(inputs.map((name) => [name, columns[name] ?? close])));
  const firstRows = Object.values(run.outputs).map((values) => values.findIndex(Number.isFinite));
  const known = firstRows.filter((row) => row >= 0);
  if (known.length === 0) return;
  const longEntry = `${id.toLowerCase()}()${outputs.length > 1 ? `.${outputs[0]}` : ''} > 0`;
  const { decisionBars } = rules.subscribe(ruleParams.parse({ ...suggested, longEntry }));
  expect(decisionBars).toBeLessThanOrEqual(Math.min(...known) + 1);
});
