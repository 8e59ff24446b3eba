/**
 * The command line as commander knows it. Commands of the API come from their table; everything else is loaded when
 * it is called, so that `--version` and `status` stay quick.
 */

import { Command, type OutputConfiguration } from 'commander';
import { ApiError } from '../../shared/api/result.ts';
import { programVersion } from '../../shared/version.ts';
import type { TypedRunFlags } from '../host/run-flags.ts';
import { addBacktestCommand } from './backtest-command.ts';
import { type CommandContext, createContext, type GlobalFlags } from './context.ts';
import { addLabCommands } from './lab-commands.ts';

/** Takes what a command gives: its exit code. */
export type Finish = (exitCode: number) => void;

type Typed = Readonly<Record<string, unknown>>;

const groupSummaries: Readonly<Record<string, string>> = {
  bots: 'Bots: list, show, create, start, stop, pause, resume, edit, remove',
  journal: 'The audit journal: verify, tail, export, report',
  keys: 'Exchange keys: list, add, test, remove; a secret is never shown',
  vault: 'The passphrase vault for keys, where there is no keychain: init, unlock',
  strategies: 'Strategies and their parameters: list, show',
  venues: 'Venues and their connection: list',
  instruments: 'Instruments with the venue rules: list',
  data: 'Market data: import, download, list, check, repair, remove',
  pairs: 'Pairs that move together: scan',
  jobs: 'Long-running work of the host: list, show, cancel',
  backtests: 'Stored backtests: list, show',
  studies: 'Stored studies of the optimiser: list, show',
};

const footer = `
Exit codes: 0 done, 1 a bug (with a report), 2 bad input, 3 refused, 4 not found, 5 venue or network,
6 damaged data, 7 in use by another instance, 130 interrupted. More: docs/headless.md`;

/**
 * Builds the program. `output` decides where commander's own words go. `command` is the word that was typed: a backtest
 * of a second does without the API's commands, whose schemas take a good part of that to load.
 */
export async function createProgram(
  finish: Finish,
  output: OutputConfiguration,
  command: string | undefined,
): Promise<Command> {
  const program = new Command('sextant')
    .description('Self-hosted crypto trading terminal. Without a command it opens the terminal.')
    .version(programVersion, '-V, --version', 'the version')
    .option('--data <folder>', 'all state of one installation (default: the system’s application folder)')
    .option('--config <file>', 'configuration file, YAML (default: sextant.yaml in the data folder)')
    .option('--json', 'one JSON object a line on standard output')
    .option('--log-level <level>', 'debug, info, warn or error')
    .option('--color <when>', 'auto or never')
    .option('--yes', 'do not ask for confirmation')
    .option('--no-ui', 'run the host without a window; see: run --help')
    .helpOption('-h, --help', 'this help')
    .helpCommand(false)
    .configureOutput(output)
    .exitOverride()
    .showSuggestionAfterError(true)
    .allowExcessArguments(false)
    .addHelpText('after', footer);

  const group = (name: string): Command =>
    program.commands.find((known) => known.name() === name) ??
    inherit(program, program.command(name).description(groupSummaries[name] ?? ''))
      .allowExcessArguments(true)
      .action((_flags, command: Command) => explainGroup(command));
  const add = (words: string): Command => {
    const [first = '', second] = words.split(' ');
    const parent = second === undefined ? program : group(first);
    return inherit(program, parent.command(second ?? first));
  };
  const run = (
    command: Command,
    work: (context: CommandContext, typed: Typed, args: readonly string[]) => Promise<number>,
  ): void => {
    command.action(async () => {
      const typed = command.opts<Typed>();
      finish(await work(createContext(command.optsWithGlobals<GlobalFlags>()), typed, command.args));
    });
  };

  if (command !== 'backtest') (await import('./api-command-list.ts')).addApiCommands(add, run);
  addHostCommands(add, run);
  addOtherCommands(add, run);
  return program;
}

/** Commander's settings are not handed down to commands by themselves. */
function inherit(program: Command, command: Command): Command {
  return command.copyInheritedSettings(program).helpCommand(false);
}

/** Called when the word after `bots`, `journal` … is missing or none of theirs. */
function explainGroup(group: Command): never {
  const [unknown] = group.args;
  const names = group.commands.map((command) => command.name()).join(', ');
  const what = unknown === undefined ? 'say which' : `there is no "${unknown}"`;
  throw new ApiError('bad-input', `${group.name()}: ${what}: ${names}`, {
    field: unknown ?? group.name(),
    hint: `See: bin/sextant ${group.name()} --help`,
  });
}

