/** The window comes back where it was, but never where nobody can reach it. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLog } from '../../src/adapters/logging/log-port.ts';
import {
  placeWindow,
  readWindowState,
  windowSizeMin,
  writeWindowState,
} from '../../src/main/window-state.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sextant-window-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const laptop = { x: 0, y: 25, width: 1440, height: 875 };
const second = { x: 1440, y: 0, width: 2560, height: 1440 };
const at = (x: number, y: number, width = 1200, height = 800) => ({
  x,
  y,
  width,
  height,
  isMaximized: false,
});

test('what was written is read', () => {
  const state = { ...at(10, 20), isMaximized: true };
  writeWindowState(folder, state, silentLog);
  expect(readWindowState(folder, silentLog)).toEqual(state);
  expect(statSync(join(folder, 'window-state.json')).mode & 0o777).toBe(0o600);
});

test.each([
  ['nothing', undefined],
  ['no JSON', '{"x":'],
  ['a text', '"window"'],
  ['a missing field', '{"x":1,"y":2,"width":100,"height":100}'],
  ['a fraction', '{"x":1.5,"y":2,"width":100,"height":100,"isMaximized":false}'],
  ['a huge number', '{"x":1e400,"y":2,"width":100,"height":100,"isMaximized":false}'],
  ['no size', '{"x":1,"y":2,"width":0,"height":100,"isMaximized":false}'],
  ['a huge file', `{"x":1,${' '.repeat(20_000)}"y":2,"width":100,"height":100,"isMaximized":false}`],
])('%s is no place', (_name, text) => {
  if (text !== undefined) writeFileSync(join(folder, 'window-state.json'), text);
  expect(readWindowState(folder, silentLog)).toBeUndefined();
});

test('a folder that cannot be written does not stop the program', () => {
  expect(() => writeWindowState(join(folder, 'never'), at(0, 0), silentLog)).not.toThrow();
});

test('a failed write leaves the old place whole', () => {
  writeWindowState(folder, at(1, 2), silentLog);
  const text = readFileSync(join(folder, 'window-state.json'), 'utf8');
  expect(JSON.parse(text)).toEqual(at(1, 2));
  expect(text.endsWith('\n')).toBe(true);
});

test.each([
  ['the first start', undefined, [laptop], { width: 1440, height: 875, isMaximized: false }],
  ['on the first screen', at(100, 100), [laptop], at(100, 100)],
  ['on the second screen', at(1600, 200), [laptop, second], at(1600, 200)],
  ['the second screen is gone', at(1600, 200), [laptop], { width: 1200, height: 800, isMaximized: false }],
  [
    'its title is above the screen',
    at(100, -200),
    [laptop],
    { width: 1200, height: 800, isMaximized: false },
  ],
  ['its title is under the menu bar', at(100, 0), [laptop], { width: 1200, height: 800, isMaximized: false }],
  ['its title is below the screen', at(100, 890), [laptop], { width: 1200, height: 800, isMaximized: false }],
  [
    'only a sliver is on the screen',
    at(1400, 100),
    [laptop],
    { width: 1200, height: 800, isMaximized: false },
  ],
  ['enough is on the screen to grab it', at(1300, 100), [laptop], at(1300, 100)],
  ['it hangs out on the left', at(-1000, 100), [laptop], at(-1000, 100)],
  ['it is larger than the screen', at(0, 100, 4000, 3000), [laptop], at(0, 100, 1440, 875)],
  ['it is smaller than the least', at(0, 100, 200, 100), [laptop], at(0, 100, 960, 600)],
  [
    'it is too small to be grabbed',
    at(0, 100, 10, 10),
    [laptop],
    { width: 960, height: 600, isMaximized: false },
  ],
])('%s', (_name, state, screens, place) => {
  expect(placeWindow(state, screens)).toEqual(place);
});

test('wherever it was and whatever screens there are, it can be grabbed or is centred', () => {
  const pixel = fc.integer({ min: -10_000, max: 10_000 });
  const size = fc.integer({ min: 1, max: 8_000 });
  const area = fc.record({
    x: pixel,
    y: pixel,
    width: fc.integer({ min: 640, max: 5120 }),
    height: fc.integer({ min: 480, max: 2880 }),
  });
  const state = fc.record({ x: pixel, y: pixel, width: size, height: size, isMaximized: fc.boolean() });
  fc.assert(
    fc.property(state, fc.array(area, { minLength: 1, maxLength: 4 }), (remembered, areas) => {
      const place = placeWindow(remembered, areas);
      expect(place.width).toBeGreaterThanOrEqual(windowSizeMin.width);
      expect(place.height).toBeGreaterThanOrEqual(windowSizeMin.height);
      if (place.x === undefined || place.y === undefined) return;
      const { x, y } = place;
      const reachable = areas.some(
        (screen) =>
          y >= screen.y &&
          y < screen.y + screen.height &&
          x < screen.x + screen.width &&
          x + remembered.width > screen.x,
      );
      expect(reachable).toBe(true);
    }),
  );
});
