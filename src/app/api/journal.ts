/** The journal, remembered settings and stored keys. */

import { expectedNativeVersion } from '../../adapters/compute/native.ts';
import { verifyJournalInSlices } from '../../adapters/store/verify.ts';
import { ApiError } from '../../shared/api/result.ts';
import { programVersion } from '../../shared/version.ts';
import { disclaimer } from '../disclaimer.ts';
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
    return verifyJournalInSlices({
      folder: context.dataFolder,
      mode: context.journal.mode,
    });
  },
  'journal/report': (_request, context) => context.journal.awayReport(),
  'journal/dismiss-report': (_request, context) => {
    context.journal.dismissAwayReport();
    return {};
  },
};

export const settingsHandlers: Handlers<'settings'> = {
  'settings/get': (_request, context) => ({ settings: context.journal.settings.all() }),
  'settings/set': (request, context) => {
    const text = JSON.stringify(request.value ?? null);
    if (text.length > settingBytesMax) {
      throw new ApiError(
        'bad-input',
        `value: ${text.length} characters are more than the ${settingBytesMax} one setting may have`,
        { field: 'value' },
      );
    }
    context.journal.settings.set(request.key, request.value ?? null);
    return {};
  },
  'settings/about': (_request, context) => ({
    version: programVersion,
    nodeVersion: process.version,
    dataFolder: context.dataFolder,
    nativeVersion: expectedNativeVersion.version,
    disclaimer,
  }),
};
