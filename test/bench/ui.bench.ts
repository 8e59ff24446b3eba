/**
 * The page in Chromium under load: frames a second while 2,000 quotes a second arrive over 100,000 candles of history,
 * and while a table of 100,000 rows is scrolled. Run it by itself, or import `uiRows` into the table.
 */

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { findChromium, openBrowser } from '../e2e/renderer-harness/browser.ts';
import { startMockHost } from '../e2e/renderer-harness/mock-host.ts';
import { type BenchRow, costRow, percentile, rateRow } from './bench-row.ts';

const quotesPerSecond = 2000;
const history = 100_000;
const measuredMs = 5000;

type Action = 'rest' | 'scroll-table' | 'pan-chart';

interface Measured {
  /** Times between frames, in milliseconds. */
  readonly frames: readonly number[];
  /** Processor time of the page's main thread for each frame, in milliseconds; hardly moved by other programs. */
  readonly cpuPerFrameMs: number;
}

async function measure(page: Page, action: Action): Promise<Measured> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const taskSeconds = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
  };
  const begin = await taskSeconds();
  const frames = await frameTimes(page, action);
  const cpuPerFrameMs = ((await taskSeconds()) - begin) * (1000 / frames.length);
  await session.detach();
  return { frames, cpuPerFrameMs };
}

/** Waits for frames over a while and, at each, does what a person would. */
async function frameTimes(page: Page, action: Action): Promise<number[]> {
  return page.evaluate(
    ({ forMs, doing }) =>
      new Promise<number[]>((resolve) => {
        const times: number[] = [];
        const table = document.querySelector('[data-testid="journal"]');
        const canvas = document.querySelector('[data-testid="chart"] canvas');
        const { left, top } = canvas?.getBoundingClientRect() ?? { left: 0, top: 0 };
        const begin = performance.now();
        let last = begin;
        let step = 0;
        const frame = (now: number): void => {
          times.push(now - last);
          last = now;
          step += 1;
          if (doing === 'scroll-table' && table !== null) {
            // Far jumps and small steps in turn: both must stay smooth.
            table.scrollTop = step % 20 === 0 ? (step * 90_001) % table.scrollHeight : table.scrollTop + 60;
          }
          if (doing === 'pan-chart' && canvas !== null) {
            canvas.dispatchEvent(
              new WheelEvent('wheel', {
                deltaX: -40,
                clientX: left + 200,
                clientY: top + 100,
                bubbles: true,
                cancelable: true,
              }),
            );
          }
          if (now - begin < forMs) requestAnimationFrame(frame);
          else resolve(times.slice(1));
        };
        requestAnimationFrame(frame);
      }),
    { forMs: measuredMs, doing: action },
  );
}

function rows(name: string, { frames, cpuPerFrameMs }: Measured): BenchRow[] {
  const mean = frames.reduce((sum, time) => sum + time, 0) / frames.length;
  return [
    rateRow(`${name}, mean`, 1000 / mean, 'fps', 55),
    costRow(`${name}, frame p99`, percentile(frames, 0.99), 'ms', 34),
    costRow(`${name}, main thread a frame`, cpuPerFrameMs, 'ms', 16.7),
  ];
}

/** Gives the measured rows; an empty list, with a line saying why, where there is no browser or no built page. */
export async function uiRows(tell: (line: string) => void): Promise<BenchRow[]> {
  if (findChromium() === undefined) {
    tell('UI: no Chromium found, not measured');
    return [];
  }
  if (!existsSync(fileURLToPath(new URL('../../out/renderer/index.html', import.meta.url)))) {
    tell('UI: the page is not built (npm run build), not measured');
    return [];
  }
  const host = await startMockHost({
    instruments: 40,
    candles: history,
    journalRows: 100_000,
    quotesPerSecond,
    batchesPerSecond: 60,
  });
  const browser = await openBrowser({ width: 1440, height: 900 });
  try {
    const { page } = browser;
    await page.goto(host.browserAddress());
    await page.getByTestId('disclaimer-accept').click();
    await page.getByTestId('data-age').waitFor();
    await page.waitForFunction(
      () => document.querySelector('[data-testid="chart-legend"]')?.textContent?.match(/\d/) !== null,
    );
    // The first seconds compile code and fill caches: they are nobody's daily work.
    await measure(page, 'rest');
    const measured = [
      ...rows(
        `UI: ${quotesPerSecond} quotes/s + book + tape, ${history} candles`,
        await measure(page, 'rest'),
      ),
      ...rows('UI: the same while the chart is panned back', await measure(page, 'pan-chart')),
    ];
    await page.getByTestId('rail-journal').click();
    await page.getByTestId('journal-row').first().waitFor();
    measured.push(...rows('UI: 100,000-row table scrolled', await measure(page, 'scroll-table')));
    return measured;
  } finally {
    await browser.close();
    await host.close();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const measured = await uiRows((line) => process.stdout.write(`${line}\n`));
  for (const { name, value, unit, target, ok } of measured) {
    process.stdout.write(
      `${ok ? 'ok  ' : 'MISS'} ${name.padEnd(64)} ${value.toFixed(1).padStart(8)} ${unit} (aim ${target})\n`,
    );
  }
}
