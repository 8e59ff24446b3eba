/** A real demo terminal in a folder of its own. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTerminal } from '../../src/app/create-terminal.ts';
import type { Terminal, TerminalOptions } from '../../src/app/terminal-types.ts';
import type { MethodName, RequestOf, ResponseOf } from '../../src/shared/api/contract.ts';
import { defaultConfig } from '../../src/shared/config/schema.ts';
import { patienceMs } from '../patience.ts';

/** Makes an empty folder; call `remove` at the end. */
export function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'sextant-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export function startTerminal(dataFolder: string, change: Partial<TerminalOptions> = {}): Promise<Terminal> {
  return createTerminal({
    config: defaultConfig(),
    dataFolder,
    seed: 'test',
    speed: 'max',
    demoBots: 'none',
    ...change,
  });
}

/** Calls a method and gives its value; throws with the code when it failed. */
export async function call<Name extends MethodName>(
  terminal: Terminal,
  name: Name,
  request: RequestOf<Name>,
): Promise<ResponseOf<Name>> {
  const result = await terminal.client.call(name, request);
  if (!result.ok) throw new Error(`${name}: ${result.code} ${result.field ?? ''} ${result.message}`);
  return result.value;
}

/** Waits until a condition holds; throws when it does not within the time. */
export async function waitFor<Value>(
  what: string,
  look: () => Value | undefined | false | Promise<Value | undefined | false>,
): Promise<Value> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const value = await look();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > deadline) throw new Error(`waited in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
