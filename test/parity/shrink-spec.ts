/** Makes a specification whose two runs differ as small as it stays different, so that a person can read it. */

import type { BacktestSpecInput } from '../../src/shared/lab/spec.ts';
import { parseCondition } from '../../src/shared/rules/parse-rule.ts';
import { conditionText } from '../../src/shared/rules/print-rule.ts';
import type { RuleCondition } from '../../src/shared/rules/rule-set.ts';

type Spec = BacktestSpecInput & { readonly params: Record<string, unknown> };

/** What a parameter is where it does nothing. */
const neutral: Readonly<Record<string, unknown>> = {
  longExit: '',
  shortEntry: '',
  shortExit: '',
  longEntry: '',
  roi: '',
  stopPercent: '0',
  targetPercent: '0',
  trailingPercent: '0',
  activationPercent: '0',
  maxBars: 0,
  cooldownBars: 0,
  sizeType: 'quote',
};
const plain: Partial<Spec> = {
  slippage: 0,
  takerFee: 0,
  fill: 'close',
  intrabar: 'adverse-first',
  leverage: 1,
  reserve: 0,
};

function partsOf(text: string): string[] {
  const condition: RuleCondition = parseCondition(text);
  const parts =
    condition.kind === 'not'
      ? [condition.of]
      : condition.kind === 'and' || condition.kind === 'or'
        ? [condition.left, condition.right]
        : [];
  return [...parts.map((part) => conditionText(part)), 'close > 0'];
}

/** Gives the specifications that are one step simpler, the largest steps first. */
function* simpler(spec: Spec): Generator<Spec> {
  const { dataFromMs = 0, fromMs, toMs = 0 } = spec;
  const span = toMs - (fromMs ?? dataFromMs);
  for (const part of [2, 4, 16, 64]) {
    yield { ...spec, toMs: toMs - Math.floor(span / part) };
    yield { ...spec, dataFromMs: dataFromMs + Math.floor((toMs - dataFromMs) / part) };
    if (fromMs !== undefined) yield { ...spec, fromMs: fromMs + Math.floor(span / part) };
  }
  if (fromMs !== undefined) {
    const { fromMs: _all, ...rest } = spec;
    yield rest;
  }
  const { params } = spec;
  for (const [name, value] of Object.entries(neutral))
    if (params[name] !== value) yield { ...spec, params: { ...params, [name]: value } };
  for (const name of ['longEntry', 'longExit', 'shortEntry', 'shortExit']) {
    const text = params[name];
    if (typeof text !== 'string' || text === '') continue;
    for (const part of partsOf(text))
      if (part !== text) yield { ...spec, params: { ...params, [name]: part } };
  }
  for (const [name, value] of Object.entries(plain))
    if (spec[name as keyof Spec] !== value) yield { ...spec, [name]: value };
  const [series] = spec.series;
  if (series === undefined) return;
  const { funding, ...unfunded } = series;
  if (funding !== undefined) yield { ...spec, series: [unfunded] };
  for (const name of Object.keys(series.rules ?? {})) {
    const rules = Object.fromEntries(Object.entries(series.rules ?? {}).filter(([key]) => key !== name));
    yield { ...spec, series: [{ ...series, rules }] };
  }
}

/**
 * Takes every simpler specification that still differs until none does, or `runsMax` were tried. `differs` gives what the
 * difference is; a specification that cannot be run does not differ.
 */
export async function shrinkSpec(
  spec: BacktestSpecInput,
  differs: (spec: BacktestSpecInput) => Promise<string | undefined>,
  runsMax = 300,
): Promise<BacktestSpecInput> {
  let smallest: Spec = { ...spec, params: spec.params ?? {} };
  let runs = 0;
  for (let found = true; found && runs < runsMax; ) {
    found = false;
    for (const candidate of simpler(smallest)) {
      runs += 1;
      if (runs > runsMax) break;
      const difference = await differs(candidate).catch(() => undefined);
      if (difference === undefined) continue;
      smallest = candidate;
      found = true;
      break;
    }
  }
  return smallest;
}
