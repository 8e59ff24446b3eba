/** The flags of `backtest` as commander knows them. */

import type { Command } from 'commander';
import type { BacktestFlags } from '../commands/backtest-flags.ts';
import type { ShadowFlags } from '../commands/shadow.ts';
import type { CommandContext } from './context.ts';

/** Adds what says which strategy runs over which data, and how; the seed is each command's own. */
export function withRunOptions(command: Command): Command {
  return command
    .option('--strategy <strategy>', 'which (see: strategies list), or a file of your own: ./breakout.ts')
    .option('--params <json>', 'its parameters as JSON, or @file.json, @file.yaml')
    .option('--candles <file>', 'candle file: CSV (plain or gzip), Parquet or JSON')
    .option('--venue <venue>', 'whose stored candles, where there is no file; else what to call the venue')
    .option(
      '--instrument <instrument>',
      'symbol such as BTC/USDT or BTC/USDT:USDT (default: after the file’s name)',
    )
    .option('--timeframe <timeframe>', 'length of the candles (default: as in the file)')
    .option(
      '--source <data>',
      'with --venue: candles (default), trades that the venue meets one by one, or l2: an order book it matches on',
    )
    .option('--from <time>', 'trading begins here; earlier candles warm up')
    .option('--to <time>', 'no candle from here on')
    .option('--capital <amount>', 'starting money in quote currency (default 10000)')
    .option('--holdings <amounts>', 'base currency there is from the start, such as BTC=0.5')
    .option('--fee-maker <rate>', 'fraction of the value (default 0.001, perpetuals 0.0002)')
    .option('--fee-taker <rate>', 'fraction of the value (default 0.001, perpetuals 0.0005)')
    .option('--slippage <rate>', 'fraction a taking order loses (default 0.0005)')
    .option('--fill <convention>', 'next-open (default) or close: where what is sent at a close fills')
    .option(
      '--path <path>',
      'auto (default): sweep where it can; event: kernel and simulated venue; sweep: compiled rules',
    )
    .option(
      '--intrabar <policy>',
      'adverse-first (default), by-direction, open-low-high-close, open-high-low-close',
    )
    .option('--limit-fill <rule>', 'through (default) or touch: when a resting limit order fills')
    .option('--detail <file>', 'finer candles for what happens inside a candle, or trades:FILE')
    .option(
      '--funding <file>',
      'funding rates of a perpetual (CSV: timestamp,funding_rate), one rate, or stored',
    )
    .option('--mark <file>', 'mark prices for funding and liquidation (default: the candles’ own), or stored')
    .option(
      '--borrow <rate[,rate]>',
      'trades spot on margin: interest a day on goods and on money, fractions',
    )
    .option('--leverage <number>', 'of perpetuals and margin, cross margin (default 1)')
    .option(
      '--latency <delay>',
      'each way: 50ms, log-normal:MEDIAN,SIGMA,MAX in ms, or a file (timestamp,latency)',
    )
    .option('--impact <coefficient[,exponent]>', 'market impact by share of the candle’s volume')
    .option(
      '--reserve <rate>',
      'share of the money an entry leaves (default 0.005 with next-open, 0 with close)',
    )
    .option('--warmup <bars>', 'closed candles before the first decision')
    .option('--tick-size <price>', 'price step (default: read off the data)')
    .option('--lot-size <quantity>', 'quantity step (default: read off the data)')
    .option('--minimum-notional <amount>', 'least order value in quote currency')
    .option(
      '--spec <json>',
      'the whole specification as JSON or @file.json, @file.yaml; flags replace parts of it',
    );
}

/** Adds the command to a program. */
export function addBacktestCommand(
  add: (words: string) => Command,
  run: (
    command: Command,
    work: (context: CommandContext, typed: Readonly<Record<string, unknown>>) => Promise<number>,
  ) => void,
): void {
  const command = withRunOptions(add('backtest').description('Runs a strategy over candles'))
    .option('--seed <text>', 'seed of every chance in the run')
    .option('--trades-out <file>', 'writes the trades as CSV')
    .option('--report <file.html>', 'writes the report as a page')
    .option('--report-json <file.json>', 'writes the report as JSON')
    .option(
      '--save',
      'keeps the run in the data folder, for backtests list, montecarlo --backtest and the Lab',
    )
    .option('--audit', 'keeps the full hash chain and gives auditHash (slower)');
  run(command, async (context, typed) =>
    (await import('../commands/backtest.ts')).backtest(context, typed as BacktestFlags),
  );
  // `--from`, `--to` and `--slippage` are flags of `backtest` too and are read there: commander gives them to the parent.
  const shadow = add('backtest shadow')
    .description('Replays what a bot has lived and explains every difference to its trades')
    .option('--bot <bot>', 'which; see: bots list')
    .option('--from <time>', 'default: its start, or the newest edit of its parameters')
    .option('--to <time>', 'default: its end, or the newest stored candle')
    .option('--slippage <rate>', 'fraction the backtest assumes a taking order loses (default 0.0005)')
    .option('--tolerance <candles>', 'how far apart two entries of the same trade may lie (default 2)');
  run(shadow, async (context) =>
    (await import('../commands/shadow.ts')).shadow(
      context,
      shadow.optsWithGlobals<ShadowFlags>(),
      command.opts(),
    ),
  );
}
