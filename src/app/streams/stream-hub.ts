/**
 * Pushes what changed to every client that looks: quotes, watched markets, audit records and the status. One batch a
 * frame at most; a client that does not keep up gets its changes merged, and a reset when records would be lost.
 */

import type { Kernel } from '../../engine/kernel/kernel.ts';
import type { CandleSeries } from '../../engine/market/candle-series.ts';
import { type InstrumentMarket, minuteMs } from '../../engine/market/instrument-market.ts';
import type { StreamHandle } from '../../shared/api/client.ts';
import type { MarketNews, StreamBatch, StreamMessage, StreamRequest } from '../../shared/api/streams.ts';
import type { CandleView, StatusView } from '../../shared/api/views.ts';
import { timeframeMs } from '../../shared/domain/candle.ts';
import type { InstrumentId } from '../../shared/domain/nominal.ts';
import type { AuditRecord } from '../../shared/events/audit.ts';
import type { JobRunner } from '../jobs/job-runner.ts';
import { bookViewOf, quoteViewOf, tradeViewOf } from '../views/market-views.ts';

const frameMs = 50;
const quotesIntervalMs = 250;
const statusIntervalMs = 1_000;
const jobsIntervalMs = 250;
/** Records kept for clients that join or fall behind. */
const recordsKeptMax = 5_000;
const clientsMax = 64;
/** Trades a new watcher is shown at once. */
const joinedTrades = 50;

interface WatchedMarket {
  readonly market: InstrumentMarket;
  readonly timeframe: MarketNews['timeframe'];
  readonly depth: number;
  readonly lengthMs: number;
  bookTimeMs: number;
  bookStatus: string;
  lastTradeId: string;
  bucketMs: number;
  lastCandle: string;
}

interface Client {
  request: StreamRequest;
  readonly send: (message: StreamMessage) => void;
  readonly isBusy: () => boolean;
  markets: WatchedMarket[];
  nextRecord: number;
  quotesAtMs: number;
  statusAtMs: number;
  jobsAtMs: number;
  jobsVersion: number;
  batch: number;
  readonly quoteTimes: Map<InstrumentId, number>;
}

