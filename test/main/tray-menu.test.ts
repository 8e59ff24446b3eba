/** Tray, menu, closing and power: what they show and do, with and without a tray on the desktop. */
import type { MenuItemConstructorOptions } from 'electron';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { silentLog } from '../../src/adapters/logging/log-port.ts';
import { chooseAtClose } from '../../src/main/close-policy.ts';
import { DesktopSettings } from '../../src/main/desktop-settings.ts';
import { menuTemplate } from '../../src/main/menu.ts';
import { watchPower } from '../../src/main/power.ts';
import { tradingActions } from '../../src/main/trading-actions.ts';
import { startTray } from '../../src/main/tray.ts';
import type { ApiTransport } from '../../src/shared/api/client.ts';
import { powerMonitor, resetElectron, seen } from './electron-stand-in/index.ts';

vi.mock('electron', () => import('./electron-stand-in/index.ts'));

beforeEach(() => {
  resetElectron();
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  resetElectron();
});

/** A host with three bots that remembers what it was told. */
function host() {
  const calls: [string, unknown][] = [];
  const bots = [
    { id: 'b1', state: 'RUNNING' },
    { id: 'b2', state: 'PAUSED' },
    { id: 'b3', state: 'RUNNING' },
  ];
  const state = { risk: 'ACTIVE', settings: {} as Record<string, unknown>, failing: new Set<string>() };
  const client = {
    call: async (name: string, request: { bot?: string; key?: string; value?: unknown }) => {
      calls.push([name, request]);
      if (state.failing.has(name))
        return { ok: false, code: 'refused', message: `${name} is refused`, hint: 'Try again.' };
      if (name === 'bots/pause') for (const bot of bots) if (bot.id === request.bot) bot.state = 'PAUSED';
      if (name === 'risk/halt') state.risk = 'HALTED';
      if (name === 'settings/set') state.settings[request.key ?? ''] = request.value;
      const value: Record<string, unknown> = {
        'system/status': { mode: 'demo', bots, risk: { state: state.risk, openOrders: 12 } },
        'bots/list': { bots },
        'settings/get': { settings: state.settings },
      };
      return { ok: true, value: value[name] ?? {} };
    },
  } as unknown as Pick<ApiTransport, 'call'>;
  return { calls, client, state, actions: tradingActions(async () => client, silentLog) };
}

const item = (template: readonly MenuItemConstructorOptions[], label: string) => {
  const found = template.find((one) => one.label === label);
  if (found === undefined)
    throw new Error(`no item ${label} among ${template.map((one) => one.label).join(', ')}`);
  return found;
};
const click = (one: MenuItemConstructorOptions) => (one.click as () => void)();

