/** What the tests of the whole desktop share: every way to run it, and how a test talks to its page. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, describe, test } from 'vitest';
import type { ApiTransport } from '../../src/shared/api/client.ts';
import type { MethodName } from '../../src/shared/api/contract.ts';
import type { DesktopKind, DesktopLaunch, DesktopUnderTest } from './desktop-under-test.ts';
import { RealElectron } from './real-electron.ts';
import { StandInDesktop } from './stand-in-desktop.ts';

declare global {
  interface Window {
    readonly sextant?: ApiTransport;
  }
}

/** What a story gets: its own `it`, and desktops that are closed after each test. */
export interface Stage {
  readonly it: typeof test;
  /** Starts the demo, unless other arguments are given. */
  launch(options?: DesktopLaunch): Promise<DesktopUnderTest>;
  /** A data folder that outlives a desktop, removed after the test. */
  freshFolder(): string;
}

const demo = ['--demo', '--seed', 'desktop'];

/** Tells a story on the stand-in and on real Electron; says plainly where one of them is not to be had. */
export function onEachDesktop(tell: (stage: Stage) => void): void {
  const kinds: readonly DesktopKind[] = [new StandInDesktop(), new RealElectron()];
  for (const kind of kinds) {
    if (kind.missing !== undefined) process.stderr.write(`Not run on ${kind.name}: ${kind.missing}.\n`);
    describe(`on ${kind.name}`, () => {
      const running: DesktopUnderTest[] = [];
      const folders: string[] = [];
      afterEach(async () => {
        for (const desktop of running.splice(0)) await desktop.close();
        for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
      });
      afterAll(() => kind.dispose());
      tell({
        it: test.runIf(kind.missing === undefined) as typeof test,
        async launch(options = {}) {
          const desktop = await kind.launch({ args: demo, ...options });
          running.push(desktop);
          return desktop;
        },
        freshFolder() {
          const folder = mkdtempSync(join(tmpdir(), 'sextant-kept-'));
          folders.push(folder);
          return folder;
        },
      });
    });
  }
}

/** What the bridge answers, as far as tests look at it. */
export interface Answer {
  readonly ok: boolean;
  readonly code?: string;
  readonly message?: string;
  readonly value?: Readonly<Record<string, never>>;
}

/** Calls a method the way the page does. */
export const call = (page: Page, name: MethodName, request: unknown = {}): Promise<Answer> =>
  page.evaluate(([method, sent]) => window.sextant?.call(method, sent as never) as Promise<Answer>, [
    name,
    request,
  ] as const);

/** Gives the status as far as tests look at it. */
export const statusOf = async (page: Page) => {
  const answer = await call(page, 'system/status');
  return answer.value as unknown as { uptimeMs: number; auditSequence: number; bots: { state: string }[] };
};

/** Answers every dialog from now on with the button of this number, and gives how to count them. */
export const answerDialogs = (desktop: DesktopUnderTest, button: number) =>
  desktop.evaluate(({ dialog }, response) => {
    const shared = globalThis as { dialogsShown?: string[] };
    shared.dialogsShown = [];
    dialog.showMessageBox = async (...given: unknown[]) => {
      shared.dialogsShown?.push((given.at(-1) as { message: string }).message);
      return { response, checkboxChecked: false };
    };
  }, button);
/** Messages of the dialogs shown since then. */
export const shownDialogs = (desktop: DesktopUnderTest) =>
  desktop.evaluate(() => (globalThis as { dialogsShown?: string[] }).dialogsShown ?? []);
