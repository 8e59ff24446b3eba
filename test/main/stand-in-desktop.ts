/** Runs the real main process of the desktop in this process, on the stand-in, with a real Chromium page. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type * as Electron from 'electron';
import { type BrowserContext, chromium } from 'playwright-core';
import { startDesktop } from '../../src/main/start-desktop.ts';
import { patienceMs } from '../patience.ts';
import { bundlePreload } from './bundle-preload.ts';
import type { DesktopKind, DesktopLaunch, DesktopUnderTest } from './desktop-under-test.ts';
import { ChromiumPages } from './electron-stand-in/chromium-pages.ts';
import * as standIn from './electron-stand-in/index.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const programs = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const browserFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Path of a Chromium-family browser, or undefined. */
export function findChromium(): string | undefined {
  return [process.env['SEXTANT_CHROMIUM'], ...programs].find(
    (path) => path !== undefined && existsSync(path),
  );
}

/** A page that only says it is there, for where the renderer has not been built. */
function tinyRoot(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sextant-root-'));
  mkdirSync(join(folder, 'out', 'renderer'), { recursive: true });
  writeFileSync(
    join(folder, 'out', 'renderer', 'index.html'),
    '<!doctype html><title>Sextant</title><div id="root">ready</div>',
  );
  return folder;
}

export const isRendererBuilt = existsSync(join(root, 'out', 'renderer', 'index.html'));

/** Waits until something holds; looked at often, given up after a bound. */
export async function until<Value>(
  what: string,
  look: () => Value | undefined | false | null,
): Promise<Value> {
  const endMs = performance.now() + patienceMs;
  for (;;) {
    const value = look();
    if (value !== undefined && value !== false && value !== null) return value;
    if (performance.now() > endMs) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export class StandInDesktop implements DesktopKind {
  readonly name = 'stand-in';
  readonly missing = findChromium() === undefined ? 'no Chromium is installed' : undefined;
  private context: BrowserContext | undefined;
  private profile: string | undefined;
  private preload: string | undefined;
  private readonly tiny: string | undefined = isRendererBuilt ? undefined : tinyRoot();

  async launch(options: DesktopLaunch = {}): Promise<DesktopUnderTest & { readonly pages: ChromiumPages }> {
    this.preload ??= await bundlePreload();
    this.profile ??= mkdtempSync(join(tmpdir(), 'sextant-chromium-'));
    this.context ??= await chromium.launchPersistentContext(this.profile, {
      executablePath: findChromium() ?? '',
      headless: true,
      viewport: { width: 1440, height: 900 },
      args: browserFlags,
    });
    const dataFolder = options.dataFolder ?? mkdtempSync(join(tmpdir(), 'sextant-desktop-'));
    standIn.resetElectron();
    if (this.tiny !== undefined) standIn.app.appPath = this.tiny;
    const pages = new ChromiumPages(this.context, this.preload);
    standIn.pages.open = (contents, address) => pages.open(contents, address);
    const exitCode = new Promise<number>((resolve) => standIn.app.once('stand-in-exit', resolve));
    await startDesktop({
      args: ['--data', dataFolder, ...(options.args ?? [])],
      environment: {},
      platform: 'linux',
      homeFolder: dataFolder,
    });
    return {
      dataFolder,
      exitCode,
      pages,
      evaluate: async (run, value) => run(standIn as unknown as typeof Electron, value as never),
      page: async () => {
        const contents = await until('a window with its page', () => {
          const [window] = standIn.BrowserWindow.getAllWindows();
          return pages.opened.find((opened) => opened.contents === window?.webContents);
        });
        return contents.page;
      },
      close: async () => {
        if (standIn.app.exitCode === undefined) standIn.app.quit();
        await exitCode;
        if (options.dataFolder === undefined) rmSync(dataFolder, { recursive: true, force: true });
      },
    };
  }

  async dispose(): Promise<void> {
    await this.context?.close();
    for (const folder of [this.profile, this.tiny]) {
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    }
  }
}
