/** Stored keys, without their secrets. Adding and testing one is done where the secret is typed: on the command line. */

import { listKeys } from '../../adapters/secrets/key-index.ts';
import { openSecretStore } from '../../adapters/secrets/open-secret-store.ts';
import { ApiError } from '../../shared/api/result.ts';
import type { Handlers } from './context.ts';

export const keyHandlers: Handlers<'keys'> = {
  'keys/list': async (_request, context) => {
    const keys = await listKeys(context.dataFolder);
    return {
      store: keys[0]?.store ?? 'none',
      keys: keys.map(({ id, venue, label, permissions, fingerprint, createdAtMs }) => ({
        id,
        venue,
        label,
        permissions: permissions === 'unknown' ? 'unknown' : permissions.join(', '),
        fingerprint,
        createdAtMs,
      })),
    };
  },
  'keys/remove': async (request, context) => {
    const keys = await listKeys(context.dataFolder);
    if (!keys.some((key) => key.id === request.key)) {
      throw new ApiError('not-found', `there is no key ${request.key}`, { field: 'key' });
    }
    const store = await openSecretStore({ dataFolder: context.dataFolder, nowMs: () => Date.now() });
    await store.remove(request.key);
    return {};
  },
};
