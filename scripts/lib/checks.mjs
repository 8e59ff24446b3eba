/** The checks that give no count of their own: each is one command that passes or fails. */
import { existsSync } from 'node:fs';
import { findPinnedNode } from '../pinned-node.mjs';
import { inRoot } from './root.mjs';

/** @typedef {{ name: string, command: string, args: readonly string[], cwd: string }} Check */

/** @param {string} name @param {string} script @param {readonly string[]} args @returns {Check} */
const onNode = (name, script, args) => ({
  name,
  command: findPinnedNode()?.path ?? process.execPath,
  args: [inRoot(script), ...args],
  cwd: inRoot(),
});

/** Format, lint and types; with Rust, the same for the native part. @param {string | null} cargo */
export function checks(cargo) {
  const list = [
    onNode('format and lint', 'node_modules/@biomejs/biome/bin/biome', [
      'ci',
      '--error-on-warnings',
      process.stdout.isTTY ? '--colors=force' : '--colors=off',
    ]),
    onNode('types and layers', 'node_modules/typescript/bin/tsc', ['-b']),
  ];
  if (cargo !== null && existsSync(inRoot('native', 'Cargo.toml'))) {
    const cwd = inRoot('native');
    list.push({ name: 'cargo fmt', command: cargo, args: ['fmt', '--all', '--check'], cwd });
    list.push({
      name: 'cargo clippy',
      command: cargo,
      args: ['clippy', '--workspace', '--all-targets', '--quiet', '--', '-D', 'warnings'],
      cwd,
    });
  }
  return list;
}
