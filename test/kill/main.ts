/**
 * `npm run test:kill -- --times 50`: runs the demo from the command line and kills it with SIGKILL at random moments,
 * start-up included, again and again on one data folder. After each kill the journal must verify: chain ok, no
 * duplicate, no lost fill, no failed identity. At the end the program runs once more to a clean stop, and its bots
 * must own their orders: none open twice, none without a bot.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { journalTailFile } from '../../src/adapters/store/journal-files.ts';
import { JournalReader } from '../../src/adapters/store/journal-reader.ts';
import { readTail } from '../../src/adapters/store/journal-tail.ts';
import { patienceMs } from '../patience.ts';
import { doubleOrders, type KillVerdict, verdictOf } from './checks.ts';

const launcher = join(import.meta.dirname, '..', '..', 'bin', 'sextant');
/** Longest wait for a start or a clean end. */

const { values } = parseArgs({
  options: {
    times: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    speed: { type: 'string', default: '20' },
    data: { type: 'string' },
  },
});
const times = Number(values.times);
if (!Number.isInteger(times) || times < 1 || times > 10_000) {
  process.stderr.write('--times must be a whole number from 1 to 10000\n');
  process.exit(2);
}
const folder = values.data ?? mkdtempSync(join(tmpdir(), 'sextant-kill-'));
const say = (text: string): void => void process.stderr.write(`${text}\n`);

/** A small seeded generator: equal seeds give equal moments, as far as a loaded machine allows. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
const random = randomOf(Number(values.seed));

/** Starts the launcher in a process group of its own, so that the program behind it is killed with it. */
function start(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [launcher, ...args, '--data', folder, '--json'], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Runs to the end; gives the exit code and the last line of standard output. */
async function runToEnd(
  args: readonly string[],
): Promise<{ code: number | null; last: string; errors: string }> {
  const child = start(args);
  let output = '';
  let errors = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-200_000);
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-4_000);
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearTimeout(timer);
  return { code, last: output.trim().split('\n').at(-1) ?? '', errors };
}

function durableSequence(): number {
  const mark = readTail(journalTailFile(folder, 'demo'));
  return mark === undefined || mark === 'broken' ? 0 : mark.sequence;
}

/** Starts the demo and kills it: sometimes while it starts, mostly while it trades. Gives how far it had come. */
async function runAndKill(): Promise<number> {
  const before = durableSequence();
  const child = start(['--no-ui', '--demo', '--speed', values.speed]);
  let errors = '';
  child.stdout?.resume();
  child.stderr?.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-4_000);
  });
  const ended = new Promise<boolean>((resolve) => child.on('close', () => resolve(true)));
  const duringStart = random() < 0.25;
  const deadline = performance.now() + patienceMs;
  if (!duringStart) {
    while (durableSequence() <= before && child.exitCode === null && performance.now() < deadline)
      await sleep(20);
  }
  await sleep(random() * (duringStart ? 1_000 : 2_500));
  if (child.exitCode !== null)
    throw new Error(`the program ended by itself with code ${child.exitCode}: ${errors}`);
  process.kill(-(child.pid as number), 'SIGKILL');
  await ended;
  return durableSequence();
}

async function verify(): Promise<KillVerdict> {
  const { code, last, errors } = await runToEnd(['journal', 'verify']);
  return verdictOf(code, last, errors);
}

const failures: string[] = [];
let verdict: KillVerdict | undefined;
for (let kill = 1; kill <= times && failures.length === 0; kill += 1) {
  const sequence = await runAndKill();
  if (sequence === 0) {
    say(`kill ${kill} of ${times}: before the first record`);
    continue;
  }
  verdict = await verify();
  failures.push(...verdict.failures.map((failure) => `after kill ${kill}: ${failure}`));
  say(
    `kill ${kill} of ${times}: ${verdict.records} records, ${verdict.failures.length === 0 ? 'sound' : 'NOT SOUND'}`,
  );
}
if (failures.length === 0) {
  const { code, errors } = await runToEnd(['--no-ui', '--demo', '--speed', values.speed, '--for', '5s']);
  if (code !== 0) failures.push(`the clean run at the end exited with ${code}: ${errors}`);
  verdict = await verify();
  failures.push(...verdict.failures.map((failure) => `after the clean run: ${failure}`));
  const reader = JournalReader.open(folder, 'demo');
  failures.push(...doubleOrders(reader.load()));
  reader.close();
}
for (const failure of failures) say(failure);
process.stdout.write(
  `${JSON.stringify({ kind: 'result', ok: failures.length === 0, kills: times, seed: Number(values.seed), ...verdict, failures })}\n`,
);
if (failures.length === 0 && values.data === undefined) rmSync(folder, { recursive: true, force: true });
else say(`the data folder is kept: ${folder}`);
process.exitCode = failures.length === 0 ? 0 : 1;
