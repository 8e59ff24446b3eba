/** Watches a running session from the side: equity points, candles to the store, event rate, the first full valuation. */

import type { LogPort } from '../../adapters/logging/log-port.ts';
import type { Journal } from '../../adapters/store/journal.ts';
import type { CandleService } from '../candles/candle-service.ts';
import { botEquity, totalEquity } from '../views/account-views.ts';
import type { Session } from './session.ts';

const lookMs = 1_000;
const dayMs = 86_400_000;
/** Kernel time between two equity points. */
const equityIntervalMs = 60_000;

export class Sampler {
  startEquity: Readonly<Record<string, string>> = {};
  eventsPerSecond = 0;
  private day = -1;
  private dayEquity: Readonly<Record<string, string>> = {};
  private readonly session: Session;
  private readonly journal: Journal;
  private readonly candles: CandleService;
  private readonly log: LogPort;
  private readonly onEnd: (reason: string, failure?: Error) => void;
  private timer: NodeJS.Timeout | undefined;
  private lastEvents = 0;
  private lastLookAt = performance.now();
  private lastEquityMs = 0;

  constructor(options: {
    session: Session;
    journal: Journal;
    candles: CandleService;
    log: LogPort;
    onEnd: (reason: string, failure?: Error) => void;
  }) {
    this.session = options.session;
    this.journal = options.journal;
    this.candles = options.candles;
    this.log = options.log;
    this.onEnd = options.onEnd;
  }

  /** Values everything: the equity the run starts with, and the figure after the time away. */
  begin(): void {
    this.startEquity = totalEquity(this.session.host.kernel);
    this.noteEquity();
  }

  /** Equity at the first sight of this day (UTC, kernel time): what the day's profit is counted from, over restarts. */
  equityOfDayStart(): Readonly<Record<string, string>> {
    const day = Math.floor(this.session.nowMs() / dayMs);
    if (day !== this.day) {
      this.day = day;
      this.dayEquity = this.journal.equity.firstSince(day * dayMs)?.values ?? this.startEquity;
    }
    return this.dayEquity;
  }

  start(): void {
    this.timer = setInterval(() => {
      try {
        this.look();
      } catch (error) {
        this.log.error('sampling failed', { error });
        this.onEnd(
          'the store could not be written',
          error instanceof Error ? error : new Error(String(error)),
        );
        this.stop();
      }
    }, lookMs);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
    this.candles.persist();
    this.noteEquity();
  }

  private look(): void {
    const now = performance.now();
    const events = this.session.events();
    this.eventsPerSecond = Math.round(
      ((events - this.lastEvents) * 1000) / Math.max(1, now - this.lastLookAt),
    );
    this.lastEvents = events;
    this.lastLookAt = now;
    this.candles.persist();
    if (this.session.nowMs() - this.lastEquityMs >= equityIntervalMs) this.noteEquity();
  }

  private noteEquity(): void {
    const nowMs = Math.round(this.session.nowMs());
    this.lastEquityMs = nowMs;
    const { kernel } = this.session.host;
    this.journal.appendEquity(null, nowMs, totalEquity(kernel));
    for (const bot of kernel.botManager.bots.values()) {
      const equity = botEquity(kernel, bot.id, bot.position);
      if (equity !== undefined) {
        this.journal.appendEquity(bot.id, nowMs, { [bot.instrument.settle]: equity.toString() });
      }
    }
  }
}
