/** The stand-in terminal behind the real HTTP host, with the built page. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ServedTerminal, serveTerminal } from '../../../src/adapters/http/serve-terminal.ts';
import { createLogger } from '../../../src/adapters/logging/logger.ts';
import { type MockOptions, MockTerminal } from './mock-terminal.ts';

const builtPages = fileURLToPath(new URL('../../../out/renderer', import.meta.url));
const quiet: MockOptions = {
  instruments: 10,
  candles: 1500,
  journalRows: 400,
  quotesPerSecond: 60,
  batchesPerSecond: 20,
};

export interface MockHost {
  readonly terminal: MockTerminal;
  /** Makes an address that signs one browser in. */
  browserAddress(): string;
  /** Stops serving as if the host had died; `restart` serves again on the same port. */
  cut(): Promise<void>;
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** Starts the stand-in on a free loopback port. */
export async function startMockHost(options: Partial<MockOptions> = {}): Promise<MockHost> {
  const folder = mkdtempSync(join(tmpdir(), 'sextant-mock-'));
  const log = createLogger({ dataFolder: folder, nowMs: () => Date.now(), level: 'error' });
  const terminal = new MockTerminal({ ...quiet, ...options });
  const serve = (port: number): Promise<ServedTerminal> =>
    serveTerminal(terminal, { port, requestsPerTenSecondsMax: 10_000, log, pagesFolder: builtPages });
  let served = await serve(0);
  const { port } = served;
  return {
    terminal,
    browserAddress: () => served.browserAddress(),
    cut: () => served.close(),
    async restart() {
      served = await serve(port);
    },
    async close() {
      terminal.stop();
      await served.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
