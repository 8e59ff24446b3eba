/** Writes to a vault without end, printing each entry once it is durable; the test kills it somewhere. */
import { openVault } from '../../../src/adapters/secrets/vault.ts';
import { canaryPassphrase, fastDerive } from './support.ts';

const [path = '', run = ''] = process.argv.slice(2);
const vault = await openVault({ path, passphrase: Buffer.from(canaryPassphrase), derive: fastDerive });
for (let i = 0; ; i++) {
  const id = `run-${run}-${i}`;
  await vault.write(id, Buffer.from(id));
  process.stdout.write(`${id}\n`);
  if (i >= 3) await vault.delete(`run-${run}-${i - 3}`);
}
