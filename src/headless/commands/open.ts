/** `open`, and no command at all: the terminal in a window, served by a running host or by a new one. */

import { join } from 'node:path';
import { callHostPath } from '../../adapters/http/http-client.ts';
import { ApiError } from '../../shared/api/result.ts';
import type { CommandContext } from '../cli/context.ts';
import { runningHost } from '../connection/call-terminal.ts';
import { findBrowser, openInBrowser } from '../host/open-window.ts';
import type { RunFlags } from '../host/run-flags.ts';

/** Opens the terminal and gives the exit code; with a new host that is when it ends. */
export async function openTerminal(context: CommandContext, flags: RunFlags): Promise<number> {
  const host = await runningHost(context.dataFolder);
  if (host !== undefined) {
    const answer = await callHostPath(host, 'host/browser-address', {});
    if (!answer.ok)
      throw new ApiError(answer.code, answer.message, { field: answer.field, hint: answer.hint });
    const { address } = answer.value as { address: string };
    show(context, address);
    context.output.result({ host: 'running', address }, () => `Terminal: ${address}`);
    return 0;
  }
  const { runHost } = await import('../host/run-host.ts');
  return runHost(
    context,
    { ...flags, serve: true },
    { onReady: (served) => show(context, served.browserAddress()) },
  );
}

/** Shows an address and says in one line how. */
function show(context: CommandContext, address: string): void {
  const { output, dataFolder, environment } = context;
  const browser = findBrowser({
    platform: process.platform,
    environment,
    profileFolder: join(dataFolder, 'browser'),
  });
  if (browser === undefined) {
    output.talk(
      'There is no browser or display here: open the address above yourself (it works once, for five minutes).',
    );
    return;
  }
  output.talk(
    browser.kind === 'app-window'
      ? `Opening a window with ${browser.program}.`
      : 'Opening the default browser.',
  );
  openInBrowser(browser, address, (reason) => {
    output.talk(`The browser did not open (${reason}): open the address above yourself.`);
  });
}
