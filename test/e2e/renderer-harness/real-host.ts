/** The real terminal in demo mode, serving the built page from this process: what the page is developed and looked at with. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serveTerminal } from '../../../src/adapters/http/serve-terminal.ts';
import { createLogger } from '../../../src/adapters/logging/logger.ts';
import { createTerminal } from '../../../src/app/create-terminal.ts';
import { defaultConfig } from '../../../src/shared/config/schema.ts';

export const builtPages: string = fileURLToPath(new URL('../../../out/renderer', import.meta.url));

export interface RealHost {
  /** Signs one browser in. */
  readonly browserAddress: string;
  close(): Promise<void>;
}

/** Starts a demo terminal with a fixed seed in a folder of its own, which is removed at the end. */
export async function startRealHost(options: {
  speed: number;
  demoBots: boolean;
  seed?: string;
}): Promise<RealHost> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'sextant-ui-'));
  const log = createLogger({ dataFolder, nowMs: () => Date.now(), level: 'info' });
  const terminal = await createTerminal({
    config: defaultConfig(),
    dataFolder,
    seed: options.seed ?? 'renderer-harness',
    speed: options.speed,
    demoBots: options.demoBots ? 'running' : 'none',
    log,
  });
  const served = await serveTerminal(terminal, {
    port: 0,
    requestsPerTenSecondsMax: 10_000,
    log,
    pagesFolder: builtPages,
  });
  return {
    browserAddress: served.browserAddress(),
    async close() {
      await served.close();
      await terminal.stop('the harness is done');
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}
