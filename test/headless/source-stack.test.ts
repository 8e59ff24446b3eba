/** Places in a bundle are told as places in the sources. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { sourceStack } from '../../src/headless/host/source-stack.ts';

test('a place with a map is told as in the source, any other as it was', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sextant-stack-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const url = pathToFileURL(join(folder, 'main.js')).href;
  const source = pathToFileURL(join(import.meta.dirname, '../../src/headless/main.ts')).href;
  // Base64 VLQ: the first line of the bundle, column 0, is line 5 (AAIA: +0 file, +4 lines, +0 columns) of the source.
  const map = { version: 3, sources: [source], names: [], mappings: 'AAIA' };
  writeFileSync(join(folder, 'main.js.map'), JSON.stringify(map));
  const other = pathToFileURL(join(folder, 'other.js')).href;
  writeFileSync(join(folder, 'other.js.map'), 'not JSON');
  const stack = `Error: no\n    at run (${url}:1:1)\n    at ${other}:7:2\n    at node:internal/main:3:4`;
  expect(sourceStack(stack)).toBe(
    `Error: no\n    at run (src/headless/main.ts:5:1)\n    at ${other}:7:2\n    at node:internal/main:3:4`,
  );
});
