/** The local API beside the window, so that `bin/sextant status` or `halt` reach the running desktop program. */

import { removeHostFile, writeHostFile } from '../adapters/http/host-file.ts';
import { type ServedTerminal, serveTerminal } from '../adapters/http/serve-terminal.ts';
import type { LogPort } from '../adapters/logging/log-port.ts';
import type { Terminal } from '../app/terminal-types.ts';
import type { SextantConfig } from '../shared/config/schema.ts';

/** Serves on loopback, without pages; gives the function that ends it. Without a port the desktop still works. */
export async function serveLocalApi(
  terminal: Terminal,
  config: SextantConfig,
  dataFolder: string,
  log: LogPort,
): Promise<() => Promise<void>> {
  let served: ServedTerminal;
  try {
    served = await serveTerminal(terminal, { ...config.api, log });
  } catch (error) {
    log.error('the local API is not served; the command line cannot reach this window', { error });
    return async () => undefined;
  }
  const { address, port } = served;
  writeHostFile(dataFolder, { pid: process.pid, address, port, token: served.access.issueToken() });
  return async () => {
    removeHostFile(dataFolder, process.pid);
    await served.close();
  };
}
