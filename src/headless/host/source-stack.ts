/** Stack traces of the bundle in names and lines of the sources. Read only when there is an error to report. */

import { existsSync, readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { programRoot } from './program-root.ts';

const place = /(file:\/\/[^\s()]+\.js):(\d+):(\d+)/g;

/** Gives a stack trace with every place that a source map beside its file knows replaced by the one in the source. */
export function sourceStack(stack: string): string {
  const maps = new Map<string, SourceMap | undefined>();
  return stack.replace(place, (words, url: string, line: string, column: string) => {
    if (!maps.has(url)) maps.set(url, mapOf(url));
    const origin = maps.get(url)?.findOrigin(Number(line), Number(column));
    if (origin === undefined || !('fileName' in origin)) return words;
    const file = relative(programRoot(), fileURLToPath(new URL(origin.fileName, url))).replaceAll('\\', '/');
    return `${file}:${origin.lineNumber}:${origin.columnNumber}`;
  });
}

/** A report without lines of the sources is still one: a map that cannot be read is as good as none. */
function mapOf(url: string): SourceMap | undefined {
  try {
    const file = `${fileURLToPath(url)}.map`;
    if (!existsSync(file)) return undefined;
    return new SourceMap(JSON.parse(readFileSync(file, 'utf8')) as SourceMapPayload);
  } catch {
    return undefined;
  }
}
