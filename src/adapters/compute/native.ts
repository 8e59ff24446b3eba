/**
 * Loads the native addon: `native/sextant.<platform>-<arch>.node`, built by set-up from the Rust sources in `native/`.
 *
 * - `addon.ts`: what it exports; `compute-error.ts`: how its errors arrive
 * - `catalogue.ts`: every indicator by name; `indicators.ts`, `resample.ts`: columns in, columns out
 * - `candle-store.ts`: candle files of a data folder
 */

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NativeAddon } from './addon.ts';

/** Version and interface number of the addon this code is written for; `native/Cargo.toml` and `lib.rs` hold the same. */
export const expectedNativeVersion = { version: '0.1.0', abi: 4 } as const;

/** How far up from this file the program's root may lie: its sources are three folders deep, bundles two. */
const foldersUpMaximum = 5;

/** Thrown when the addon is not there or does not start. The message says what to do. */
export class NativeMissingError extends Error {
  override readonly name = 'NativeMissingError';
}

/** Thrown when the addon was built from other sources than this program. */
export class NativeVersionError extends Error {
  override readonly name = 'NativeVersionError';
}

/** File name of the addon on a platform. */
export function nativeFileName(platform: string = process.platform, arch: string = process.arch): string {
  return `sextant.${platform}-${arch}.node`;
}

/**
 * Loads the addon and checks that it belongs to this program. Throws `NativeMissingError` or `NativeVersionError`.
 * `path` names the file where it is not in its usual place.
 */
export function loadNative(path: string | undefined = findNative()): NativeAddon {
  if (path === undefined || !existsSync(path)) {
    throw new NativeMissingError(
      `The native part of Sextant is missing (${path ?? join('native', nativeFileName())}). ` +
        'Run "npm run setup" to build it; that needs Rust (https://rustup.rs).',
    );
  }
  const addon = requireAddon(path);
  const found = addon.version();
  const expected = expectedNativeVersion;
  if (found.version !== expected.version || found.abi !== expected.abi) {
    throw new NativeVersionError(
      `The native part of Sextant is version ${found.version} (interface ${found.abi}), but this program needs ` +
        `${expected.version} (interface ${expected.abi}). Run "npm run setup" to build it again.`,
    );
  }
  return addon;
}

function requireAddon(path: string): NativeAddon {
  let loaded: Partial<NativeAddon>;
  try {
    loaded = createRequire(import.meta.url)(path) as Partial<NativeAddon>;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new NativeMissingError(
      `The native part of Sextant does not start on this machine (${path}: ${reason}). ` +
        'Delete the file and run "npm run setup" to build it here.',
      { cause },
    );
  }
  if (typeof loaded.version !== 'function') {
    throw new NativeVersionError(
      `${path} is not the native part of Sextant. Run "npm run setup" to build it.`,
    );
  }
  return loaded as NativeAddon;
}

/** Path of the addon in this program's folder, or among the resources of a packaged one; undefined when in neither. */
function findNative(): string | undefined {
  const candidates: string[] = [];
  const { resourcesPath } = process as { resourcesPath?: string };
  if (resourcesPath !== undefined) candidates.push(join(resourcesPath, 'native', nativeFileName()));
  let folder = dirname(fileURLToPath(import.meta.url));
  for (let up = 0; up <= foldersUpMaximum; up++) {
    candidates.push(join(folder, 'native', nativeFileName()));
    folder = dirname(folder);
  }
  return candidates.find((candidate) => existsSync(candidate));
}
