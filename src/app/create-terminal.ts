/**
 * Puts a terminal together: data folder, lock, journal, session, API. The desktop window and the headless host call
 * this one function; a mode is only a different composition.
 */

import { join } from 'node:path';
import { loadNative } from '../adapters/compute/native.ts';
import { createLogger } from '../adapters/logging/logger.ts';
import { InstanceLock } from '../adapters/store/instance-lock.ts';
import { Journal } from '../adapters/store/journal.ts';
import { VenueTruthStore } from '../adapters/store/venue-truth.ts';
import { minuteMs } from '../engine/market/instrument-market.ts';
import type { ApiTransport } from '../shared/api/client.ts';
import type { MethodName, Scope } from '../shared/api/contract.ts';
import { epochMs } from '../shared/domain/nominal.ts';
import { programVersion } from '../shared/version.ts';
import { findStrategy, strategies } from '../strategies/registry.ts';
import type { AppContext } from './api/context.ts';
import { type AllHandlers, dispatch } from './api/dispatch.ts';
import { allHandlers } from './api/handlers.ts';
import { statusOf } from './api/system.ts';
import { CandleService } from './candles/candle-service.ts';
import { startConfiguredBots } from './configured-bots.ts';
import { DataLibrary } from './data/data-library.ts';
import { createDemoBots } from './demo-bots.ts';
import { JobRunner } from './jobs/job-runner.ts';
import { createBacktestRunner } from './lab/backtest-runner.ts';
import { Lab } from './lab/lab.ts';
import { runResultOf } from './run-result.ts';
import { createDemoSession } from './session/demo-session.ts';
import { createPaperSession } from './session/paper-session.ts';
import { Sampler } from './session/sampler.ts';
import type { Session } from './session/session.ts';
import { StreamHub } from './streams/stream-hub.ts';
import type { RunResult, Terminal, TerminalOptions } from './terminal-types.ts';

/** Start of worlds whose seed is given: equal seeds must give equal runs, whatever the day. */
const seededStartMs = epochMs(Date.UTC(2026, 0, 1));
/** Minutes that warm charts and the day's figures up. */
const warmMinutes = 1_500;
/** Jobs that run at the same time: each uses all cores while it can. */
const parallelJobs = 2;
/** A job that does not stop by then is left behind. */
const jobStopTimeoutMs = 10_000;
const allScopes: ReadonlySet<Scope> = new Set(['read', 'trade', 'admin']);