export class StreamHub {
  private readonly kernel: Kernel;
  private readonly jobs: JobRunner;
  private readonly status: () => StatusView;
  private readonly readRecords: (from: number, limit: number) => readonly AuditRecord[];
  private readonly clients = new Set<Client>();
  private readonly records: AuditRecord[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(options: {
    kernel: Kernel;
    jobs: JobRunner;
    status: () => StatusView;
    /** Durable records from a number on; used when a client asks for older ones than are kept here. */
    readRecords: (from: number, limit: number) => readonly AuditRecord[];
  }) {
    this.kernel = options.kernel;
    this.jobs = options.jobs;
    this.status = options.status;
    this.readRecords = options.readRecords;
  }

  /** Takes records that became durable. */
  onRecords(records: readonly AuditRecord[]): void {
    this.records.push(...records);
    if (this.records.length > recordsKeptMax * 2)
      this.records.splice(0, this.records.length - recordsKeptMax);
  }

  open(request: StreamRequest, send: (message: StreamMessage) => void, isBusy: () => boolean): StreamHandle {
    const client: Client = {
      request,
      send,
      isBusy,
      markets: [],
      nextRecord: 0,
      quotesAtMs: 0,
      statusAtMs: 0,
      jobsAtMs: 0,
      jobsVersion: this.jobs.version,
      batch: 0,
      quoteTimes: new Map(),
    };
    if (this.clients.size >= clientsMax) {
      send({ kind: 'reset', reason: `more than ${clientsMax} clients are connected` });
      return { update: () => undefined, close: () => undefined };
    }
    this.watch(client, request);
    this.clients.add(client);
    this.timer ??= setInterval(() => this.frame(), frameMs);
    return {
      update: (next) => this.watch(client, next),
      close: () => {
        this.clients.delete(client);
        if (this.clients.size === 0) this.stop();
      },
    };
  }

  /** Closes every stream; clients notice by the transport. */
  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private watch(client: Client, request: StreamRequest): void {
    client.request = request;
    client.quoteTimes.clear();
    client.quotesAtMs = 0;
    client.statusAtMs = 0;
    if (request.auditAfter !== null) client.nextRecord = request.auditAfter + 1;
    client.markets = request.markets.flatMap(({ instrument, timeframe, depth }): WatchedMarket[] => {
      const market = this.kernel.services.markets.get(instrument as InstrumentId);
      if (market === undefined) return [];
      const lengthMs = timeframeMs(timeframe);
      return [
        {
          market,
          timeframe,
          depth,
          lengthMs,
          bookTimeMs: -1,
          bookStatus: '',
          lastTradeId: '',
          bucketMs: -1,
          lastCandle: '',
        },
      ];
    });
  }

  private frame(): void {
    const wallMs = Date.now();
    for (const client of this.clients) {
      if (client.isBusy()) continue;
      const message = this.batchFor(client, wallMs);
      if (message !== undefined) client.send(message);
    }
  }

  private batchFor(client: Client, wallMs: number): StreamMessage | undefined {
    const parts: { -readonly [Key in keyof StreamBatch]?: StreamBatch[Key] } = {};
    if (client.request.auditAfter !== null) {
      const audit = this.recordsFor(client);
      if (audit === undefined) {
        client.nextRecord = this.kernel.lastSequence + 1;
        return { kind: 'reset', reason: 'older records are no longer at hand' };
      }
      if (audit.length > 0) parts.audit = audit;
    }
    const markets = client.markets.flatMap((watched) => newsOf(watched) ?? []);
    if (markets.length > 0) parts.markets = markets;
    if (client.request.quotes && wallMs - client.quotesAtMs >= quotesIntervalMs) {
      client.quotesAtMs = wallMs;
      const quotes = this.changedQuotes(client);
      if (quotes.length > 0) parts.quotes = quotes;
    }
    if (wallMs - client.statusAtMs >= statusIntervalMs) {
      client.statusAtMs = wallMs;
      parts.status = this.status();
    }
    if (this.jobs.version > client.jobsVersion && wallMs - client.jobsAtMs >= jobsIntervalMs) {
      parts.jobs = this.jobs.changedSince(client.jobsVersion);
      client.jobsAtMs = wallMs;
      client.jobsVersion = this.jobs.version;
    }
    if (Object.keys(parts).length === 0) return undefined;
    client.batch += 1;
    return { kind: 'batch', batch: client.batch, timeMs: this.kernel.services.nowMs, ...parts };
  }

  private changedQuotes(client: Client) {
    const quotes = [];
    for (const market of this.kernel.services.markets.values()) {
      if (client.quoteTimes.get(market.instrument.id) === market.updatedAtMs) continue;
      client.quoteTimes.set(market.instrument.id, market.updatedAtMs);
      quotes.push(quoteViewOf(market));
    }
    return quotes;
  }

  private recordsFor(client: Client): readonly AuditRecord[] | undefined {
    const first = this.records[0]?.sequence ?? Number.POSITIVE_INFINITY;
    const last = this.records.at(-1)?.sequence ?? 0;
    if (client.nextRecord > Math.max(last, this.kernel.lastSequence)) return [];
    if (client.nextRecord < first) {
      const older = this.readRecords(client.nextRecord, 1000);
      if (older.length > 0 && older[0]?.sequence !== client.nextRecord) return undefined;
      client.nextRecord += older.length;
      return older;
    }
    const records = this.records.slice(client.nextRecord - first);
    client.nextRecord += records.length;
    return records;
  }
}

function newsOf(watched: WatchedMarket): MarketNews | undefined {
  const { market } = watched;
  const { book } = market;
  const bookChanged = book.timeMs !== watched.bookTimeMs || book.status !== watched.bookStatus;
  const trades = newTrades(watched);
  const candles = newCandles(watched);
  if (!bookChanged && trades.length === 0 && candles.length === 0) return undefined;
  watched.bookTimeMs = book.timeMs;
  watched.bookStatus = book.status;
  return {
    instrument: market.instrument.id,
    timeframe: watched.timeframe,
    ...(bookChanged ? { book: bookViewOf(market, watched.depth) } : {}),
    trades: trades.map((trade) => tradeViewOf(market.instrument, trade)),
    candles,
  };
}

function newTrades(watched: WatchedMarket) {
  const { tape } = watched.market;
  let from = tape.length;
  while (from > 0 && tape[from - 1]?.tradeId !== watched.lastTradeId) from -= 1;
  const fresh = watched.lastTradeId === '' ? tape.slice(-joinedTrades) : tape.slice(from);
  watched.lastTradeId = tape.at(-1)?.tradeId ?? watched.lastTradeId;
  return fresh;
}

/** Gives the candle in the making when it changed, and before it the one that closed since the last look. */
function newCandles(watched: WatchedMarket): CandleView[] {
  const minutes = watched.market.seriesFor(minuteMs);
  const newest = minutes.current;
  if (newest === undefined) return [];
  const bucketMs = newest.openTimeMs - (newest.openTimeMs % watched.lengthMs);
  const candles: CandleView[] = [];
  if (watched.bucketMs >= 0 && watched.bucketMs < bucketMs) {
    const closed = joinFrom(minutes, watched.bucketMs, watched.bucketMs + watched.lengthMs);
    if (closed !== undefined) candles.push(closed);
  }
  watched.bucketMs = bucketMs;
  const current = joinFrom(minutes, bucketMs, Number.POSITIVE_INFINITY);
  const key = String(current);
  if (current !== undefined && key !== watched.lastCandle) candles.push(current);
  watched.lastCandle = key;
  return candles;
}

/** Joins the minutes of a span into one candle; undefined when there are none. */
function joinFrom(minutes: CandleSeries, fromMs: number, toMs: number): CandleView | undefined {
  const parts = [];
  const current = minutes.current;
  if (current !== undefined && current.openTimeMs < toMs) parts.push(current);
  for (let index = minutes.closed.length - 1; index >= 0; index -= 1) {
    const candle = minutes.closed[index];
    if (candle === undefined || candle.openTimeMs < fromMs) break;
    if (candle.openTimeMs < toMs) parts.push(candle);
  }
  const first = parts.at(-1);
  const last = parts[0];
  if (first === undefined || last === undefined) return undefined;
  let high = first.high;
  let low = first.low;
  let volume = 0;
  for (const part of parts) {
    high = Math.max(high, part.high);
    low = Math.min(low, part.low);
    volume += part.volume;
  }
  return [fromMs, first.open, high, low, last.close, volume];
}
