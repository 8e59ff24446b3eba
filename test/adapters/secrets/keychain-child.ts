/** Runs inside a private D-Bus session: uses the real keychain as the product does, and prints what happened. */

import { isSecretError } from '../../../src/adapters/secrets/errors.ts';
import { probeKeychain } from '../../../src/adapters/secrets/keychain.ts';
import { openSecretStore } from '../../../src/adapters/secrets/open-secret-store.ts';

const [step = '', dataFolder = '', otherFolder = ''] = process.argv.slice(2);
const credentials = {
  apiKey: 'CANARYapiKeyQ3v9Zx7Lm2Wp8Rt5Yk1Nb4',
  secret: 'CANARYsecret/8fJ+uE2kz0QmXw6VhPa9sDg3Tc==',
};

async function outcome<T>(work: () => Promise<T>): Promise<T | string> {
  try {
    return await work();
  } catch (error) {
    if (isSecretError(error)) return error.code;
    throw error;
  }
}

async function run(): Promise<unknown> {
  const keychainTimeoutMs = 8000;
  if (step === 'probe') {
    const probe = await probeKeychain({ timeoutMs: keychainTimeoutMs });
    const open = await outcome(async () => (await openSecretStore({ dataFolder, nowMs: Date.now })).kind);
    return { usable: probe.usable, code: probe.usable ? null : probe.error.code, open };
  }
  const store = await openSecretStore({ dataFolder, nowMs: Date.now, keychainTimeoutMs });
  if (step === 'read') {
    const ids = (await store.list()).map((key) => key.id);
    return { got: await outcome(() => store.get(ids[0] ?? '')) };
  }
  const added = await store.put({ venue: 'kraken', label: 'one', credentials });
  if (step === 'add') return { kind: store.kind, fingerprint: added.fingerprint };
  const got = await store.get(added.id);
  const other = await openSecretStore({ dataFolder: otherFolder, nowMs: Date.now });
  const seenElsewhere = await outcome(() => other.get(added.id));
  const large = await store.put({
    venue: 'binance',
    label: 'RSA',
    credentials: { apiKey: 'x', secret: `-----BEGIN-----\n${'ab'.repeat(1700)}\n-----END-----` },
  });
  const largeLength = (await store.get(large.id)).secret.length;
  await store.remove(large.id);
  await store.remove(added.id);
  const afterRemove = await outcome(() => store.get(added.id));
  return {
    kind: store.kind,
    got,
    seenElsewhere,
    largeLength,
    afterRemove,
    left: (await store.list()).length,
  };
}

process.stdout.write(`${JSON.stringify(await run())}\n`);
