/** One face over the two ways to run the desktop program: the stand-in with a Chromium page, and real Electron. */
import type * as Electron from 'electron';
import type { Page } from 'playwright-core';

export interface DesktopUnderTest {
  readonly dataFolder: string;
  /** Runs a function beside the main process, with its `electron` module. It must not use names from outside. */
  evaluate<Result, Value = undefined>(
    run: (electron: typeof Electron, value: Value) => Result | Promise<Result>,
    value?: Value,
  ): Promise<Result>;
  /** The page of the window there is now. */
  page(): Promise<Page>;
  /** Settles when the program has ended. */
  readonly exitCode: Promise<number>;
  /** Ends it, whatever it does. */
  close(): Promise<void>;
}

export interface DesktopLaunch {
  readonly args?: readonly string[];
  readonly dataFolder?: string;
}

/** A way to run it, with why it cannot be used here. */
export interface DesktopKind {
  readonly name: string;
  readonly missing: string | undefined;
  launch(options?: DesktopLaunch): Promise<DesktopUnderTest>;
  /** Lets go of what all launches share. */
  dispose(): Promise<void>;
}
