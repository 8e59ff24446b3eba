/** The real keychain library against a real Secret Service (GNOME Keyring in a private D-Bus session). */
import { spawn, spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { allFiles, leaksIn, temporaryFolder } from './support.ts';

const child = join(import.meta.dirname, 'keychain-child.ts');
const credentials = {
  apiKey: 'CANARYapiKeyQ3v9Zx7Lm2Wp8Rt5Yk1Nb4',
  secret: 'CANARYsecret/8fJ+uE2kz0QmXw6VhPa9sDg3Tc==',
};

function isInstalled(program: string): boolean {
  return process.platform === 'linux' && spawnSync('which', [program]).status === 0;
}
const hasBus = isInstalled('dbus-run-session');
const hasKeyring = hasBus && isInstalled('gnome-keyring-daemon');
if (!hasKeyring) {
  process.stderr.write(
    'keychain tests skipped: they need dbus-run-session and gnome-keyring-daemon on Linux\n',
  );
}

interface Session {
  /** `none`: no D-Bus at all; `unlocked`, `locked`: the keyring of `home` in that state. */
  readonly keyring: 'none' | 'unlocked' | 'locked';
  readonly home: string;
}

/** Runs the child in a session and gives what it printed. */
async function inSession({ keyring, home }: Session, args: readonly string[]): Promise<unknown> {
  const runtime = join(home, 'run');
  await mkdir(runtime, { recursive: true, mode: 0o700 });
  const {
    DBUS_SESSION_BUS_ADDRESS: _bus,
    DISPLAY: _x,
    WAYLAND_DISPLAY: _wayland,
    ...inherited
  } = process.env;
  const env = { ...inherited, HOME: home, XDG_RUNTIME_DIR: runtime, XDG_DATA_HOME: join(home, 'share') };
  const start = {
    none: 'exec "$@"',
    // The daemon ends with its bus, and the bus with the child.
    unlocked:
      'printf "keyring password" | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec "$@"',
    locked: 'gnome-keyring-daemon --start --components=secrets >/dev/null && exec "$@"',
  }[keyring];
  const inner = ['sh', '-c', start, 'sh', process.execPath, child, ...args];
  const [program = '', ...rest] = keyring === 'none' ? inner : ['dbus-run-session', '--', ...inner];
  const session = spawn(program, rest, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, code] = await Promise.all([
    text(session.stdout),
    text(session.stderr),
    new Promise((resolve) => session.once('close', resolve)),
  ]);
  if (code !== 0) throw new Error(`the session ended with ${String(code)}: ${stderr}`);
  expect(leaksIn(stderr, Object.values(credentials))).toEqual([]);
  return JSON.parse(stdout);
}

describe.skipIf(!hasKeyring)('OS keychain', () => {
  test('a key goes round, is invisible to another data folder, and is gone after removal', async () => {
    const home = await temporaryFolder();
    const [data, other] = [join(home, 'data'), join(home, 'other')];
    expect(await inSession({ keyring: 'unlocked', home }, ['roundtrip', data, other])).toEqual({
      kind: 'keychain',
      got: credentials,
      seenElsewhere: 'key-not-found',
      largeLength: 3430,
      afterRemove: 'key-not-found',
      left: 0,
    });
  });

  test('a key outlives its session; a locked keychain says so instead of losing it', async () => {
    const home = await temporaryFolder();
    const data = join(home, 'data');
    await inSession({ keyring: 'unlocked', home }, ['add', data]);
    expect(await inSession({ keyring: 'unlocked', home }, ['read', data])).toEqual({ got: credentials });
    expect(await inSession({ keyring: 'locked', home }, ['read', data])).toEqual({ got: 'keychain-locked' });
    // In clear nowhere: neither in our files nor in those of the keyring.
    for (const file of await allFiles(home))
      expect(leaksIn(file.content, Object.values(credentials))).toEqual([]);
  });

  test('a session bus without an unlocked keyring is not taken for a keychain', async () => {
    const home = await temporaryFolder();
    expect(await inSession({ keyring: 'locked', home }, ['probe', join(home, 'data')])).toEqual({
      usable: false,
      code: 'keychain-locked',
      open: 'no-secret-store',
    });
  });
});

describe.skipIf(process.platform !== 'linux')('no D-Bus', () => {
  test('there is no keychain: nothing falls back to the kernel keyring, which forgets at reboot', async () => {
    const home = await temporaryFolder();
    expect(await inSession({ keyring: 'none', home }, ['probe', join(home, 'data')])).toEqual({
      usable: false,
      code: 'keychain-unavailable',
      open: 'no-secret-store',
    });
    expect(await allFiles(join(home))).toEqual([]);
  });
});