/** Opens everything and starts. Throws `ApiError` (`locked`, `damaged`, `bad-input` …) with nothing left open. */
export async function createTerminal(options: TerminalOptions): Promise<Terminal> {
  const wallClock = () => Date.now();
  const startedAtWallMs = wallClock();
  const { config, dataFolder } = options;
  const opened: (() => void | Promise<void>)[] = [];
  const closeAll = async (): Promise<void> => {
    for (const close of opened.splice(0).reverse()) await close();
  };
  try {
    const lock = InstanceLock.acquire(dataFolder);
    opened.push(() => lock.release());
    const log = options.log ?? createLogger({ dataFolder, nowMs: wallClock, level: config.log.level });
    if (options.log === undefined) opened.push(() => log.close());
    const journal = Journal.open({ folder: dataFolder, mode: config.mode });
    opened.push(() => journal.close());
    const snapshot = journal.load();
    const truth = VenueTruthStore.open({
      folder: dataFolder,
      mode: config.mode,
      mustExist: snapshot.lastSequence > 0,
    });
    opened.push(() => truth.close());

    let settleEnd: (value: Awaited<Terminal['ended']>) => void = () => undefined;
    const ended = new Promise<Awaited<Terminal['ended']>>((resolve) => {
      settleEnd = resolve;
    });
    const onEnd = (reason: string, failure?: Error): void => {
      if (failure !== undefined) log.error('the engine stopped', { error: failure });
      settleEnd({ reason, failure });
    };
    const shared = { journal, snapshot, truth, findStrategy, wallClock, onEnd };
    const session: Session =
      config.mode === 'demo'
        ? await createDemoSession({
            ...shared,
            seed: options.seed,
            newWorldStartMs:
              options.seed === undefined
                ? epochMs(startedAtWallMs - (startedAtWallMs % minuteMs))
                : seededStartMs,
            pace: options.speed,
            simulateForMs: options.simulateForMs,
            awayMinutesMax: config.demo.awayMinutesMax,
            onProgress: (text) => log.info(text),
          })
        : await createPaperSession({ ...shared, config, log, createFeed: options.createFeed });
    const { host } = session;
    const { kernel } = host;
    journal.saveInstruments(session.instruments);
    journal.runs.begin(programVersion, startedAtWallMs);
    kernel.record({
      kind: 'run-started',
      mode: config.mode,
      version: programVersion,
      seed: options.seed ?? null,
    });

    const addon = loadNative();
    const candles = new CandleService({
      addon,
      folder: join(dataFolder, 'candles', config.mode),
      kernel,
      instruments: session.instruments,
      history: (...request) => session.history(...request),
      log,
    });
    opened.push(() => candles.close());
    await candles.begin(
      (instrument, minutes) =>
        host.feed({
          kind: 'history',
          instrument,
          timeframeMs: minuteMs,
          candles: minutes,
          timeMs: kernel.services.nowMs,
        }),
      warmMinutes,
    );
    const warmUp: AppContext['warmUp'] = async (instrument, timeframesMs, bars) => {
      for (const lengthMs of timeframesMs) {
        if (lengthMs === minuteMs) continue;
        const { candles: older } = await candles.read(instrument, lengthMs, kernel.services.nowMs, bars + 1);
        host.feed({
          kind: 'history',
          instrument,
          timeframeMs: lengthMs,
          candles: older,
          timeMs: kernel.services.nowMs,
        });
      }
    };
    for (const bot of kernel.botManager.bots.values()) {
      await warmUp(bot.instrument.id, bot.subscription.timeframesMs, bot.subscription.warmupBars);
    }

    const library = new DataLibrary(loadNative(), dataFolder);
    opened.push(() => library.close());
    const runner = createBacktestRunner({ dataFolder });
    opened.push(() => runner.close());
    const jobs = new JobRunner({
      parallel: parallelJobs,
      wallClock,
      onFailure: ({ id, kind }, error) => log.error('a job failed', { job: id, kind, error }),
    });
    opened.push(() => jobs.stop(jobStopTimeoutMs));
    const lab = new Lab({
      addon,
      dataFolder,
      runner,
      strategies,
      findStrategy,
      wallClock,
    });
    const sampler = new Sampler({ session, journal, candles, log, onEnd });
    const context: AppContext = {
      mode: config.mode,
      config,
      dataFolder,
      kernel,
      host,
      journal,
      candles,
      library,
      jobs,
      lab,
      log,
      instruments: session.instruments,
      strategies,
      findStrategy,
      nowMs: () => epochMs(Math.floor(session.nowMs())),
      speed: session.speed,
      venueViews: () => session.venueViews(),
      warmUp,
      startedAtWallMs,
      startEquity: () => sampler.startEquity,
      dayStartEquity: () => sampler.equityOfDayStart(),
      eventsPerSecond: () => sampler.eventsPerSecond,
      recentLog: (limit, level) =>
        log
          .recent(limit, level)
          .map(({ timeMs, level: lineLevel, message }) => ({ timeMs, level: lineLevel, message })),
      requestStop: (reason) => settleEnd({ reason }),
      nextBotId: () => nextBotId(context),
    };
    const handlers: AllHandlers = allHandlers;
    const hub = new StreamHub({
      kernel,
      jobs,
      status: () => statusOf(context),
      readRecords: (from, limit) => journal.queries.records(from, limit).rows,
    });
    host.onRecords((records) => hub.onRecords(records));

    await session.connect();
    sampler.begin();
    if (config.mode === 'demo') {
      const isFirstStart = snapshot.lastSequence === 0;
      if (options.demoBots === 'running') await createDemoBots(context, true);
      else if (options.demoBots === 'offered' && isFirstStart) await createDemoBots(context, false);
    }
    await startConfiguredBots(context);
    sampler.start();
    session.start();

    const client: ApiTransport = {
      call: (name, request) => dispatch(handlers, context, name, request, allScopes),
      openStream: (request, onMessage, onState) => {
        onState('open');
        return hub.open(request, onMessage, () => false);
      },
    };
    let stopping: Promise<RunResult> | undefined;
    const stop = (reason: string): Promise<RunResult> => {
      stopping ??= (async () => {
        await session.stop();
        hub.stop();
        sampler.stop();
        kernel.record({ kind: 'run-stopped', reason });
        host.flush();
        const result = runResultOf(context, session, startedAtWallMs);
        journal.runs.end(wallClock());
        await closeAll();
        return result;
      })();
      return stopping;
    };
    return {
      client,
      handle: <Name extends MethodName>(name: Name, request: unknown, scopes: ReadonlySet<Scope>) =>
        dispatch(handlers, context, name, request, scopes),
      openStream: (request, send, isBusy) => hub.open(request, send, isBusy),
      ended,
      stop,
      onSuspend: () => log.info('the machine goes to sleep'),
      onResume: () => {
        log.info('the machine woke up: venues are compared before anything trades');
        session.onResume();
      },
      get isBusy() {
        const running = [...kernel.botManager.bots.values()].some(
          (bot) => bot.state === 'RUNNING' || bot.state === 'STOPPING',
        );
        return running || kernel.services.orders.liveCount > 0;
      },
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** Gives the next free id `b1`, `b2` …; ids of removed bots are not used again while the journal knows them. */
function nextBotId(context: AppContext): string {
  const used = context.journal.settings.get('internal.lastBotNumber');
  let number = typeof used === 'number' ? used : 0;
  do number += 1;
  while (context.kernel.bot(`b${number}` as never) !== undefined);
  context.journal.settings.set('internal.lastBotNumber', number);
  return `b${number}`;
}