type Add = (words: string) => Command;
type Run = (
  command: Command,
  work: (context: CommandContext, typed: Typed, args: readonly string[]) => Promise<number>,
) => void;

function withRunFlags(command: Command): Command {
  return command
    .option('--demo', 'simulated venues, a funded account and the demo bots')
    .option('--speed <factor>', 'simulated seconds a second, 0.1 to 1000, or max')
    .option('--seed <text>', 'seed of the simulated markets')
    .option('--port <number>', 'loopback port of the local API (default: a free one)');
}

function addHostCommands(add: Add, run: Run): void {
  const host = withRunFlags(add('run').description('Runs the host without a window (--no-ui)'))
    .option('--for <duration>', 'stops after this much time (90s, 10m, 2h)')
    .option('--sim-for <duration>', 'stops after this much simulated time')
    .option('--serve', 'also serves the terminal to a browser and prints its address');
  run(host, async (context, typed) => {
    const { readRunFlags } = await import('../host/run-flags.ts');
    const flags = readRunFlags(typed as TypedRunFlags, context);
    const { runHost } = await import('../host/run-host.ts');
    return runHost(context, flags);
  });
  run(
    withRunFlags(add('open').description('Opens the terminal in a window of a browser')),
    async (context, typed) => {
      const { readRunFlags } = await import('../host/run-flags.ts');
      const { openTerminal } = await import('../commands/open.ts');
      return openTerminal(context, readRunFlags(typed as TypedRunFlags, context));
    },
  );
}

function withSecretFlags(command: Command): Command {
  return command
    .option('--passphrase-fd <number>', 'reads the vault’s passphrase from an open file descriptor')
    .option('--passphrase-stdin', 'reads the vault’s passphrase from the first line of standard input');
}

function addOtherCommands(add: Add, run: Run): void {
  const tail = add('journal tail')
    .description('The newest records in words')
    .option('--limit <number>', 'how many (default 20)')
    .option('--bot <bot>', 'only of one bot')
    .option('--search <text>', 'only with this text')
    .option('--follow', 'goes on with new ones until Ctrl-C');
  run(tail, async (context, typed) => (await import('../commands/journal.ts')).journalTail(context, typed));
  const exported = add('journal export')
    .description('Every record as a JSON line')
    .option('--out <file>', 'a new file (default: standard output)')
    .option('--from <number>', 'first record');
  run(exported, async (context, typed) =>
    (await import('../commands/journal.ts')).journalExport(context, typed),
  );

  const shown = add('strategies show')
    .description('One strategy with its parameters')
    .argument('<strategy>')
    .option('--venue <venue>', 'with --instrument: also what it suggests for that market')
    .option('--instrument <instrument>', '');
  run(shown, async (context, typed, [id = '']) =>
    (await import('../commands/strategies.ts')).showStrategy(context, id, typed),
  );

  const replayed = add('replay')
    .description('Replays recorded market frames')
    .requiredOption('--frames <file>', 'recorded frames, plain or gzip')
    .requiredOption('--venue <venue>', 'whose frames they are, such as binance')
    .option('--instrument <instrument>', 'symbol such as BTC/USDT (default: read off the frames)')
    .option('--strategy <strategy>', 'strategy to run on them')
    .option('--params <json>', 'its parameters as JSON, or @file.json, @file.yaml')
    .option('--latency <duration>', 'delay between engine and venue (default 50ms)');
  run(replayed, async (context, typed) =>
    (await import('../commands/replay.ts')).replay(
      context,
      typed as unknown as Parameters<typeof import('../commands/replay.ts').replay>[1],
    ),
  );

  addBacktestCommand(add, run);
  addLabCommands(add, run);

  const indicators = () => import('../commands/indicators.ts');
  run(add('indicators list').description('Every indicator with its parameters'), async (context) =>
    (await indicators()).listIndicators(context),
  );
  const computed = add('indicators run')
    .description('One indicator over a candle file, written as CSV')
    .requiredOption('--name <name>', 'indicator such as RSI; see: indicators list')
    .requiredOption('--in <file>', 'candle file: CSV, plain or gzip, or Parquet')
    .requiredOption(
      '--out <file>',
      'CSV to write: timestamp and one column an output, empty while warming up',
    )
    .option('--params <json>', 'its parameters as JSON, or @file.json, @file.yaml')
    .option('--columns <json>', 'candle columns for its inputs, such as {"close":"high"}');
  run(computed, async (context, typed) =>
    (await indicators()).runIndicator(
      context,
      typed as unknown as Parameters<Awaited<ReturnType<typeof indicators>>['runIndicator']>[1],
    ),
  );

  addDataCommands(add, run);
  addL2Commands(add, run);
  const scanned = add('pairs scan')
    .description('Tests candle files for pairs that move together')
    .option('--candles <file...>', 'candle files: CSV, plain, gzip or zip, or Parquet')
    .option('--folder <folder>', 'all candle files of a folder')
    .option('--timeframe <timeframe>', 'joins all to this timeframe, such as 1h')
    .option('--method <method>', 'engle-granger (default) or johansen')
    .option('--lag <lag>', 'lagged differences: a number (default 1), aic, bic or t-stat')
    .option('--p-max <number>', 'largest p-value (default 0.05); johansen: 0.1, 0.05 or 0.01')
    .option('--half-life-max <bars>', 'longest half-life of the spread (default 24), or any')
    .option('--prices <scale>', 'log (default): hedge in value; plain: hedge in units')
    .option('--bars <number>', 'only the newest common bars')
    .option('--both-ways', 'tests each pair with either series as the dependent one')
    .option('--threads <number>', 'threads (default: one a core)');
  run(scanned, async (context, typed) =>
    (await import('../commands/pairs.ts')).scanPairFiles(context, typed),
  );

  addKeyCommands(add, run);
  run(add('doctor').description('Checks what this installation needs'), async (context) =>
    (await import('../doctor/run-doctor.ts')).runDoctor(context),
  );
}

