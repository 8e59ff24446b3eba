/**
 * Replay of a real order book recording, as `hft_replay.py` of the peer scripts does it: eight copies, decisions each
 * 100 ms, 10 ms latency, queue position after the square, one core. Equal books and equal fills come before any time; the
 * peer's figures are those recorded beside its results, and rows are counted as it counts them.
 */

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  importL2,
  type L2ParameterSet,
  L2Recording,
  type L2RunOptions,
} from '../../src/adapters/compute/l2.ts';
import { loadNative } from '../../src/adapters/compute/native.ts';
import { type BenchRow, costRow } from './bench-row.ts';

const sharedFolder = join(import.meta.dirname, '../../../shared');
const rounds = 15;

interface PeerRow {
  readonly work: string;
  readonly n: number;
  readonly unit_ns: number;
  readonly result: Readonly<Record<string, number>>;
  readonly params: { readonly roi: readonly [number, number] };
  readonly data: string;
}

const options: L2RunOptions = {
  stepMs: 100,
  latency: { kind: 'constant', entryMs: 10, responseMs: 10 },
  queue: { kind: 'power', exponent: 2 },
  matching: 'whole',
  makerFee: -0.00005,
  takerFee: 0.0007,
  positionSum: 'float',
  samples: 0,
  threads: 1,
};

const grid: L2ParameterSet = {
  strategy: 'grid',
  levels: 10,
  interval: { ticks: 5 },
  size: 0.01,
  maxPosition: 0.1,
};

const works: readonly [peerWork: string, name: string, set: L2ParameterSet, targetNs: number][] = [
  ['replay, roivector', 'L2 replay, latency and queue position', { strategy: 'watch' }, 17],
  ['grid, roivector', 'L2 replay with a 10+10 grid each 100 ms', grid, 29],
];

/** Measures the best of some rounds; gives no rows where the recording or the peer's results are not at hand. */
export async function l2Bench(): Promise<BenchRow[]> {
  const results = join(sharedFolder, 'peers/results/hftbacktest.json');
  if (!existsSync(results)) {
    process.stderr.write('l2: skipped, the peer results are not here\n');
    return [];
  }
  const peers = (JSON.parse(readFileSync(results, 'utf8')) as { rows: PeerRow[] }).rows;
  const source = join(sharedFolder, 'data', peers[0]?.data ?? '');
  if (!existsSync(source)) {
    process.stderr.write('l2: skipped, the recording is not here\n');
    return [];
  }
  const addon = loadNative();
  const folder = mkdtempSync(join(tmpdir(), 'sextant-bench-l2-'));
  try {
    const path = join(folder, 'recording.l2');
    await importL2(addon, source, path, { format: 'binance-frames', sequence: 'as-recorded' });
    const rows: BenchRow[] = [];
    let recording: L2Recording | undefined;
    for (const [peerWork, name, set, targetNs] of works) {
      const peer = peers.find((row) => row.work.startsWith(peerWork));
      if (peer === undefined) throw new Error(`the peer results hold no "${peerWork}"`);
      const [lowestPrice, highestPrice] = peer.params.roi;
      recording ??= await L2Recording.load(addon, path, {
        lowestPrice,
        highestPrice,
        repeats: 8,
        alignMs: 100,
      });
      rows.push(await measured(recording, peer, name, set, targetNs));
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measured(
  recording: L2Recording,
  peer: PeerRow,
  name: string,
  set: L2ParameterSet,
  targetNs: number,
): Promise<BenchRow> {
  let bestNs = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round += 1) {
    const before = performance.now();
    const [found] = await recording.run(options, [set]);
    bestNs = Math.min(bestNs, ((performance.now() - before) * 1e6) / peer.n);
    const { result } = peer;
    // The replay sums ticks of bid and ask, the grid mid prices: half of that times the tick of 0.1.
    const sum = (found?.bestTicksSum ?? 0) * (set.strategy === 'watch' ? 1 : 0.05);
    const pairs: readonly [string, number | undefined, number | undefined][] = [
      ['steps', found?.steps, result['steps']],
      ['sum', sum, result['sum']],
      ['fills', found?.fills, result['num_trades']],
      ['position', found?.position, result['position']],
      ['balance', found?.balance, result['balance']],
      ['fee', found?.fee, result['fee']],
      ['volume', found?.volume, result['trading_volume']],
      ['value', found?.value, result['trading_value']],
    ];
    for (const [field, ours, theirs] of pairs) {
      if (
        ours === undefined ||
        theirs === undefined ||
        Math.abs(ours - theirs) > 1e-9 * Math.max(1, Math.abs(theirs))
      )
        throw new Error(`${name}: ${field} is ${ours}, the peer has ${theirs}: no time counts`);
    }
  }
  const row = costRow(name, Number(bestNs.toFixed(1)), 'ns/row', targetNs);
  return {
    ...row,
    peer: 'hftbacktest 2.4.4 (recorded)',
    peerValue: Number(peer.unit_ns.toFixed(1)),
    ratio: Number((peer.unit_ns / bestNs).toFixed(2)),
  };
}
