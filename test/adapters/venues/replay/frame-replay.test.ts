import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataFileError } from '../../../../src/adapters/candle-files/data-file-error.ts';
import { FrameReplay, type FrameReplayOptions } from '../../../../src/adapters/venues/replay/frame-replay.ts';
import { venueId } from '../../../../src/shared/domain/nominal.ts';
import type { MarketEvent } from '../../../../src/shared/events/market.ts';
import { ReferenceBook } from '../support/reference-book.ts';
import { sharedDataFile } from '../support/shared-data.ts';

const venue = venueId('binance');
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'frame-replay-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let fileNumber = 0;
function file(content: string | Buffer): string {
  fileNumber += 1;
  const path = join(folder, `${fileNumber}.txt`);
  writeFileSync(path, content);
  return path;
}

function drain(replay: FrameReplay): { events: MarketEvent[]; times: number[]; book: ReferenceBook } {
  const events: MarketEvent[] = [];
  const times: number[] = [];
  const book = new ReferenceBook();
  while (replay.nextTimeMs() !== Number.POSITIVE_INFINITY) {
    const nowMs = replay.nextTimeMs();
    times.push(nowMs);
    replay.step((event) => {
      const market = event as MarketEvent;
      expect(market.receiveTimeMs).toBe(nowMs);
      events.push(market);
      book.apply(market);
    });
  }
  return { events, times, book };
}

async function refusal(options: Partial<FrameReplayOptions> & { path: string }): Promise<DataFileError> {
  try {
    (await FrameReplay.open({ venue, ...options })).close();
  } catch (error) {
    if (error instanceof DataFileError) return error;
    throw error;
  }
  throw new Error('the file was accepted');
}

const frames = [
  '1723161253937085768 {"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1723161255208,"s":"BTCUSDT","U":90,"u":95,"b":[["100.10","9"]],"a":[]}}',
  '1723161253937985768 {"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1723161255308,"s":"BTCUSDT","U":96,"u":101,"b":[["100.10000000","2.50000000"]],"a":[["100.20","0"]]}}',
  '1723161253940000000 {"lastUpdateId":100,"bids":[["100.00","1.5"]],"asks":[["100.20","3"],["100.30000000","4"]]}',
  '1723161253941000000 {"stream":"btcusdt@trade","data":{"e":"trade","E":1723161255343,"s":"BTCUSDT","t":1,"p":"100.3","q":"0.005","T":1723161255342,"m":false,"M":true}}',
  '1723161253942000000 {"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1723161255408,"s":"BTCUSDT","U":102,"u":102,"b":[],"a":[["100.30","1"]]}}',
];

