import { describe, expect, test } from 'vitest';
import {
  type DeriveKey,
  deriveCalibrated,
  deriveKey,
  deriveKeyNative,
  deriveKeyWasm,
  type KdfParameters,
  kdfCeiling,
  kdfDefault,
  kdfVerdict,
} from '../../../src/adapters/secrets/argon2.ts';

// phc-winner-argon2, src/test.c: Argon2id, version 0x13, t=2, m=2^16, p=1 and p=2 (m=2^8), "password", "somesalt".
const published = [
  {
    name: 't=2 m=64 MiB p=1',
    parameters: { memoryKib: 65536, passes: 2, lanes: 1 },
    key: '09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7',
  },
  {
    name: 't=2 m=256 KiB p=2',
    parameters: { memoryKib: 256, passes: 2, lanes: 2 },
    key: '6d093c501fd5999645e0ea3bf620d7b8be7fd2db59c20d9fff9539da2bf57037',
  },
];

const implementations: [string, DeriveKey][] = [
  ['runtime', deriveKeyNative],
  ['WebAssembly', deriveKeyWasm],
  ['chosen', deriveKey],
];

describe('Argon2id gives the published keys', () => {
  for (const [implementation, derive] of implementations) {
    test.each(published)(`${implementation}: $name`, async ({ parameters, key }) => {
      const derived = await derive(Buffer.from('password'), Buffer.from('somesalt'), parameters);
      expect(derived.toString('hex')).toBe(key);
    });
  }

  test('both implementations agree on the lanes and salt a vault uses', async () => {
    const salt = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex');
    const parameters = { memoryKib: 1024, passes: 3, lanes: 2 };
    const passphrase = Buffer.from('pässphrase', 'utf8');
    const native = await deriveKeyNative(passphrase, salt, parameters);
    expect((await deriveKeyWasm(passphrase, salt, parameters)).equals(native)).toBe(true);
    expect(passphrase.toString('utf8')).toBe('pässphrase');
  });
});

describe('bounds of the cost', () => {
  const cases: [string, Partial<KdfParameters>, string][] = [
    ['default', {}, 'ok'],
    ['64 MiB is enough', { memoryKib: 65536 }, 'ok'],
    ['one KiB less is not', { memoryKib: 65535 }, 'too-weak'],
    ['two passes', { passes: 2 }, 'too-weak'],
    ['no lane', { lanes: 0 }, 'too-weak'],
    ['a fraction', { passes: 3.5 }, 'too-weak'],
    ['NaN', { memoryKib: Number.NaN }, 'too-weak'],
    ['1 GiB', { memoryKib: 1048576 }, 'ok'],
    ['one KiB more', { memoryKib: 1048577 }, 'too-costly'],
    ['33 passes', { passes: 33 }, 'too-costly'],
    ['9 lanes', { lanes: 9 }, 'too-costly'],
  ];
  test.each(cases)('%s', (_name, changes, verdict) => {
    expect(kdfVerdict({ ...kdfDefault, ...changes })).toBe(verdict);
  });

  test('the default asks for at least 256 MiB', () => {
    expect(kdfDefault.memoryKib).toBeGreaterThanOrEqual(256 * 1024);
  });
});

describe('calibration', () => {
  test('a fast machine gets more passes, within the ceiling', async () => {
    const asked: number[] = [];
    const instant: DeriveKey = async (_passphrase, _salt, { passes }) => {
      asked.push(passes);
      return Buffer.alloc(32, passes);
    };
    const { key, parameters } = await deriveCalibrated(
      instant,
      Buffer.from('x'),
      Buffer.alloc(16),
      kdfDefault,
    );
    expect(asked).toEqual([kdfDefault.passes, kdfCeiling.passes]);
    expect(parameters).toEqual({ ...kdfDefault, passes: kdfCeiling.passes });
    expect(key.equals(Buffer.alloc(32, kdfCeiling.passes))).toBe(true);
  });

  test('with the real function at the floor, the chosen cost takes a noticeable time here', async () => {
    const floor = { memoryKib: 65536, passes: 3, lanes: 2 };
    const { parameters } = await deriveCalibrated(deriveKey, Buffer.from('x'), Buffer.alloc(16), floor);
    const startedMs = performance.now();
    await deriveKey(Buffer.from('x'), Buffer.alloc(16), parameters);
    // The target is 500 ms; a shared machine may run the second derivation faster than the first.
    expect(performance.now() - startedMs).toBeGreaterThan(150);
    expect(kdfVerdict(parameters)).toBe('ok');
  });
});