function addDataCommands(add: Add, run: Run): void {
  const data = () => import('../commands/data.ts');
  type Flags = Parameters<Awaited<ReturnType<typeof data>>['importData']>[1];
  const withSeries = (command: Command, timeframe: string): Command =>
    command
      .option('--venue <venue>', 'venue id such as binance')
      .option('--instrument <instrument>', 'symbol such as BTC/USDT or BTC/USDT:USDT')
      .option('--timeframe <timeframe>', timeframe)
      .option('--kind <kind>', 'candles (default), marks, funding, trades or l2');
  const imported = add('data import')
    .description(
      'A file of candles, mark prices, funding rates, trades or an order book; whole or not at all',
    )
    .requiredOption('--file <file>', 'plain, gzip or zip; the format is found out')
    .requiredOption('--venue <venue>', 'venue id such as binance')
    .requiredOption('--instrument <instrument>', 'symbol such as BTC/USDT or BTC/USDT:USDT')
    .option('--timeframe <timeframe>', 'of the candles, or to make of trades (default: found out, 1m)')
    .option('--sparse', 'with --timeframe: the file leaves candles without trades out')
    .option('--format <format>', 'name of the format where it is not found out')
    .option('--kind <kind>', 'candles, marks, trades (kept one by one) or l2 (default: found out)')
    .option('--sequence <how>', 'order books: checked (default) or as-recorded')
    .option('--symbol <symbol>', "order books: the venue's symbol, where the file holds several")
    .option('--columns <list>', 'timestamp=when,close=last … by name or number, or as JSON')
    .option('--time-unit <unit>', 's, ms, us, ns or iso (default: found out)')
    .option('--duplicates <choice>', 'refuse, keep-first or keep-last: rows of one time that differ')
    .option('--sort', 'takes rows in any order')
    .option('--replace', 'lets the new rows stand where they differ from stored candles (refused otherwise)');
  run(imported, async (context, typed) => (await data()).importData(context, typed as Flags));
  const downloaded = add('data download')
    .description('Candles or trades from a venue; goes on where an earlier download ended')
    .requiredOption('--venue <venue>', 'exchange id of CCXT such as binance')
    .requiredOption('--instrument <list>', 'symbols, separated by commas')
    .option('--timeframe <list>', 'timeframes of candles, separated by commas')
    .option('--kind <kind>', 'candles (default) or trades')
    .requiredOption('--from <time>', 'such as 2024-01-01, or how long ago: 30d')
    .option('--to <time>', 'default: now');
  run(downloaded, async (context, typed) => (await data()).downloadData(context, typed as Flags));
  run(add('data list').description('What is stored'), async (context) => (await data()).listData(context));
  const checked = withSeries(
    add('data check').description('Check sums, gaps and outliers of one series, or of all'),
    'which one of the instrument',
  );
  run(checked, async (context, typed) => (await data()).checkData(context, typed as Flags));
  const repaired = withSeries(
    add('data repair').description('Mends a series; a copy is kept for --undo'),
    'which one of the instrument',
  )
    .option('--gaps <choice>', 'keep, fill (flat, without volume) or download')
    .option('--outliers <choice>', 'keep or drop')
    .option('--undo', 'puts the series back as it was before its last repair');
  run(repaired, async (context, typed) => (await data()).repairData(context, typed as Flags));
  const joined = add('data candles')
    .description('Joins stored trades to candles and stores those')
    .requiredOption('--venue <venue>', 'venue id such as binance')
    .requiredOption('--instrument <instrument>', 'symbol such as BTC/USDT or BTC/USDT:USDT')
    .requiredOption('--timeframe <timeframe>', 'length of the candles')
    .option('--kind <kind>', 'trades (default), or l2: the trades of an order book recording');
  run(joined, async (context, typed) => (await data()).makeCandleData(context, typed as Flags));
  const removed = withSeries(
    add('data remove').description('Forgets a series'),
    'which one of the instrument',
  );
  run(removed, async (context, typed) => (await data()).removeData(context, typed as Flags));
}

