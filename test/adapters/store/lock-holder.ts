/** A process that takes the lock of a folder, says so, and waits to be killed. */

import { InstanceLock } from '../../../src/adapters/store/instance-lock.ts';

const lock = InstanceLock.acquire(process.argv[2] as string);
process.stdout.write('held\n');
process.stdin.resume();
process.stdin.on('end', () => lock.release());
