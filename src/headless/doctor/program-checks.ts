/** Checks of the program itself: Node, native addon, renderer, browser, Electron, Rust. */

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expectedNativeVersion, loadNative } from '../../adapters/compute/native.ts';
import { hasPages } from '../../adapters/http/page-routes.ts';
import { findChromium } from '../host/open-window.ts';
import { pagesFolder } from '../host/pages-folder.ts';
import { programRoot } from '../host/program-root.ts';
import { type Check, fail, ok, warn } from './check.ts';

const run = promisify(execFile);
const pinnedMajor = 24;
const setUp = 'Run: npm run setup';

export function checkNode(): Check {
  const major = Number(process.versions.node.split('.')[0]);
  const detail = `Node.js ${process.versions.node} on ${process.platform}-${process.arch}`;
  return major === pinnedMajor
    ? ok('node', detail)
    : fail('node', `${detail}; Sextant is built for ${pinnedMajor}`, setUp);
}

export function checkNative(): Check {
  try {
    const { version } = loadNative().version();
    return ok('native', `native addon ${version}`);
  } catch (error) {
    return fail(
      'native',
      (error as Error).message,
      `${setUp} (needs Rust; expected version ${expectedNativeVersion.version})`,
    );
  }
}

export async function checkSqlite(): Promise<Check> {
  try {
    const { default: Database } = await import('better-sqlite3');
    const db = new Database(':memory:');
    const version = db.prepare('SELECT sqlite_version()').pluck().get() as string;
    db.close();
    return ok('sqlite', `SQLite ${version}`);
  } catch (error) {
    return fail('sqlite', `SQLite does not load: ${(error as Error).message}`, setUp);
  }
}

export function checkRenderer(): Check {
  return hasPages(pagesFolder())
    ? ok('renderer', 'the terminal’s page is built')
    : warn('renderer', 'the terminal’s page is not built; --no-ui works without it', setUp);
}

export function checkBrowser(environment: NodeJS.ProcessEnv): Check {
  const program = findChromium({ platform: process.platform, environment });
  return program === undefined
    ? ok('browser', 'no Chromium-family browser; the default browser is used')
    : ok('browser', program);
}

export function checkElectron(): Check {
  try {
    const require = createRequire(import.meta.url);
    const folder = dirname(require.resolve('electron/package.json'));
    const names: Partial<Record<NodeJS.Platform, string>> = {
      win32: 'electron.exe',
      darwin: 'Electron.app/Contents/MacOS/Electron',
    };
    const program = join(folder, 'dist', names[process.platform] ?? 'electron');
    if (existsSync(program)) return ok('electron', program);
    return ok('electron', 'not downloaded; the terminal opens in a browser');
  } catch {
    return ok('electron', 'not installed; the terminal opens in a browser');
  }
}

export async function checkCargo(environment: NodeJS.ProcessEnv): Promise<Check> {
  const name = process.platform === 'win32' ? 'cargo.exe' : 'cargo';
  const home = environment['CARGO_HOME'] ?? join(homedir(), '.cargo');
  for (const candidate of [name, join(home, 'bin', name)]) {
    try {
      const { stdout } = await run(candidate, ['--version'], { timeout: 10_000 });
      return ok('cargo', stdout.trim());
    } catch {
      // Not there: the next place, and a warning at the end.
    }
  }
  return warn(
    'cargo',
    'Rust was not found; it is needed to build the native addon anew',
    'Install it from https://rustup.rs',
  );
}

/** Gives where the program lies; tells a moved or half-copied installation. */
export function checkFiles(): Check {
  const root = programRoot();
  const missing = ['package.json', 'src/app/create-terminal.ts', 'node_modules/fastify'].filter(
    (path) => !existsSync(join(root, path)),
  );
  return missing.length === 0 ? ok('files', root) : fail('files', `missing: ${missing.join(', ')}`, setUp);
}
