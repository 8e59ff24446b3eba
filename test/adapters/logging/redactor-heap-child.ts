/** Registers a secret from standard input, lets go of it (or keeps it), and prints a heap snapshot. */
import { stdin, stdout } from 'node:process';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { getHeapSnapshot, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Redactor } from '../../../src/adapters/logging/redactor.ts';

const kept: string[] = [];
const redactor = new Redactor();

async function learn(): Promise<void> {
  for await (const chunk of stdin) {
    const secret = String(chunk).trim();
    redactor.register(secret);
    if (process.argv[2] === 'keep') kept.push(secret);
    chunk.fill(0);
  }
}

await learn();
redactor.redact('another text, so that nothing remembers the last one');
await setImmediate();
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
for (let i = 0; i < 4; i++) collect();
await pipeline(getHeapSnapshot(), stdout);
// Still in use after the snapshot, so that both are in it.
process.exitCode = redactor.redact('x') === 'x' && kept.length < 2 ? 0 : 1;
