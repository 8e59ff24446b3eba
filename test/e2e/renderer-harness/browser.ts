/** The system's Chromium, driven by playwright-core, with a profile of its own that is removed at the end. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

const candidates = [
  process.env['SEXTANT_CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** Gives the path of a Chromium-family browser, or undefined. */
export function findChromium(): string | undefined {
  return candidates.find((path) => path !== undefined && existsSync(path));
}

export interface OpenedBrowser {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Console errors, page errors and content-policy violations since the start. */
  readonly complaints: string[];
  close(): Promise<void>;
}

/** Opens one page. Throws where no browser is installed. */
export async function openBrowser(
  size: { width: number; height: number },
  hasUncappedFrames = false,
): Promise<OpenedBrowser> {
  const executablePath = findChromium();
  if (executablePath === undefined)
    throw new Error('no Chromium found: install one, or name it in SEXTANT_CHROMIUM');
  const profile = mkdtempSync(join(tmpdir(), 'sextant-chromium-'));
  const args = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--font-render-hinting=none',
  ];
  if (hasUncappedFrames) args.push('--disable-frame-rate-limit', '--disable-gpu-vsync');
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    viewport: size,
    args,
  });
  const page = context.pages()[0] ?? (await context.newPage());
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`page error: ${error.message}\n${error.stack ?? ''}`));
  return {
    context,
    page,
    complaints,
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
