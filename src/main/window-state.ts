/** Where the window was: remembered in the data folder, and put back only where a screen can show it. */

import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Rectangle } from 'electron';
import { z } from 'zod';
import type { LogPort } from '../adapters/logging/log-port.ts';

export const windowSizeMin = { width: 960, height: 600 } as const;
const windowSizeDefault = { width: 1440, height: 900 } as const;
/** How much of the title bar must be on a screen so that the window can be moved. */
const grabbable = { width: 120, height: 32 } as const;

const pixels = z.number().int().min(-100_000).max(100_000);
const storedState = z.object({
  x: pixels,
  y: pixels,
  width: pixels.min(1),
  height: pixels.min(1),
  isMaximized: z.boolean(),
});
export type WindowState = z.infer<typeof storedState>;

/** A place for the window; without x and y the system centres it. */
export interface WindowPlace {
  readonly x?: number;
  readonly y?: number;
  readonly width: number;
  readonly height: number;
  readonly isMaximized: boolean;
}

const fileName = 'window-state.json';

/** Reads the remembered place; undefined when there is none that can be read. */
export function readWindowState(dataFolder: string, log: LogPort): WindowState | undefined {
  let text: string;
  try {
    text = readFileSync(join(dataFolder, fileName), 'utf8');
  } catch {
    return undefined;
  }
  try {
    return storedState.parse(JSON.parse(text.slice(0, 10_000)));
  } catch {
    log.warn('the remembered place of the window cannot be read; the default is used');
    return undefined;
  }
}

/** Remembers the place. A failure is logged: no window is worth more than the program. */
export function writeWindowState(dataFolder: string, state: WindowState, log: LogPort): void {
  const file = join(dataFolder, fileName);
  const fresh = `${file}.new`;
  try {
    const descriptor = openSync(fresh, 'w', 0o600);
    try {
      writeSync(descriptor, `${JSON.stringify(state)}\n`);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(fresh, file);
  } catch (error) {
    log.warn('the place of the window could not be remembered', { error });
  }
}

/** Gives a place on one of the screens: the remembered one where it can be reached, else the middle of the first. */
export function placeWindow(state: WindowState | undefined, workAreas: readonly Rectangle[]): WindowPlace {
  const [primary] = workAreas;
  const fitted = (wanted: { width: number; height: number }, area: Rectangle | undefined) => ({
    width: Math.max(windowSizeMin.width, Math.min(wanted.width, area?.width ?? wanted.width)),
    height: Math.max(windowSizeMin.height, Math.min(wanted.height, area?.height ?? wanted.height)),
  });
  if (state === undefined) return { ...fitted(windowSizeDefault, primary), isMaximized: false };
  const area = workAreas.find((candidate) => isGrabbable(state, candidate));
  if (area === undefined) return { ...fitted(state, primary), isMaximized: state.isMaximized };
  return { x: state.x, y: state.y, ...fitted(state, area), isMaximized: state.isMaximized };
}

function isGrabbable(state: WindowState, area: Rectangle): boolean {
  const visibleWidth = Math.min(state.x + state.width, area.x + area.width) - Math.max(state.x, area.x);
  const titleTop = state.y;
  return (
    visibleWidth >= grabbable.width &&
    titleTop >= area.y &&
    titleTop + grabbable.height <= area.y + area.height
  );
}
