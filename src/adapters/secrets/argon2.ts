/** Argon2id, the slow function between a passphrase and a key: bounds, default, and two implementations. */
import * as nodeCrypto from 'node:crypto';
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { SecretError } from './errors.ts';

/** Cost of one derivation. */
export interface KdfParameters {
  readonly memoryKib: number;
  readonly passes: number;
  readonly lanes: number;
}

/** Cheaper parameters are refused, even when the file asks for them: lowering them is an attack. */
export const kdfFloor: KdfParameters = { memoryKib: 64 * 1024, passes: 3, lanes: 1 };
/** Costlier parameters are refused too: a foreign file must not be able to occupy the machine. */
export const kdfCeiling: KdfParameters = { memoryKib: 1024 * 1024, passes: 32, lanes: 8 };
/** What a new vault starts from; {@link deriveCalibrated} raises the passes on fast machines. */
export const kdfDefault: KdfParameters = { memoryKib: 256 * 1024, passes: 3, lanes: 2 };
/** A derivation that takes less than this on the machine that makes the vault is made costlier. */
export const kdfTargetMs = 500;

export const kdfSaltBytes = 16;
export const kdfKeyBytes = 32;

/** Derives a 256-bit key. Neither input is changed or kept. */
export type DeriveKey = (
  passphrase: Uint8Array,
  salt: Uint8Array,
  parameters: KdfParameters,
) => Promise<Buffer>;

/** Whether parameters lie between floor and ceiling. */
export function kdfVerdict(parameters: KdfParameters): 'ok' | 'too-weak' | 'too-costly' {
  const { memoryKib, passes, lanes } = parameters;
  const floor = kdfFloor;
  const ceiling = kdfCeiling;
  if (![memoryKib, passes, lanes].every(Number.isSafeInteger)) return 'too-weak';
  if (memoryKib < floor.memoryKib || passes < floor.passes || lanes < floor.lanes) return 'too-weak';
  if (memoryKib > ceiling.memoryKib || passes > ceiling.passes || lanes > ceiling.lanes) return 'too-costly';
  return 'ok';
}

/** Argon2id by the runtime where it has it (Node ≥ 24.7 with its own OpenSSL), otherwise by WebAssembly. */
export const deriveKey: DeriveKey = async (passphrase, salt, parameters) => {
  try {
    return await deriveKeyNative(passphrase, salt, parameters);
  } catch (error) {
    if (!isUnsupported(error)) throw outOfMemory(parameters);
  }
  try {
    return await deriveKeyWasm(passphrase, salt, parameters);
  } catch {
    throw outOfMemory(parameters);
  }
};

/** Argon2id by OpenSSL, off the main thread. Throws a TypeError or ERR_CRYPTO_… where the runtime lacks it. */
export const deriveKeyNative: DeriveKey = (passphrase, salt, { memoryKib, passes, lanes }) =>
  new Promise((resolve, reject) => {
    const options = {
      message: passphrase,
      nonce: salt,
      memory: memoryKib,
      passes,
      parallelism: lanes,
      tagLength: kdfKeyBytes,
    };
    nodeCrypto.argon2('argon2id', options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });

/**
 * The same in a worker thread by WebAssembly, about 2.5 times slower. Electron needs it (its BoringSSL has no
 * Argon2), and so do Node builds before 24.7. The worker is a string so that it survives every bundler.
 */
export const deriveKeyWasm: DeriveKey = async (passphrase, salt, { memoryKib, passes, lanes }) => {
  const modulePath = createRequire(import.meta.url).resolve('hash-wasm');
  const source = `
    const { parentPort, workerData } = require('node:worker_threads');
    const { argon2id } = require(workerData.modulePath);
    argon2id({ ...workerData.options, outputType: 'binary' }).then((key) => {
      workerData.options.password.fill(0);
      parentPort.postMessage(key);
    });`;
  const options = {
    password: Uint8Array.from(passphrase),
    salt: Uint8Array.from(salt),
    memorySize: memoryKib,
    iterations: passes,
    parallelism: lanes,
    hashLength: kdfKeyBytes,
  };
  const worker = new Worker(source, {
    eval: true,
    execArgv: [],
    workerData: { modulePath, options },
    transferList: [options.password.buffer],
  });
  try {
    return await new Promise<Buffer>((resolve, reject) => {
      worker.once('message', (key: Uint8Array) => {
        resolve(Buffer.from(key));
        key.fill(0);
      });
      worker.once('error', reject);
      worker.once('exit', () => reject(new Error('the key derivation worker ended early')));
    });
  } finally {
    await worker.terminate();
  }
};

/**
 * Derives a key for a new vault. When `parameters` take less than {@link kdfTargetMs} here, more passes are
 * added (up to the ceiling). Gives the key and the parameters that made it.
 */
export async function deriveCalibrated(
  derive: DeriveKey,
  passphrase: Uint8Array,
  salt: Uint8Array,
  parameters: KdfParameters,
): Promise<{ key: Buffer; parameters: KdfParameters }> {
  const startedMs = performance.now();
  const key = await derive(passphrase, salt, parameters);
  const elapsedMs = performance.now() - startedMs;
  if (elapsedMs >= kdfTargetMs) return { key, parameters };
  const wanted = Math.ceil((parameters.passes * kdfTargetMs) / Math.max(elapsedMs, 1));
  const passes = Math.min(wanted, kdfCeiling.passes);
  if (passes <= parameters.passes) return { key, parameters };
  key.fill(0);
  const costlier = { ...parameters, passes };
  return { key: await derive(passphrase, salt, costlier), parameters: costlier };
}

function isUnsupported(error: unknown): boolean {
  if (error instanceof TypeError && typeof nodeCrypto.argon2 !== 'function') return true;
  return error instanceof Error && 'code' in error && error.code === 'ERR_CRYPTO_ARGON2_NOT_SUPPORTED';
}

function outOfMemory({ memoryKib }: KdfParameters): SecretError {
  const memoryMib = Math.round(memoryKib / 1024);
  return new SecretError(
    'storage-failed',
    `deriving the vault key failed; it needs ${memoryMib} MiB of free memory for about a second`,
    'Free some memory and try again. For a small server, make the vault with a smaller memory cost (64 MiB at least).',
  );
}
