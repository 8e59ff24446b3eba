/**
 * Answers read calls from the stored journal while no host runs: the same handlers on a kernel restored from the
 * journal and never fed. Prices are not known then, so what depends on them is empty.
 */

import { existsSync } from 'node:fs';
import { loadNative } from '../../adapters/compute/native.ts';
import { loadConfig } from '../../adapters/config/load-config.ts';
import { silentLog } from '../../adapters/logging/log-port.ts';
import { sha256Hex } from '../../adapters/store/digest.ts';
import { type JournalMode, journalFile, journalModes } from '../../adapters/store/journal-files.ts';
import { JournalReader } from '../../adapters/store/journal-reader.ts';
import { VenueTruthStore, venueTruthFile } from '../../adapters/store/venue-truth.ts';
import { verifyJournal } from '../../adapters/store/verify.ts';
import type { AppContext } from '../../app/api/context.ts';
import { dispatch } from '../../app/api/dispatch.ts';
import { allHandlers } from '../../app/api/handlers.ts';
import { DataLibrary } from '../../app/data/data-library.ts';
import { planOffline } from '../../app/plan-offline.ts';
import { strategyViewOf } from '../../app/views/strategy-view.ts';
import { Kernel } from '../../engine/kernel/kernel.ts';
import type { MethodName, RequestOf, ResponseOf, Scope } from '../../shared/api/contract.ts';
import { ApiError } from '../../shared/api/result.ts';
import type { StatusView, VerifyView } from '../../shared/api/views.ts';
import type { SextantConfig } from '../../shared/config/schema.ts';
import { type EpochMs, epochMs } from '../../shared/domain/nominal.ts';
import { findStrategy, strategies } from '../../strategies/registry.ts';
import type { CommandContext } from '../cli/context.ts';
import { emptyAnswer, jobsHint } from './empty-answers.ts';

const readOnly: ReadonlySet<Scope> = new Set<Scope>(['read']);

/** Methods that mean nothing without a host. */
const needsHost: ReadonlySet<MethodName> = new Set<MethodName>([
  'system/log',
  'market/quotes',
  'market/candles',
  'market/book',
  'market/trades',
  'strategies/suggest',
  'orders/preview',
  'journal/dismiss-report',
  'studies/samplers',
]);

/** Gives the mode whose journal is read: the configured one if it has any, else the first that has. */
export function storedMode(dataFolder: string, configured: JournalMode): JournalMode {
  if (existsSync(journalFile(dataFolder, configured))) return configured;
  return journalModes.find((mode) => existsSync(journalFile(dataFolder, mode))) ?? configured;
}

/** Answers a read call. Throws `ApiError`: `not-found` where nothing is stored, `refused` where a host is needed. */
export async function answerFromStore<Name extends MethodName>(
  context: CommandContext,
  name: Name,
  request: RequestOf<Name>,
): Promise<ResponseOf<Name>> {
  return (await anyAnswer(context, name, request)) as ResponseOf<Name>;
}

async function anyAnswer(context: CommandContext, name: MethodName, request: unknown): Promise<unknown> {
  if (name === 'strategies/plan') return planOffline(request as RequestOf<'strategies/plan'>);
  if (name === 'strategies/list') return { strategies: strategies.map(strategyViewOf) };
  if (name === 'jobs/list') return emptyAnswer(name);
  if (name === 'jobs/show') {
    throw new ApiError('refused', 'jobs are work of a running host, and none runs on this data folder', {
      hint: jobsHint,
    });
  }
  if (needsHost.has(name)) {
    throw new ApiError('refused', 'this needs live markets, and no host runs on this data folder', {
      hint: 'Start one first: bin/sextant --no-ui (with the same --data).',
    });
  }
  const { config } = loadConfig({
    file: context.configFile,
    dataFolder: context.dataFolder,
    environment: context.environment,
    flags: [],
  });
  const mode = storedMode(context.dataFolder, config.mode);
  if (name === 'journal/verify') return verifyStored(context.dataFolder, mode);
  const journal = JournalReader.open(context.dataFolder, mode);
  try {
    const app = storedContext(journal, config, context.dataFolder);
    const result = await dispatch(allHandlers, app, name, request, readOnly);
    if (!result.ok)
      throw new ApiError(result.code, result.message, { field: result.field, hint: result.hint });
    return name === 'system/status' ? storedStatus(result.value as StatusView, journal) : result.value;
  } finally {
    journal.close();
  }
}

function verifyStored(folder: string, mode: JournalMode): VerifyView {
  const hasTruth = existsSync(venueTruthFile(folder, mode));
  const venues = hasTruth ? VenueTruthStore.openReadOnly({ folder, mode }) : undefined;
  try {
    return verifyJournal({ folder, mode, venues });
  } finally {
    venues?.close();
  }
}

/**
 * The handlers' context around a journal that is only read. It has what read handlers touch; those that need more are
 * refused above.
 */
function storedContext(journal: JournalReader, config: SextantConfig, dataFolder: string): AppContext {
  const snapshot = journal.load();
  const instruments = journal.instruments.list();
  const nowMs: EpochMs = snapshot.core?.timeMs ?? epochMs(0);
  const kernel = new Kernel({
    digest: sha256Hex,
    instruments,
    findStrategy,
    snapshot,
    orderPrefix: 'sx-stored',
    startMs: nowMs,
    candleGraceMs: 0,
  });
  const venues = [...new Set(instruments.map((instrument) => instrument.venue))];
  const reading: Partial<AppContext> = {
    mode: journal.mode,
    config,
    dataFolder,
    kernel,
    // The reader offers the same queries; writing methods are not reachable with the right to read.
    journal: journal as unknown as AppContext['journal'],
    log: silentLog,
    instruments,
    library: new DataLibrary(loadNative(), dataFolder),
    strategies,
    findStrategy,
    nowMs: () => nowMs,
    speed: undefined,
    venueViews: () =>
      venues.map((id) => ({
        id,
        title: id,
        kind: journal.mode === 'demo' ? 'simulated' : 'ccxt',
        state: 'disconnected',
        message: 'no host runs',
        latencyMs: null,
        dataAgeMs: null,
        instruments: instruments.filter((instrument) => instrument.venue === id).length,
      })),
    startedAtWallMs: Date.now(),
    startEquity: () => ({}),
    dayStartEquity: () => ({}),
    eventsPerSecond: () => 0,
    recentLog: () => [],
  };
  return reading as AppContext;
}

/** Equity as it was last written down: without prices it cannot be computed anew. */
function storedStatus(status: StatusView, journal: JournalReader): StatusView {
  const equity = journal.equity.history(null, 1).at(-1)?.values ?? status.equity;
  return {
    ...status,
    host: 'none',
    speed: 0,
    uptimeMs: 0,
    equity: { ...equity },
    startEquity: {},
    dayPnl: {},
    memoryMb: 0,
  };
}
