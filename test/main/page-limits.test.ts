/** Who counts as one of our pages, where links and requests may go, and that every permission is denied. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { silentLog } from '../../src/adapters/logging/log-port.ts';
import { developmentPolicy } from '../../src/main/content-policy.ts';
import { isAllowedLink } from '../../src/main/external-links.ts';
import { lockNavigation } from '../../src/main/navigation.ts';
import { closeNetwork, isAllowedRequest } from '../../src/main/network.ts';
import { choosePages, isOwnPage, type PageOrigin } from '../../src/main/origin.ts';
import { denyPermissions } from '../../src/main/permissions.ts';
import { app, BrowserWindow, resetElectron, seen, session } from './electron-stand-in/index.ts';

vi.mock('electron', () => import('./electron-stand-in/index.ts'));

const packaged = choosePages({}, true);
const development = choosePages({ ELECTRON_RENDERER_URL: 'http://localhost:5173/' }, false);

beforeEach(async () => {
  resetElectron();
  await app.whenReady();
});
afterEach(() => resetElectron());

describe('our pages', () => {
  test.each([
    ['app://sextant/index.html', true],
    ['app://sextant/', true],
    ['app://sextant/assets/a.js?b#c', true],
    ['app://sextant.evil/index.html', false],
    ['app://evil/sextant', false],
    ['app://sextant@evil/', false],
    ['app://user:pass@sextant/', false],
    ['app://sextant:8080/', false],
    ['app:sextant', false],
    ['application://sextant/', false],
    ['https://sextant/', false],
    ['file:///app://sextant/', false],
    ['data:text/html,app://sextant/', false],
    ['about:blank', false],
    ['about:srcdoc', false],
    ['', false],
    ['http://localhost:5173/', false],
  ])('%s: %s', (address, isOurs) => {
    expect(isOwnPage(address, packaged)).toBe(isOurs);
  });

  test.each([
    ['http://localhost:5173/', true],
    ['http://localhost:5173/index.html', true],
    ['http://localhost:5174/', false],
    ['https://localhost:5173/', false],
    ['http://localhost:5173@evil/', false],
    ['http://localhost.evil:5173/', false],
    ['app://sextant/index.html', true],
  ])('in development, %s: %s', (address, isOurs) => {
    expect(isOwnPage(address, development)).toBe(isOurs);
  });

  test.each([
    ['packaged', 'http://localhost:5173/', true],
    ['not on this machine', 'http://example.com:5173/', false],
    ['only like this machine', 'http://localhost.example.com/', false],
    ['not http', 'https://localhost:5173/', false],
    ['a file', 'file:///index.html', false],
    ['no address', 'nonsense', false],
  ])('the development server does not count: %s', (_name, address, isPackaged) => {
    const pages = choosePages({ ELECTRON_RENDERER_URL: address }, isPackaged);
    expect(pages.address).toBe('app://sextant/index.html');
    expect(pages.developmentOrigin).toBeNull();
    expect(pages.hasDeveloperTools).toBe(!isPackaged);
  });
});

describe('links', () => {
  test.each([
    ['https://www.tradingview.com/', true],
    ['https://www.tradingview.com/a?b=c#d', true],
    ['https://rustup.rs/', true],
    ['http://www.tradingview.com/', false],
    ['https://tradingview.com/', false],
    ['https://www.tradingview.com.evil.example/', false],
    ['https://evil.example/www.tradingview.com', false],
    ['https://www.tradingview.com@evil.example/', false],
    ['https://user:pass@www.tradingview.com/', false],
    ['https://www.tradingview.com:8443/', false],
    ['https://www.trаdingview.com/', false], // the second a is Cyrillic
    ['file:///etc/passwd', false],
    ['javascript:alert(1)', false],
    ['smb://host/share', false],
    ['ms-msdt:/id PCWDiagnostic', false],
    ['\\\\host\\share', false],
    ['app://sextant/', false],
    ['mailto:a@example.com', false],
    ['', false],
  ])('%s: %s', (address, isAllowed) => {
    expect(isAllowedLink(address)).toBe(isAllowed);
  });
});

describe('requests of a page', () => {
  test.each<[string, PageOrigin, boolean]>([
    ['app://sextant/assets/a.js', packaged, true],
    ['data:image/png;base64,AA==', packaged, true],
    ['blob:app://sextant/0d1e', packaged, true],
    ['blob:https://evil.example/0d1e', packaged, false],
    ['https://example.com/', packaged, false],
    ['http://127.0.0.1:8080/', packaged, false],
    ['wss://stream.example.com/', packaged, false],
    ['file:///etc/passwd', packaged, false],
    ['devtools://devtools/a.js', packaged, false],
    ['nonsense', packaged, false],
    ['devtools://devtools/a.js', development, true],
    ['ws://localhost:5173/', development, true],
    ['ws://localhost:5174/', development, false],
    ['http://localhost:5173/src/a.tsx', development, true],
  ])('%s', (address, pages, isAllowed) => {
    expect(isAllowedRequest(address, pages)).toBe(isAllowed);
    closeNetwork(session.defaultSession as never, pages, silentLog);
    expect(session.defaultSession.allows(address)).toBe(isAllowed);
    expect(session.defaultSession.isSpellCheckerOn).toBe(false);
  });

  test('the policy of development allows its own socket and nothing else', () => {
    expect(developmentPolicy('http://localhost:5173')).toContain("connect-src 'self' ws://localhost:5173;");
    expect(developmentPolicy('http://localhost:5173')).not.toMatch(/\*|https:|unsafe-eval/);
  });
});

describe('navigation', () => {
  const lockedContents = () => {
    lockNavigation(packaged, silentLog);
    return new BrowserWindow({}).webContents;
  };
  test.each([
    ['to another site', 'https://example.com/', false],
    ['to a sibling host', 'app://sextant.evil/', false],
    ['to the page itself', 'app://sextant/index.html', true],
  ])('%s', (_name, address, mayGo) => {
    expect(lockedContents().wantsToGo(address, 'will-navigate')).toBe(mayGo);
  });

  test('no frame goes anywhere, no redirect is followed', () => {
    const contents = lockedContents();
    expect(contents.wantsToGo('app://sextant/index.html', 'will-frame-navigate', false)).toBe(false);
    expect(contents.wantsToGo('app://sextant/index.html', 'will-redirect')).toBe(false);
  });

  test('no webview is attached', () => {
    const contents = lockedContents();
    const preventDefault = vi.fn();
    contents.emit('will-attach-webview', { preventDefault }, {}, { src: 'https://example.com/' });
    expect(preventDefault).toHaveBeenCalledOnce();
  });

  test('contents nobody here made are locked, too; windows are denied, known links opened', () => {
    const contents = lockedContents();
    expect(contents.wantsWindow('https://www.tradingview.com/')).toBe(false);
    expect(contents.wantsWindow('https://example.com/')).toBe(false);
    expect(contents.wantsWindow('app://sextant/index.html')).toBe(false);
    expect(seen.openedLinks).toEqual(['https://www.tradingview.com/']);
  });
});

describe('permissions', () => {
  const deny = () => {
    denyPermissions(session.defaultSession as never, packaged, silentLog);
    return session.defaultSession;
  };
  const all = [
    'clipboard-read',
    'clipboard-sanitized-write',
    'display-capture',
    'fullscreen',
    'geolocation',
    'idle-detection',
    'media',
    'mediaKeySystem',
    'midi',
    'midiSysex',
    'notifications',
    'openExternal',
    'pointerLock',
    'storage-access',
    'top-level-storage-access',
    'window-management',
    'fileSystem',
    'unknown',
  ] as const;
  test.each(all)('%s is denied, asked and checked', (permission) => {
    const { handlers } = deny();
    const answer = vi.fn();
    handlers.permissionRequest?.({} as never, permission as never, answer, {
      requestingUrl: 'app://sextant/',
    } as never);
    expect(answer).toHaveBeenCalledExactlyOnceWith(false);
    expect(handlers.permissionCheck?.(null, permission as never, 'app://sextant', {} as never)).toBe(false);
  });

  test('no device, no screen, no pairing', () => {
    const { handlers } = deny();
    expect(handlers.device?.({ deviceType: 'usb', origin: 'app://sextant' } as never)).toBe(false);
    const streams = vi.fn();
    handlers.displayMedia?.({} as never, streams);
    expect(streams).toHaveBeenCalledExactlyOnceWith({});
    const pairing = vi.fn();
    handlers.bluetoothPairing?.({} as never, pairing);
    expect(pairing).toHaveBeenCalledExactlyOnceWith({ confirmed: false });
  });

  test.each([
    ['select-hid-device', 1],
    ['select-serial-port', 2],
    ['select-usb-device', 1],
  ] as const)('%s chooses nothing', (event, between) => {
    const preventDefault = vi.fn();
    const choose = vi.fn();
    deny().emit(event, { preventDefault }, ...Array.from({ length: between }, () => ({})), choose);
    expect(preventDefault).toHaveBeenCalledOnce();
    expect(choose).toHaveBeenCalledExactlyOnceWith('');
  });

  test.each([
    ['blob:app://sextant/3f0a', true],
    ['blob:https://evil.example/3f0a', false],
    ['https://example.com/a.exe', false],
    ['data:text/plain,a', false],
    ['app://sextant/index.html', false],
  ])('a download of %s: %s', (address, isAllowed) => {
    const preventDefault = vi.fn();
    deny().emit('will-download', { preventDefault }, { getURL: () => address });
    expect(preventDefault).toHaveBeenCalledTimes(isAllowed ? 0 : 1);
  });
});
