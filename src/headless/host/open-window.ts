/** Opens the terminal's address: as an app window of a Chromium-family browser, else in the default browser. */

import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

export interface WindowSurroundings {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Profile of the app window: its own, so that extensions and other sites' pages stay out. */
  readonly profileFolder: string;
}

/** A program that can show an address. */
export interface Browser {
  readonly kind: 'app-window' | 'default-browser';
  readonly program: string;
  readonly args: (address: string) => readonly string[];
}

const linuxNames = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'microsoft-edge',
  'brave-browser',
  'vivaldi',
];
const macApplications = ['Google Chrome', 'Chromium', 'Microsoft Edge', 'Brave Browser', 'Vivaldi'];
const windowsPrograms = [
  ['Google', 'Chrome', 'Application', 'chrome.exe'],
  ['Microsoft', 'Edge', 'Application', 'msedge.exe'],
  ['BraveSoftware', 'Brave-Browser', 'Application', 'brave.exe'],
  ['Chromium', 'Application', 'chrome.exe'],
];

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function onPath(name: string, environment: WindowSurroundings['environment']): string | undefined {
  if (isAbsolute(name)) return isProgram(name) ? name : undefined;
  const folders = (environment['PATH'] ?? '').split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, name)).find(isProgram);
}

/** Gives an installed Chromium-family browser, or undefined. `SEXTANT_BROWSER` names one. */
export function findChromium({
  platform,
  environment,
}: Omit<WindowSurroundings, 'profileFolder'>): string | undefined {
  const named = environment['SEXTANT_BROWSER'];
  if (named !== undefined && named !== '') return onPath(named, environment);
  if (platform === 'darwin') {
    return macApplications.map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`).find(isProgram);
  }
  if (platform === 'win32') {
    const bases = [
      environment['PROGRAMFILES'],
      environment['PROGRAMFILES(X86)'],
      environment['LOCALAPPDATA'],
    ];
    return bases
      .flatMap((base) => (base === undefined ? [] : windowsPrograms.map((parts) => join(base, ...parts))))
      .find((path) => existsSync(path));
  }
  return linuxNames.map((name) => onPath(name, environment)).find((path) => path !== undefined);
}

/** Gives what shows an address here; undefined where there is no display, no browser, or `SEXTANT_BROWSER=none`. */
export function findBrowser(surroundings: WindowSurroundings): Browser | undefined {
  const { platform, environment, profileFolder } = surroundings;
  if (environment['SEXTANT_BROWSER'] === 'none') return undefined;
  const hasDisplay =
    platform === 'darwin' ||
    platform === 'win32' ||
    Boolean(environment['DISPLAY'] || environment['WAYLAND_DISPLAY']);
  if (!hasDisplay) return undefined;
  const chromium = findChromium(surroundings);
  if (chromium !== undefined) {
    return {
      kind: 'app-window',
      program: chromium,
      args: (address) => [
        `--app=${address}`,
        `--user-data-dir=${profileFolder}`,
        '--no-first-run',
        '--no-default-browser-check',
      ],
    };
  }
  if (platform === 'darwin')
    return { kind: 'default-browser', program: '/usr/bin/open', args: (address) => [address] };
  if (platform === 'win32') {
    return { kind: 'default-browser', program: 'explorer.exe', args: (address) => [address] };
  }
  const opener = onPath('xdg-open', environment);
  return opener === undefined
    ? undefined
    : { kind: 'default-browser', program: opener, args: (address) => [address] };
}

/** Starts a browser on an address; `onFailure` is told when it does not start or ends at once with an error. */
export function openInBrowser(browser: Browser, address: string, onFailure: (reason: string) => void): void {
  const earlyMs = 5_000;
  const startedMs = performance.now();
  const child = spawn(browser.program, [...browser.args(address)], { detached: true, stdio: 'ignore' });
  child.on('error', (error) => onFailure(error.message));
  child.on('exit', (code) => {
    if (code !== null && code !== 0 && performance.now() - startedMs < earlyMs)
      onFailure(`it ended with code ${code}`);
  });
  child.unref();
}
