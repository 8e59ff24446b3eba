/** Runs under a pseudo-terminal: reads a new passphrase as the product does and prints its length only. */
import { chooseSecretSource, readPassphrase } from '../../../src/adapters/secrets/passphrase-source.ts';
import { openTerminal } from '../../../src/adapters/secrets/terminal-prompt.ts';

const source = chooseSecretSource({ flag: '--passphrase-fd' }, openTerminal());
const passphrase = await readPassphrase(source, { purpose: 'new' });
process.stdout.write(`got ${passphrase.length} bytes by ${source.kind}\n`);
process.exit(0);