describe('frame replay', () => {
  it('replays frames in the order of their stamps, those of one millisecond together', async () => {
    const replay = await FrameReplay.open({ path: file(frames.join('\n')), venue });
    const { events, times, book } = drain(replay);
    expect(times).toEqual([1_723_161_253_937, 1_723_161_253_940, 1_723_161_253_941, 1_723_161_253_942]);
    expect(events.map((event) => event.kind)).toEqual([
      'book-delta',
      'book-delta',
      'book-snapshot',
      'trade',
      'book-delta',
    ]);
    // The delta before the snapshot was buffered and applied after it: it moved the bid and took away the ask.
    expect([book.bestBid, book.bestAsk, book.gaps, book.dropped, book.updates, book.crossed]).toEqual([
      1_001, 1_003, 0, 1, 2, 0,
    ]);
    expect([book.bids.get(1_001), book.asks.get(1_003)]).toEqual([2_500, 1_000]);
  });

  it('infers tick and lot from the decimals and says so', async () => {
    const replay = await FrameReplay.open({ path: file(frames.join('\n')), venue });
    expect([
      replay.instrument.id,
      String(replay.instrument.tickSize),
      String(replay.instrument.lotSize),
    ]).toEqual(['binance:BTC/USDT', '0.1', '0.001']);
    expect(replay.notes[0]).toMatch(/inferred from the decimals/);
    replay.close();
  });

  it.each([
    ['from memory', 64 * 1024 * 1024],
    ['through a temporary file', 10],
  ])('gives the same events %s, plain or gzip', async (_name, memoryMaximumBytes) => {
    const plain = await FrameReplay.open({ path: file(frames.join('\n')), venue });
    const packed = await FrameReplay.open({
      path: file(gzipSync(`${frames.join('\r\n')}\r\n`)),
      venue,
      memoryMaximumBytes,
    });
    expect(drain(packed).events).toEqual(drain(plain).events);
    packed.close();
    plain.close();
  });

  it('removes its temporary file', async () => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('sextant-replay-')).length;
    const replay = await FrameReplay.open({ path: file(frames.join('\n')), venue, memoryMaximumBytes: 10 });
    const during = readdirSync(tmpdir()).filter((name) => name.startsWith('sextant-replay-'));
    expect(during.length).toBe(before + 1);
    replay.close();
    expect(during.filter((name) => existsSync(join(tmpdir(), name))).length).toBe(before);
  });

  it('refuses bad lines one by one and keeps the others', async () => {
    const bad = [
      'hello',
      '1723161253941000000 {"e":"trade"',
      `1723161253941000000 ${(frames[3] as string).slice(20).replace('"p":"100.3"', '"p":"NaN"')}`,
      '5 {}',
    ];
    const replay = await FrameReplay.open({
      path: file([...frames.slice(0, 3), ...bad, ...frames.slice(3)].join('\n')),
      venue,
    });
    expect(drain(replay).events.length).toBe(5);
    expect(replay.stats()).toMatchObject({
      lines: 9,
      refused: 4,
      refusedByCode: { 'bad-time': 2, 'not-json': 1, 'bad-number': 1 },
      deltas: 3,
      trades: 1,
      snapshots: 1,
    });
    expect(replay.stats().refusedExamples[0]).toMatch(/^line 4: /);
  });

  it('never lets time run backwards', async () => {
    const replay = await FrameReplay.open({
      path: file([frames[2], frames[0], frames[1]].join('\n')),
      venue,
    });
    expect(drain(replay).times).toEqual([1_723_161_253_940]);
    expect(replay.stats().stampsBackwards).toBe(2);
  });

  it('picks one of several symbols', async () => {
    const other = (frames[3] as string)
      .replaceAll('BTCUSDT', 'ETHUSDT')
      .replace('btcusdt', 'ethusdt')
      .replace('100.3', '61837.12345678');
    const path = file([...frames.filter((_, index) => index !== 2), other].join('\n'));
    expect(await refusal({ path })).toMatchObject({ code: 'no-instrument' });
    expect((await refusal({ path, symbol: 'SOL/USDT' })).message).toContain('BTCUSDT, ETHUSDT');
    const replay = await FrameReplay.open({ path, venue, symbol: 'BTC/USDT' });
    expect(drain(replay).events.every((event) => event.instrument === 'binance:BTC/USDT')).toBe(true);
    expect(replay.stats()).toMatchObject({ skipped: 1, refused: 0 });
  });

  it('takes trades once when the recording has them twice', async () => {
    const aggregated =
      '1723161253941500000 {"e":"aggTrade","E":1723161255343,"s":"BTCUSDT","a":7,"p":"100.3","q":"0.005","f":1,"l":1,"T":1723161255342,"m":false}';
    const replay = await FrameReplay.open({ path: file([...frames, aggregated].join('\n')), venue });
    expect(drain(replay).events.filter((event) => event.kind === 'trade').length).toBe(1);
  });

  it.each([
    ['no file', () => join(folder, 'none.gz'), 'not-found'],
    ['an empty file', () => file(''), 'empty'],
    ['another kind of file', () => file('timestamp,open\n1,2\n'), 'unknown-format'],
    ['a cut gzip', () => file(gzipSync(frames.join('\n')).subarray(0, 200)), 'truncated'],
  ])('refuses %s', async (_name, path, code) => {
    expect((await refusal({ path: path() })).code).toBe(code);
  });
});

describe('real recordings of 2024-08-08 (need the shared data folder)', () => {
  // Counts of frames by `zcat | grep -c`; best prices as the last bookTicker frames of the recording give them.
  it.each([
    [
      'spot',
      'l2/binance_spot_btcusdt_20240808.gz',
      { deltas: 3_451, trades: 9_757, quotes: 28_040 },
      'BTC/USDT',
      '0.01',
    ],
    [
      'usdm',
      'l2/binance_usdm_btcusdt_20240808.gz',
      { deltas: 6_551, trades: 21_313, quotes: 66_089 },
      'BTC/USDT:USDT',
      '0.1',
    ],
    [
      'cm',
      'l2/binance_cm_btcusd_perp_20240808.gz',
      { deltas: 26_847, trades: 2_286, quotes: 19_136 },
      'BTC/USD:BTC',
      '0.1',
    ],
  ] as const)(
    '%s: no gap, never crossed, ends on the venue’s own quote',
    async (_name, name, counts, symbol, tick) => {
      const path = sharedDataFile(name);
      if (path === undefined) return;
      const replay = await FrameReplay.open({ path, venue });
      expect([replay.instrument.symbol, String(replay.instrument.tickSize)]).toEqual([symbol, tick]);
      const book = new ReferenceBook();
      let crossed = 0;
      let checked = 0;
      let lastQuote: MarketEvent | undefined;
      while (replay.nextTimeMs() !== Number.POSITIVE_INFINITY) {
        replay.step((event) => {
          if (event.kind === 'quote') {
            lastQuote = event;
            if (event.bidTicks >= event.askTicks) crossed += 1;
          } else if (event.kind === 'book-snapshot' || event.kind === 'book-delta') {
            checked += 1;
            book.apply(event);
          }
        });
      }
      expect(replay.stats()).toMatchObject({
        ...counts,
        snapshots: 1,
        refused: 0,
        skipped: 0,
        stampsBackwards: 0,
      });
      expect(checked).toBe(counts.deltas + 1);
      expect([book.gaps, book.crossed, crossed, book.snapshots]).toEqual([0, 0, 0, 1]);
      expect(book.updates + book.dropped).toBe(counts.deltas);
      if (lastQuote?.kind !== 'quote') throw new Error('no quote');
      // The depth stream is up to 100 ms behind the quotes: the last book may differ from the last quote by a little.
      expect(Math.abs(book.bestBid - lastQuote.bidTicks)).toBeLessThanOrEqual(50);
      expect(book.bestAsk).toBeGreaterThan(book.bestBid);
      replay.close();
    },
  );
});
