/** The repository keeps the promises that no compiler checks. Each finding says what to do instead. */
import { expect, test } from 'vitest';
import { bannedInCode, bannedInText } from './banned-text.ts';
import { napiInCore, wrongImports } from './imports.ts';
import { deadFiles, defaultExport, tooLong, wrongName } from './shape.ts';
import { type Finding, isCode, parseSource, readTextFiles } from './source.ts';

const texts = readTextFiles();
const sources = texts
  .filter(({ file }) => isCode(file) && /^(src|test|scripts)\//.test(file) && !/^test\/fixtures\//.test(file))
  .map(parseSource);

const report = (findings: readonly Finding[]): string[] =>
  findings.map(({ file, line, message }) => `${file}:${line} ${message}`);

test('the walk sees the repository', () => {
  expect(texts.map(({ file }) => file)).toContain('package.json');
  expect(sources.map(({ file }) => file)).toContain('test/tidy/tidy.test.ts');
});

test.each([
  ['imports follow the architecture', () => sources.flatMap(wrongImports)],
  ['no banned call', () => sources.flatMap(bannedInCode)],
  ['no leftover, machine path or registry host', () => texts.flatMap(bannedInText)],
  ['named exports only', () => sources.flatMap(defaultExport)],
  ['file names are kebab-case', () => texts.flatMap(wrongName)],
  ['files are short, or say why not', () => texts.flatMap(tooLong)],
  [
    'no dead file',
    () =>
      deadFiles(
        sources,
        texts.filter(({ file }) => /^src\/.*\.html$/.test(file)),
      ),
  ],
  ['the native core knows no napi', () => texts.flatMap(napiInCore)],
] as const)('%s', (_name, findings) => {
  expect(report(findings())).toEqual([]);
});
