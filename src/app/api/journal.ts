/** The journal, remembered settings and stored keys. */

import { listKeys } from '../../adapters/secrets/key-index.ts';
import { verifyJournal } from '../../adapters/store/verify.ts';
import { ApiError } from '../../shared/api/result.ts';
import { disclaimer } from '../disclaimer.ts';
import { nativeVersion } from '../candles/candle-service.ts';
import { programVersion } from '../version.ts';
import type { Handlers } from './context.ts';

/** One remembered setting, as JSON text. */
const settingBytesMax = 48 * 1024;

export const journalHandlers: Handlers<'journal'> = {
  'journal/list': (request, context) => context.journal.queries.journal(request),
  'journal/records': (request, context) => ({
    records: context.journal.queries
      .records(request.fromSequence, request.limit)
      .rows.map((record) => ({ ...record, body: { ...record.body } })),
  }),
  'journal/verify': (_request, context) => {
    context.host.flush();
    return verifyJournal({ folder: context.dataFolder, mode: context.journal.mode });
  },
  'journal/report': (_request, context) => context.away.report(),
  'journal/dismiss-report': (_request, context) => {
    context.away.dismissed = true;
    return {};
  },
};

export const settingsHandlers: Handlers<'settings'> = {
  'settings/get': (_request, context) => ({ settings: context.journal.settings.all() }),
  'settings/set': (request, context) => {
    const text = JSON.stringify(request.value ?? null);
    if (text.length > settingBytesMax) {
      throw new ApiError('bad-input', `value: ${text.length} characters are more than the ${settingBytesMax} one setting may have`, { field: 'value' });
    }
    context.journal.settings.set(request.key, request.value ?? null);
    return {};
  },
  'settings/about': (_request, context) => ({
    version: programVersion,
    nodeVersion: process.version,
    dataFolder: context.dataFolder,
    nativeVersion: nativeVersion(),
    disclaimer,
  }),
};
