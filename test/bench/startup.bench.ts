/** The headless host as a whole process: time until it is ready, memory while it idles, time of a short command. */

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BenchRow, costRow, percentile } from './bench-row.ts';

const main = fileURLToPath(new URL('../../src/headless/main.ts', import.meta.url));
const idleMs = 5_000;
const readyTimeoutMs = 20_000;

/** Starts the demo host on a folder; gives the milliseconds until its API answers, and its resident memory afterwards. */
async function startOnce(folder: string): Promise<{ readyMs: number; residentMb: number }> {
  const before = performance.now();
  const child = spawn(process.execPath, [main, '--no-ui', '--demo', '--data', folder, '--speed', '1'], {
    stdio: 'ignore',
  });
  try {
    let readyMs = Number.NaN;
    while (performance.now() - before < readyTimeoutMs) {
      if (await answers(folder)) {
        readyMs = performance.now() - before;
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await new Promise((resolve) => setTimeout(resolve, idleMs));
    return { readyMs, residentMb: residentMbOf(child.pid ?? 0) };
  } finally {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  }
}

async function answers(folder: string): Promise<boolean> {
  try {
    const { port } = JSON.parse(readFileSync(join(folder, 'host.json'), 'utf8')) as { port: number };
    return (await fetch(`http://127.0.0.1:${port}/healthz`)).ok;
  } catch {
    // Not there yet.
    return false;
  }
}

function residentMbOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024;
}

export async function startupBench(rounds = 3): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sextant-bench-'));
  try {
    await startOnce(folder);
    const ready: number[] = [];
    const memory: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const { readyMs, residentMb } = await startOnce(folder);
      ready.push(readyMs);
      memory.push(residentMb);
    }
    return [
      costRow(
        'headless ready (process start to API answer)',
        Math.round(percentile(ready, 0.5)),
        'ms',
        1_500,
      ),
      costRow('idle headless, demo running at 1x', Math.round(percentile(memory, 0.5)), 'MB resident', 150),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