describe('tray', () => {
  async function tray() {
    const made = host();
    const settings = new DesktopSettings(made.client, silentLog);
    await settings.load();
    const show = vi.fn();
    const quit = vi.fn();
    const keeper = startTray({
      client: made.client,
      actions: made.actions,
      settings,
      resources: 'resources',
      show,
      quit,
      log: silentLog,
    });
    await vi.advanceTimersByTimeAsync(0);
    const template = () => seen.trays[0]?.menu?.template ?? [];
    return { ...made, settings, show, quit, keeper, template };
  }

  test('says mode, risk, bots and orders', async () => {
    const { template } = await tray();
    expect(template().slice(0, 2)).toEqual([
      { label: 'DEMO · ACTIVE', enabled: false },
      { label: '2 of 3 bots running, 12 open orders', enabled: false },
    ]);
    expect(seen.trays[0]?.toolTip).toBe('Sextant: DEMO · ACTIVE, 2 of 3 bots running, 12 open orders');
  });

  test('pauses every running bot and says so', async () => {
    const { template, calls } = await tray();
    click(item(template(), 'Pause all bots'));
    await vi.advanceTimersByTimeAsync(0);
    expect(calls.filter(([name]) => name === 'bots/pause')).toEqual([
      ['bots/pause', { bot: 'b1' }],
      ['bots/pause', { bot: 'b3' }],
    ]);
    expect(template()[1]?.label).toBe('0 of 3 bots running, 12 open orders');
  });

  test('halts everything at once, without a question', async () => {
    const { template, calls } = await tray();
    click(item(template(), 'HALT everything'));
    await vi.advanceTimersByTimeAsync(0);
    expect(calls.find(([name]) => name === 'risk/halt')?.[1]).toMatchObject({
      scope: { kind: 'all' },
      state: 'HALTED',
    });
    expect(seen.messageBoxes).toEqual([]);
    expect(template()[0]?.label).toBe('DEMO · HALTED');
  });

  test('a halt that is refused is told', async () => {
    const { template, state } = await tray();
    state.failing.add('risk/halt');
    click(item(template(), 'HALT everything'));
    await vi.advanceTimersByTimeAsync(0);
    expect(seen.messageBoxes).toMatchObject([
      { type: 'error', message: 'HALT failed', detail: 'risk/halt is refused Try again.' },
    ]);
  });

  test('shows, quits, and stays when switched on', async () => {
    const { template, show, quit, settings, state } = await tray();
    click(item(template(), 'Show Sextant'));
    seen.trays[0]?.emit('click');
    click(item(template(), 'Quit'));
    expect(show).toHaveBeenCalledTimes(2);
    expect(quit).toHaveBeenCalledOnce();
    const stay = 'Keep running when the window is closed';
    expect(item(template(), stay).checked).toBe(false);
    click(item(template(), stay));
    await vi.advanceTimersByTimeAsync(0);
    expect(settings.closeToTray).toBe(true);
    expect(item(template(), stay).checked).toBe(true);
    expect(state.settings).toEqual({ 'desktop.closeToTray': true });
  });

  test('an unchanged menu is not replaced under the hand of who uses it', async () => {
    const { state } = await tray();
    const menu = seen.trays[0]?.menu;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(seen.trays[0]?.menu).toBe(menu);
    state.risk = 'REDUCING';
    await vi.advanceTimersByTimeAsync(2_000);
    expect(seen.trays[0]?.menu).not.toBe(menu);
  });

  test('an engine that does not answer is said, not hidden', async () => {
    const { state, template } = await tray();
    state.failing.add('system/status');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(template()[0]?.label).toBe('The engine does not answer');
  });

  test('goes away at the end', async () => {
    const { keeper } = await tray();
    keeper.dispose();
    expect(seen.trays[0]?.isDestroyed()).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('a desktop without a tray works without it', async () => {
    seen.trayError = new Error('no status notifier');
    const { keeper } = await tray();
    expect(keeper.isThere).toBe(false);
    await keeper.refresh();
    keeper.dispose();
    expect(seen.trays).toEqual([]);
  });
});

describe('closing the window', () => {
  const facts = { closeToTray: false, hasTray: true, isBusy: false, platform: 'linux' as const };
  test.each([
    ['idle', {}, 'quit'],
    ['switched on, idle', { closeToTray: true }, 'hide'],
    ['switched on, busy', { closeToTray: true, isBusy: true }, 'hide'],
    ['switched on, but there is no tray', { closeToTray: true, hasTray: false }, 'quit'],
    ['on macOS', { platform: 'darwin' as const, isBusy: true }, 'hide'],
  ])('%s: %s', async (_name, more, choice) => {
    expect(await chooseAtClose({ ...facts, ...more })).toBe(choice);
    expect(seen.messageBoxes).toEqual([]);
  });

  test.each([
    ['busy, cancelled', true, 0, 'stay', ['Cancel', 'Keep Running in the Tray', 'Quit']],
    ['busy, to the tray', true, 1, 'hide', ['Cancel', 'Keep Running in the Tray', 'Quit']],
    ['busy, quit', true, 2, 'quit', ['Cancel', 'Keep Running in the Tray', 'Quit']],
    ['busy without a tray, cancelled', false, 0, 'stay', ['Cancel', 'Quit']],
    ['busy without a tray, quit', false, 1, 'quit', ['Cancel', 'Quit']],
  ])('%s', async (_name, hasTray, button, choice, buttons) => {
    seen.answers.push(button);
    expect(await chooseAtClose({ ...facts, hasTray, isBusy: true })).toBe(choice);
    expect(seen.messageBoxes[0]?.buttons).toEqual(buttons);
  });
});

describe('menu', () => {
  const template = (more: object = {}) =>
    menuTemplate({
      platform: 'linux',
      hasDeveloperTools: false,
      actions: host().actions,
      checkForUpdates: undefined,
      quit: () => undefined,
      ...more,
    });
  const labels = (of: readonly MenuItemConstructorOptions[]) =>
    of.flatMap((one) => [
      one.label ?? one.role,
      ...((one.submenu as MenuItemConstructorOptions[]) ?? []).map((inner) => inner.label ?? inner.role),
    ]);

  test('a packaged program has no developer tools and no reload', () => {
    expect(labels(template())).not.toEqual(expect.arrayContaining(['toggleDevTools']));
    expect(labels(template())).not.toEqual(expect.arrayContaining(['reload']));
    expect(labels(template({ hasDeveloperTools: true }))).toEqual(
      expect.arrayContaining(['reload', 'toggleDevTools']),
    );
  });

  test('updates are offered only where there is a feed', () => {
    expect(labels(template())).not.toContain('Check for Updates…');
    expect(labels(template({ checkForUpdates: () => undefined }))).toContain('Check for Updates…');
  });

  test('macOS has its own first menu', () => {
    expect(template({ platform: 'darwin' })[0]?.label).toBe('Sextant');
  });

  test('the shortcut of HALT is the page’s: it is shown, not taken', () => {
    const trading = template().find((one) => one.label === 'Trading')
      ?.submenu as MenuItemConstructorOptions[];
    expect(item(trading, 'HALT Everything')).toMatchObject({
      accelerator: 'CmdOrCtrl+Shift+H',
      registerAccelerator: false,
    });
  });
});

describe('power', () => {
  const terminal = () => ({ isBusy: false, onSuspend: vi.fn(), onResume: vi.fn() });

  test('the machine is kept awake exactly while the terminal is busy', () => {
    const busy = terminal();
    const power = watchPower(busy, silentLog);
    expect([...seen.blockers.values()]).toEqual([]);
    busy.isBusy = true;
    vi.advanceTimersByTime(1_000);
    expect([...seen.blockers.values()]).toEqual(['prevent-app-suspension']);
    vi.advanceTimersByTime(10_000);
    expect(seen.blockers.size).toBe(1);
    busy.isBusy = false;
    vi.advanceTimersByTime(1_000);
    expect(seen.blockers.size).toBe(0);
    busy.isBusy = true;
    power.look();
    expect(seen.blockers.size).toBe(1);
    power.dispose();
    expect(seen.blockers.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('sleep and waking reach the engine until the end', () => {
    const heard = terminal();
    const power = watchPower(heard, silentLog);
    powerMonitor.emit('suspend');
    powerMonitor.emit('resume');
    expect(heard.onSuspend).toHaveBeenCalledOnce();
    expect(heard.onResume).toHaveBeenCalledOnce();
    power.dispose();
    powerMonitor.emit('resume');
    expect(heard.onResume).toHaveBeenCalledOnce();
  });
});