function addL2Commands(add: Add, run: Run): void {
  const marketMaking = add('backtest-l2')
    .description('A market-making strategy over an order book recording, with latency and queue positions')
    .option('--in <file>', 'a raw file together with --format, or a file of the library')
    .option('--venue <venue>', 'with --instrument: a stored order book (data import --kind l2)')
    .option('--instrument <instrument>', 'see --venue')
    .option(
      '--format <format>',
      'binance-frames, tardis-csv, bybit-book or trade-list: import the file first',
    )
    .option('--sequence <how>', 'with --format: checked (default) or as-recorded')
    .option('--symbol <symbol>', "with --format: the venue's symbol, where the file holds several")
    .requiredOption('--strategy <strategy>', 'grid or quoter')
    .requiredOption('--params <json>', 'numbers, or lists of numbers to try all combinations of')
    .option('--step <duration>', 'time between decisions (default 100ms)')
    .option('--latency <duration>', 'delay of orders and of answers (default 10ms)')
    .option('--queue <model>', 'risk-averse, power:N or logarithm (default power:2)')
    .option('--matching <how>', 'whole or partial fills (default partial)')
    .option('--maker-fee <part>', 'part of the value, negative for a rebate (default 0.0002)')
    .option('--taker-fee <part>', 'part of the value (default 0.0005)')
    .option('--lowest-price <price>', 'with --highest-price: leave out prices outside')
    .option('--highest-price <price>', 'see --lowest-price');
  run(marketMaking, async (context, typed) =>
    (await import('../commands/backtest-l2.ts')).backtestL2(
      context,
      typed as unknown as Parameters<typeof import('../commands/backtest-l2.ts').backtestL2>[1],
    ),
  );
}

function addKeyCommands(add: Add, run: Run): void {
  const keys = () => import('../commands/keys.ts');
  run(add('keys list').description('Stored keys, without secrets'), async (context) =>
    (await keys()).listStoredKeys(context),
  );
  const added = withSecretFlags(add('keys add').description('Stores a key'))
    .requiredOption('--venue <venue>', 'venue id such as binance')
    .option('--label <text>', 'a name for it')
    .option('--fields <list>', 'what is asked for: apiKey,secret (default), password, uid')
    .option('--secret-fd <number>', 'reads {"apiKey","secret"} from an open file descriptor')
    .option('--secret-stdin', 'reads {"apiKey","secret"} from standard input');
  run(added, async (context, typed) =>
    (await keys()).addKey(
      context,
      typed as unknown as Parameters<Awaited<ReturnType<typeof keys>>['addKey']>[1],
    ),
  );
  const tested = withSecretFlags(
    add('keys test').description('Shows that a key can be read').argument('<key>'),
  );
  run(tested, async (context, typed, [id = '']) => (await keys()).testKey(context, id, typed));
  const removed = withSecretFlags(add('keys remove').description('Deletes a stored key').argument('<key>'));
  run(removed, async (context, typed, [id = '']) => (await keys()).removeKey(context, id, typed));
  const made = withSecretFlags(add('vault init').description('Makes the vault of this data folder')).option(
    '--discard-lost-keys',
    'forgets keys of a vault that is gone',
  );
  run(made, async (context, typed) => (await keys()).initVault(context, typed));
  run(withSecretFlags(add('vault unlock').description('Checks the passphrase')), async (context, typed) =>
    (await keys()).unlockVault(context, typed),
  );
}
