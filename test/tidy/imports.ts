/** The import rules of the architecture: which layer may see which, and who may see the outside. */
import { posix } from 'node:path';
import { type Finding, type SourceFile, type TextFile, withoutExcused } from './source.ts';

/** The layers of src/, each with the layers it may import besides itself. */
export const allowedLayers: Readonly<Record<string, readonly string[]>> = {
  shared: [],
  engine: ['shared'],
  strategies: ['shared', 'engine'],
  adapters: ['shared', 'engine'],
  app: ['shared', 'engine', 'strategies', 'adapters'],
  headless: ['shared', 'engine', 'strategies', 'adapters', 'app'],
  main: ['shared', 'engine', 'strategies', 'adapters', 'app'],
  preload: ['shared'],
  renderer: ['shared'],
};

/** Packages without any view of the outside, which the deterministic layers may use. */
const purePackages = ['zod', '@noble/hashes'];
const pureLayers = new Set(['shared', 'engine', 'strategies']);
const nodeLayers = new Set(['adapters', 'app', 'headless', 'main']);
const electronLayers = new Set(['main', 'preload']);

const layerOf = (file: string): string | undefined => /^src\/([^/]+)\//.exec(file)?.[1];
const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

/** The file a relative specifier names, by path from the root. */
export const resolveFrom = (file: string, specifier: string): string =>
  posix.join(posix.dirname(file), specifier.replace(/[?#].*$/, ''));

function judge(layer: string, file: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) {
    const target = resolveFrom(file, specifier);
    const targetLayer = layerOf(target);
    if (targetLayer === undefined) {
      return target === 'package.json'
        ? undefined
        : `src/ may not import ${target}: move what is needed into src/`;
    }
    if (targetLayer === layer || allowedLayers[layer]?.includes(targetLayer)) return undefined;
    const allowed = allowedLayers[layer]?.join(', ') || 'nothing else';
    return `src/${layer} may not import src/${targetLayer} (it may import: ${allowed})`;
  }
  if (specifier.startsWith('node:')) {
    return nodeLayers.has(layer)
      ? undefined
      : `src/${layer} may not import ${specifier}: put it behind a port`;
  }
  const name = packageOf(specifier);
  if (name === 'electron' && !electronLayers.has(layer)) {
    return `src/${layer} may not import electron: only src/main and src/preload do`;
  }
  if (pureLayers.has(layer) && !purePackages.includes(name)) {
    return `src/${layer} may not import ${name}: only ${purePackages.join(', ')} are known to be pure`;
  }
  return undefined;
}

/** Imports of one source file that point the wrong way, or out of src/. */
export function wrongImports(source: SourceFile): Finding[] {
  const layer = layerOf(source.file);
  if (layer === undefined) return [];
  if (!(layer in allowedLayers)) {
    return [{ file: source.file, line: 1, message: `src/${layer} is no layer of the architecture` }];
  }
  const findings = source.requests.flatMap(({ specifier, line }) => {
    const message = judge(layer, source.file, specifier);
    return message === undefined ? [] : [{ file: source.file, line, message }];
  });
  return withoutExcused(source.text, findings);
}

/** The native core must be usable without Node: no napi in its manifest or its sources. */
export function napiInCore({ file, text }: TextFile): Finding[] {
  if (!file.startsWith('native/crates/core/') || !/\.(rs|toml)$/.test(file)) return [];
  return text.split('\n').flatMap((line, index) => {
    const code = line.replace(/(\/\/|#(?!\[)).*$/, '');
    if (!/\bnapi(_derive|-derive|_build|-build)?\b/.test(code)) return [];
    const message = 'native/crates/core knows no napi: put it into native/crates/binding';
    return [{ file, line: index + 1, message }];
  });
}
