/** Runs the built desktop program on real Electron, where its binary and a display exist. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { _electron } from 'playwright-core';
import { findElectron, hasDisplay } from '../../scripts/lib/electron.mjs';
import type { DesktopKind, DesktopLaunch, DesktopUnderTest } from './desktop-under-test.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

function whyMissing(): string | undefined {
  if (findElectron() === null) return "Electron's program is not installed";
  if (!hasDisplay()) return 'there is no display';
  if (!existsSync(join(root, 'out', 'main', 'main.js')))
    return 'the desktop is not built: run "npm run build"';
  return undefined;
}

export class RealElectron implements DesktopKind {
  readonly name = 'Electron';
  readonly missing = whyMissing();

  async launch(options: DesktopLaunch = {}): Promise<DesktopUnderTest> {
    const dataFolder = options.dataFolder ?? mkdtempSync(join(tmpdir(), 'sextant-desktop-'));
    // Chromium refuses its own sandbox as root, which build machines often are.
    const isRoot = process.getuid?.() === 0;
    const program = await _electron.launch({
      executablePath: findElectron() ?? '',
      cwd: root,
      args: [root, '--data', dataFolder, ...(isRoot ? ['--no-sandbox'] : []), ...(options.args ?? [])],
    });
    const exitCode = new Promise<number>((resolve) => {
      program.process().once('exit', (code) => resolve(code ?? 1));
    });
    return {
      dataFolder,
      exitCode,
      evaluate: (run, value) => program.evaluate(run as never, value) as never,
      page: async () => {
        await program.firstWindow();
        const page = program.windows().findLast((window) => !window.isClosed());
        return page ?? program.waitForEvent('window');
      },
      close: async () => {
        await program.evaluate(({ app }) => app.quit()).catch(() => undefined); // It may have ended already.
        await exitCode;
        if (options.dataFolder === undefined) rmSync(dataFolder, { recursive: true, force: true });
      },
    };
  }

  async dispose(): Promise<void> {
    await Promise.resolve();
  }
}
