/** The preload script as it ships, bundled from the sources as they are now. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Rolldown } from 'vite';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Bundles the preload script as the desktop's build does, from the sources as they are now. */
export async function bundlePreload(): Promise<string> {
  const result = (await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      minify: false,
      lib: { entry: join(root, 'src/preload/preload.ts'), formats: ['cjs'] },
      rolldownOptions: { external: ['electron'] },
    },
  })) as Rolldown.RolldownOutput[];
  const [output] = result;
  const [chunk, ...more] = output?.output ?? [];
  if (chunk?.type !== 'chunk' || more.length > 0) throw new Error('the preload script must be one file');
  return chunk.code;
}
