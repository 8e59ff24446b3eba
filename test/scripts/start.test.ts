/** `npm start` opens the terminal only when nothing else is asked for. */
import { expect, test } from 'vitest';
import { hasDisplay } from '../../scripts/lib/electron.mjs';
import { opensTerminal } from '../../scripts/lib/start-arguments.mjs';

test.each([
  [[], true],
  [['--demo'], true],
  [['--data', 'folder'], true],
  [['--data=folder', '--log-level', 'debug'], true],
  [['status'], false],
  [['--data', 'folder', 'status', '--json'], false],
  [['--no-ui', '--demo', '--for', '60s'], false],
  [['--demo', '--serve'], false],
  [['--help'], false],
  [['--version'], false],
])('%j opens the terminal: %s', (args, expected) => {
  expect(opensTerminal(args)).toBe(expected);
});

test.each([
  ['linux', {}, false],
  ['linux', { DISPLAY: ':0' }, true],
  ['linux', { DISPLAY: '' }, false],
  ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, true],
  ['darwin', {}, true],
  ['win32', {}, true],
] as const)('%s with %j has a display: %s', (platform, env, expected) => {
  expect(hasDisplay(env, platform)).toBe(expected);
});
