/** The native addon: built by Cargo from native/, copied beside its sources under a name for this platform. */
import { copyFileSync, existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { runCaptured } from './child.mjs';
import { SetupError } from './fail.mjs';
import { inRoot } from './root.mjs';
import { hashOf, isStamped, stamp } from './stamp.mjs';

const bindingManifest = () => inRoot('native', 'crates', 'binding', 'Cargo.toml');

/** Absolute path of the built addon. */
export const nativeFile = () => inRoot('native', `sextant.${process.platform}-${process.arch}.node`);

/** True when this repository has a native part. */
export const hasNative = () => existsSync(inRoot('native', 'Cargo.toml')) && existsSync(bindingManifest());

const sourcesHash = () =>
  hashOf(['native'], (file) => /\.rs$|\.toml$|Cargo\.lock$|[\\/]\.cargo[\\/]/.test(file));

/** True when the addon exists and was built from the sources as they are now. */
export const nativeInPlace = () =>
  !hasNative() || (existsSync(nativeFile()) && isStamped('native', sourcesHash()));

/** Path of cargo: on the path, or where rustup puts it. @returns {Promise<string>} @throws {SetupError} */
export async function findCargo() {
  const name = process.platform === 'win32' ? 'cargo.exe' : 'cargo';
  const home = process.env['CARGO_HOME'] ?? join(homedir(), '.cargo');
  for (const candidate of [name, join(home, 'bin', name)]) {
    const { code } = await runCaptured(candidate, ['--version'], { cwd: inRoot() });
    if (code === 0) return candidate;
  }
  throw new SetupError(
    'Rust was not found; Sextant builds its native part with it.\n' +
      'Install it from https://rustup.rs (the default choices are right; Linux also needs a C compiler such as\n' +
      'the package build-essential), open a new terminal and run the same command again.',
    2,
  );
}

/** The name of the binding package. */
function bindingName() {
  const name = /^name\s*=\s*"([^"]+)"/m.exec(readFileSync(bindingManifest(), 'utf8'))?.[1];
  if (!name) throw new Error(`${bindingManifest()} names no package`);
  return name;
}

/**
 * The shared library Cargo says it built. @param {string} messages Cargo's JSON lines @param {string} name
 * @returns {string | undefined}
 */
export function builtLibrary(messages, name) {
  for (const line of messages.split('\n')) {
    if (!line.startsWith('{')) continue;
    const message = JSON.parse(line);
    if (message.reason !== 'compiler-artifact' || !message.target?.kind?.includes('cdylib')) continue;
    const library = message.filenames.find((/** @type {string} */ file) => /\.(so|dylib|dll)$/.test(file));
    if (library && message.target.name.replaceAll('-', '_') === name.replaceAll('-', '_')) return library;
  }
  return undefined;
}

/** Builds the addon and puts it in place in one step. @param {string} cargo @param {(line: string) => void} note */
export async function buildNative(cargo, note) {
  const hash = sourcesHash();
  const name = bindingName();
  const locked = existsSync(inRoot('native', 'Cargo.lock')) ? ['--locked'] : [];
  const result = await runCaptured(
    cargo,
    ['build', '--release', '-p', name, ...locked, '--message-format=json-render-diagnostics'],
    {
      cwd: inRoot('native'),
      onLine: (line) => /^ *(Compiling|Download|Updating|Blocking)/.test(line) && note(line),
    },
  );
  if (result.code !== 0) {
    const words = result.words.split('\n').filter((line) => !line.startsWith('{'));
    const advice = /linker `?\w+`? not found/.test(result.words)
      ? 'A C compiler is missing: install build-essential (Debian), Xcode tools (macOS) or MSVC build tools.'
      : 'Cargo could not build the native part. Its words are above.';
    throw new SetupError(`${words.join('\n')}\n${advice}`, 1);
  }
  const library = builtLibrary(result.stdout, name);
  if (!library) throw new Error(`Cargo built ${name} but named no shared library for it`);
  const target = nativeFile();
  const fresh = `${target}.${process.pid}.new`;
  copyFileSync(library, fresh);
  try {
    renameSync(fresh, target);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw new SetupError(`${target} is in use: close Sextant and run again (${String(error)}).`, 7);
  }
  stamp('native', hash);
}
