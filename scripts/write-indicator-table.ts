/**
 * Writes `src/shared/rules/indicator-table.ts` from the catalogue of the built addon. Run it after adding an indicator:
 * `node scripts/write-indicator-table.ts`.
 */

import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

interface Indicator {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly inputs: readonly string[];
  readonly params: readonly {
    readonly name: string;
    readonly defaultValue: number;
    readonly minimum: number;
    readonly maximum: number;
    readonly whole: boolean;
  }[];
  readonly outputs: readonly string[];
}

function lineOf(info: Indicator): string {
  const params = info.params.map(
    ({ name, defaultValue, minimum, maximum, whole }) =>
      `${name}=${defaultValue}:${minimum}..${maximum}${whole ? '' : ':real'}`,
  );
  return [
    info.id,
    info.aliases.join(','),
    info.inputs.join(','),
    params.join(','),
    info.outputs.join(','),
  ].join('|');
}

const root = join(import.meta.dirname, '..');
const addon = createRequire(import.meta.url)(
  join(root, 'native', `sextant.${process.platform}-${process.arch}.node`),
) as { listIndicators(): readonly Indicator[] };
const file = join(root, 'src/shared/rules/indicator-table.ts');
writeFileSync(
  file,
  `/**
 * length: one line an indicator.
 *
 * The indicators a rule may name, as \`name|other names|inputs|parameters|outputs\`: what the catalogue of the native part
 * has, so that a rule text can be checked where that is not loaded. Written by \`scripts/write-indicator-table.ts\`.
 */

export const indicatorTable = \`
${addon.listIndicators().map(lineOf).join('\n')}
\`;
`,
);
process.stdout.write(`wrote ${file}\n`);
