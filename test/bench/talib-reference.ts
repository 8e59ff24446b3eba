/**
 * TA-Lib's figures for every function: recorded ones from the folder `peers` beside the shared data, or, when
 * `SEXTANT_PEERS_DIR` names the folder of the peers' environments, measured now with the same script.
 */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One function of TA-Lib over a million bars. */
export interface TalibFunction {
  readonly name: string;
  readonly nsPerBar: number;
  readonly outputs: readonly { readonly name: string; readonly sum: number; readonly last: number }[];
}

interface Report {
  readonly functions: readonly {
    readonly name: string;
    readonly ns_per_bar: number;
    readonly outputs: readonly { readonly name: string; readonly sum: number; readonly last: number }[];
  }[];
}

function functionsOf(path: string): readonly TalibFunction[] {
  const report = JSON.parse(readFileSync(path, 'utf8')) as Report;
  return report.functions.map(({ name, ns_per_bar, outputs }) => ({ name, nsPerBar: ns_per_bar, outputs }));
}

/** The recorded figures, or nothing where the folder is not there. */
export function recordedTalib(peersFolder: string): readonly TalibFunction[] | undefined {
  const path = join(peersFolder, 'results', 'talib.json');
  return existsSync(path) ? functionsOf(path) : undefined;
}

/** Measures TA-Lib now; nothing unless its environment is installed. Takes about half a minute. */
export function measuredTalib(peersFolder: string, candleFile: string): readonly TalibFunction[] | undefined {
  const environments = process.env['SEXTANT_PEERS_DIR'];
  if (environments === undefined) return undefined;
  const python = join(environments, 'talib', 'bin', 'python');
  if (!existsSync(python)) throw new Error(`SEXTANT_PEERS_DIR has no TA-Lib: ${python} is not there`);
  const folder = mkdtempSync(join(tmpdir(), 'sextant-talib-'));
  try {
    const out = join(folder, 'talib.json');
    execFileSync(python, [join(peersFolder, 'talib_all.py'), candleFile, '1000000', out], {
      stdio: 'ignore',
    });
    return functionsOf(out);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
