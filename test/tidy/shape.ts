/** Names, lengths and reach of files. */
import { basename } from 'node:path';
import { resolveFrom } from './imports.ts';
import { type Finding, isCode, lineAt, type SourceFile, type TextFile } from './source.ts';

const linesWithoutReasonMax = 400;
const linesMax = 700;
const headLines = 20;

const isJudged = (file: string): boolean =>
  /^(src|test|scripts|bin|native)\//.test(file) && !/^test\/fixtures\//.test(file);

/** Files of src/, test/ and scripts/ are kebab-case. */
export function wrongName({ file }: TextFile): Finding[] {
  if (!isJudged(file) || file.startsWith('native/') || basename(file) === 'README.md') return [];
  if (/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/.test(basename(file))) return [];
  return [{ file, line: 1, message: 'name the file in kebab-case' }];
}

/** Long files need a reason near their top; very long ones are split. */
export function tooLong({ file, text }: TextFile): Finding[] {
  if (!isJudged(file) || !(isCode(file) || /\.(rs|css)$/.test(file))) return [];
  // Rust keeps a file's tests at its end; they are not counted.
  const counted = file.endsWith('.rs') ? text.replace(/^#\[cfg\(test\)\]\nmod [\s\S]*$/m, '') : text;
  const lines = counted.trimEnd().split('\n');
  if (lines.length > linesMax) {
    return [{ file, line: 1, message: `${lines.length} lines: split it (never more than ${linesMax})` }];
  }
  const reasoned = lines.slice(0, headLines).some((line) => /(\/\/|\*)!?\s*length: \S/.test(line));
  if (lines.length <= linesWithoutReasonMax || reasoned) return [];
  const message = `${lines.length} lines: split it, or say why at its top with "// length: reason"`;
  return [{ file, line: 1, message }];
}

/** Named exports only: one name for a thing everywhere. Tools' config files are read by their default export. */
export function defaultExport(source: SourceFile): Finding[] {
  if (!source.hasDefaultExport || /\.config\.ts$/.test(source.file)) return [];
  const line = lineAt(source.text, source.code.search(/\bexport\s+default\b/));
  return [{ file: source.file, line, message: 'use a named export' }];
}

/** Where programs start. */
const entries = ['src/headless/main.ts', 'src/main/main.ts', 'src/preload/preload.ts'];

/**
 * Files of src/ that no program reaches, from its entry through imports and files named by relative URL (workers,
 * pages). Tests do not keep a file alive.
 */
export function deadFiles(sources: readonly SourceFile[], pages: readonly TextFile[]): Finding[] {
  const byName = new Map(sources.map((source) => [source.file, source]));
  const reached = new Set<string>();
  const reach = (file: string): void => {
    const source = byName.get(file);
    if (!source || reached.has(file)) return;
    reached.add(file);
    const named = [...source.requests.map((request) => request.specifier), ...source.strings];
    for (const name of named) if (name.startsWith('.')) reach(resolveFrom(file, name));
  };
  for (const entry of entries) reach(entry);
  for (const page of pages) {
    for (const [, script] of page.text.matchAll(/<script[^>]*\ssrc="([^"]+)"/g)) {
      if (script) reach(resolveFrom(page.file, script.replace(/^\//, './')));
    }
  }
  const absent = entries.filter((entry) => !byName.has(entry));
  if (absent.length > 0) {
    return absent.map((file) => ({ file, line: 1, message: 'this entry of a program is missing' }));
  }
  const message = 'no program reaches this file: import it or delete it';
  return sources
    .filter(
      ({ file, text }) =>
        file.startsWith('src/') &&
        !file.endsWith('.d.ts') &&
        !reached.has(file) &&
        !/^.{0,200}\btidy-ok: \S/s.test(text),
    )
    .map(({ file }) => ({ file, line: 1, message }));
}
