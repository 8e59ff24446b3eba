/** The indicators a rule may name: inputs, parameters and outputs. */

import { indicatorTable } from './indicator-table.ts';

export interface RuleIndicatorParam {
  readonly name: string;
  readonly defaultValue: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly whole: boolean;
}

export interface RuleIndicator {
  readonly id: string;
  readonly aliases: readonly string[];
  /** Inputs in order, named after the price column they are by default. */
  readonly inputs: readonly string[];
  readonly params: readonly RuleIndicatorParam[];
  readonly outputs: readonly string[];
}

function paramOf(text: string): RuleIndicatorParam {
  const [, name, value, minimum, maximum, real] =
    /^(\w+)=(.+?):(.+?)\.\.(.+?)(:real)?$/.exec(text) ?? ([] as string[]);
  return {
    name: String(name),
    defaultValue: Number(value),
    minimum: Number(minimum),
    maximum: Number(maximum),
    whole: real === undefined,
  };
}

const list = (text: string | undefined): string[] =>
  text === undefined || text === '' ? [] : text.split(',');

function indicatorOf(line: string): RuleIndicator {
  const [id, aliases, inputs, params, outputs] = line.split('|');
  return {
    id: String(id),
    aliases: list(aliases),
    inputs: list(inputs),
    params: list(params).map(paramOf),
    outputs: list(outputs),
  };
}

/** Every indicator, in the order of the catalogue. */
export const ruleIndicators: readonly RuleIndicator[] = indicatorTable.trim().split('\n').map(indicatorOf);

const byName = new Map<string, RuleIndicator>();
for (const indicator of ruleIndicators) {
  for (const name of [indicator.id, ...indicator.aliases]) byName.set(name.toUpperCase(), indicator);
}

/** The indicator with this name or other name, upper or lower case. */
export function findRuleIndicator(name: string): RuleIndicator | undefined {
  return byName.get(name.toUpperCase());
}

/** Letters to change, add or leave out to get from one name to the other, transpositions apart. */
function distance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const change = (row[j - 1] as number) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[right.length] as number;
}

/** Gives the known names nearest to a wrong one, best first; none when nothing is near. */
export function similarNames(name: string, known: readonly string[], most = 3): string[] {
  const wanted = name.toLowerCase();
  return known
    .map((other) => ({ other, far: distance(wanted, other.toLowerCase()) }))
    .filter(({ other, far }) => far <= Math.max(1, Math.floor(Math.min(wanted.length, other.length) / 3)))
    .sort((a, b) => a.far - b.far || (a.other < b.other ? -1 : 1))
    .slice(0, most)
    .map(({ other }) => other);
}

/** Names of all indicators, other names included. */
export function ruleIndicatorNames(): string[] {
  return [...byName.keys()];
}
