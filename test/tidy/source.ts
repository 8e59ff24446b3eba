/** Reads the repository's files for the tidy rules: text, code without comments and strings, and imports. */
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'vite';

/** Absolute path of the repository's root folder. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** One finding of a rule: where it is and what to do instead. */
export interface Finding {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** A text file, named by its path from the root with forward slashes. */
export interface TextFile {
  readonly file: string;
  readonly text: string;
}

/** One import, export-from, dynamic import or import type of a module. */
export interface ModuleRequest {
  readonly specifier: string;
  readonly line: number;
}

/** A TypeScript or JavaScript file with what the rules ask of it. */
export interface SourceFile extends TextFile {
  /** The text with comments and string contents blanked; every other character keeps its place. */
  readonly code: string;
  readonly requests: readonly ModuleRequest[];
  /** Contents of plain string literals, to find files named by URL. */
  readonly strings: readonly string[];
  readonly hasDefaultExport: boolean;
}

const skippedFolders = new Set(['node_modules', 'out', 'dist', 'target', '.git', 'coverage', 'test-results']);
const textExtensions = new Set(
  '.ts .tsx .mts .mjs .cjs .js .json .md .css .html .yml .yaml .toml .rs .sh .service .svg .txt'.split(' '),
);
const codeExtensions = new Set(['.ts', '.tsx', '.mjs', '.js', '.cjs']);

/** True for files the TypeScript parser reads. */
export const isCode = (file: string): boolean => codeExtensions.has(extname(file));

/** All text files of the repository below a folder, sorted. Files without an extension are read too (scripts). */
export function readTextFiles(folder = ''): TextFile[] {
  const found: TextFile[] = [];
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const file = posix.join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!skippedFolders.has(entry.name)) found.push(...readTextFiles(file));
    } else if (entry.isFile() && (textExtensions.has(extname(file)) || extname(file) === '')) {
      found.push({ file, text: readFileSync(join(root, file), 'utf8') });
    }
  }
  return found.sort((a, b) => (a.file < b.file ? -1 : 1));
}

/** The line number, from 1, of a position in a text. */
export function lineAt(text: string, position: number): number {
  let line = 1;
  for (
    let index = text.indexOf('\n');
    index !== -1 && index < position;
    index = text.indexOf('\n', index + 1)
  ) {
    line += 1;
  }
  return line;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

const blank = (text: string, spans: readonly Span[]): string => {
  let result = '';
  let from = 0;
  for (const { start, end } of spans.toSorted((a, b) => a.start - b.start)) {
    if (start < from) continue;
    result += text.slice(from, start) + text.slice(start, end).replaceAll(/[^\n]/g, ' ');
    from = end;
  }
  return result + text.slice(from);
};

/** Visits every node of a syntax tree. */
function visit(node: unknown, see: (node: Record<string, unknown>) => void): void {
  if (Array.isArray(node)) {
    for (const child of node) visit(child, see);
  } else if (typeof node === 'object' && node !== null) {
    const record = node as Record<string, unknown>;
    if (typeof record['type'] === 'string') see(record);
    for (const child of Object.values(record)) if (typeof child === 'object') visit(child, see);
  }
}

/**
 * Parses one source file.
 * @throws Error when the file is not valid TypeScript, since then no rule could judge it
 */
export function parseSource({ file, text }: TextFile): SourceFile {
  const parsed = parseSync(file, text);
  const error = parsed.errors[0];
  if (error) throw new Error(`${file}: ${error.message}`);
  const stringSpans: Span[] = [];
  const strings: string[] = [];
  const requests: ModuleRequest[] = [];
  let hasDefaultExport = false;
  const request = (source: unknown): void => {
    const literal = source as { type?: string; value?: unknown; start: number } | null;
    if (literal?.type !== 'Literal' || typeof literal.value !== 'string') return;
    requests.push({ specifier: literal.value, line: lineAt(text, literal.start) });
  };
  visit(parsed.program, (node) => {
    const span = { start: node['start'] as number, end: node['end'] as number };
    switch (node['type']) {
      case 'Literal':
        if (typeof node['value'] !== 'string') return;
        strings.push(node['value']);
        stringSpans.push(span);
        return;
      case 'TemplateElement':
      case 'JSXText':
        stringSpans.push(span);
        return;
      case 'ExportDefaultDeclaration':
        hasDefaultExport = true;
        return;
      case 'ImportDeclaration':
      case 'ExportNamedDeclaration':
      case 'ExportAllDeclaration':
      case 'ImportExpression':
      case 'TSImportType':
        request(node['source'] ?? node['argument']);
    }
  });
  const code = blank(text, [...parsed.comments, ...stringSpans]);
  return { file, text, code, requests, strings, hasDefaultExport };
}

/**
 * Drops the findings a person has excused by "tidy-ok" and a reason, on the line itself or the line above, and
 * reports excuses that give no reason.
 */
export function withoutExcused(text: string, findings: readonly Finding[]): Finding[] {
  const lines = text.split('\n');
  return findings.flatMap((finding) => {
    const near = [lines[finding.line - 1], lines[finding.line - 2]];
    const mark = near.map((line) => /\btidy-ok\b:?\s*(.*)/.exec(line ?? '')).find((match) => match !== null);
    if (!mark) return [finding];
    const reason = (mark[1] ?? '').replace(/\*\/|-->|\}/g, '').trim();
    return reason.length > 0
      ? []
      : [{ ...finding, message: `${finding.message} ("tidy-ok:" needs a reason)` }];
  });
}
