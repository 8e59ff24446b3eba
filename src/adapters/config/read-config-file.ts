/**
 * Reads the YAML file of the configuration without trusting it: bounded, UTF-8, no duplicate keys, no aliases that
 * blow up, no number that is not finite. Gives the plain values and, for any path, the line it was written on.
 */

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import {
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type ParsedNode,
  parseDocument,
  visit,
} from 'yaml';
import { ApiError } from '../../shared/api/result.ts';
import { configFault } from './config-fault.ts';

/** Largest configuration file, in bytes. */
export const configBytesMax = 1024 * 1024;

/** What a file says, before it was checked against the schema. */
export interface ConfigText {
  readonly file: string;
  readonly text: string;
  readonly values: unknown;
  /** Line (from 1) on which the value at a path begins; the nearest parent's when it is not there. */
  lineOf(path: readonly PropertyKey[]): number;
}

/** Reads a file of at most 1 MiB. Throws `bad-input` (field `config`) when that is not possible. */
export function readConfigText(file: string): string {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ApiError('bad-input', `config: ${file} cannot be read (${code ?? 'unknown error'})`, {
      field: 'config',
      hint: code === 'ENOENT' ? 'Check the path after --config.' : 'Check the permissions of the file.',
    });
  }
  try {
    const found = fstatSync(descriptor);
    if (!found.isFile() && !found.isFIFO() && !found.isCharacterDevice())
      throw refused(file, 'is not a file');
    // One byte more than allowed tells a file that is too large, also where its size is not known beforehand.
    const bytes = Buffer.alloc(configBytesMax + 1);
    let length = 0;
    for (;;) {
      const count = readSync(descriptor, bytes, length, bytes.length - length, null);
      length += count;
      if (count === 0 || length === bytes.length) break;
    }
    if (length > configBytesMax) throw refused(file, `is larger than ${configBytesMax} bytes`);
    return decode(bytes.subarray(0, length), file);
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw refused(file, `cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
  } finally {
    closeSync(descriptor);
  }
}

function refused(file: string, reason: string): ApiError {
  return new ApiError('bad-input', `config: ${file} ${reason}`, {
    field: 'config',
    hint: 'Nothing was changed.',
  });
}

function decode(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refused(file, 'is not UTF-8 text');
  }
}

/** Parses the text of a configuration file. Throws `bad-input` with file, line and reason. */
export function parseConfigText(text: string, file: string): ConfigText {
  const lines = new LineCounter();
  const name = basename(file);
  const at = (offset: number) => ({ text: `${name}:${lines.linePos(offset).line || 1}` });
  if (text.trim() === '' && !text.includes('\n')) {
    throw configFault({ text: `${name}:1` }, undefined, 'the file is empty, it may be half-written');
  }
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    version: '1.2',
    schema: 'core',
    stringKeys: true,
  });
  const error = document.errors[0] ?? document.warnings[0];
  if (error !== undefined)
    throw configFault(at(error.pos[0]), undefined, error.message.split('\n')[0] ?? error.message);
  const root = document.contents;
  checkWhole(text, root, name);
  checkNodes(root, at);
  return {
    file,
    text,
    values: root === null ? {} : (document.toJS() as unknown),
    lineOf: (path) => lines.linePos(offsetOf(root, path)).line || 1,
  };
}

/**
 * A file that was cut in the middle of a line still reads as YAML: `port: 80` may be the rest of `port: 8080`. A text
 * file ends with a line end, so one without it is refused, unless brackets close it.
 */
function checkWhole(text: string, root: ParsedNode | null, name: string): void {
  if (text.endsWith('\n')) return;
  if (isCollection(root) && root.flow === true) return;
  const lastLine = text.split('\n').length;
  throw configFault(
    { text: `${name}:${lastLine}` },
    undefined,
    'the last line has no line end, so the file may be half-written',
    'If it is complete, add a line end.',
  );
}

function checkNodes(root: ParsedNode | null, at: (offset: number) => { text: string }): void {
  if (root === null) return;
  visit(root, (_key, node, ancestors) => {
    if (!isNode(node)) return;
    const offset = node.range?.[0] ?? 0;
    if (isAlias(node)) throw configFault(at(offset), undefined, 'aliases (*name) are not used here');
    if (ancestors.length > 40) throw configFault(at(offset), undefined, 'the values are nested too deeply');
    if (isScalar(node) && typeof node.value === 'number' && !Number.isFinite(node.value)) {
      const path = pathOf(ancestors as readonly unknown[], node);
      throw configFault(at(offset), path, `${node.source ?? node.value} is not a finite number`);
    }
  });
}

/** Gives the dotted path of a node from the collections around it. */
function pathOf(ancestors: readonly unknown[], node: Node): string {
  const parts: string[] = [];
  const chain = [...ancestors, node];
  for (const [index, ancestor] of chain.entries()) {
    const inner = chain[index + 1];
    if (isSeq(ancestor)) parts.push(String(ancestor.items.indexOf(inner as never)));
    else if (isMap(ancestor)) {
      const key: unknown = (inner as { key?: unknown } | undefined)?.key;
      parts.push(isScalar(key) ? String(key.value) : '');
    }
  }
  return parts.join('.');
}

/** Gives where the key or item of a path begins; of its nearest known parent where it is not written. */
function offsetOf(root: ParsedNode | null, path: readonly PropertyKey[]): number {
  let node: unknown = root;
  let offset = root?.range[0] ?? 0;
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(part));
      if (pair === undefined) break;
      offset = (pair.key as Node).range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      const item: unknown = node.items[Number(part)];
      if (!isNode(item)) break;
      offset = item.range?.[0] ?? offset;
      node = item;
    } else break;
  }
  return offset;
}
