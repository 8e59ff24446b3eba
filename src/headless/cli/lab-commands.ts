/** The flags of the Lab's commands as commander knows them. */

import type { Command } from 'commander';
import type { BacktestFlags } from '../commands/backtest-flags.ts';
import type { MonteCarloFlags } from '../commands/monte-carlo.ts';
import type { StudyFlags, WalkForwardFlags } from '../commands/study-flags.ts';
import { withRunOptions } from './backtest-command.ts';
import type { CommandContext } from './context.ts';

type Work = (
  context: CommandContext,
  typed: Readonly<Record<string, unknown>>,
  args: readonly string[],
) => Promise<number>;

/** `each` says what the limits are of, where a command searches more than once. */
function withStudyOptions(command: Command, each = ''): Command {
  return withRunOptions(command)
    .option(
      '--spaces <json>',
      'what is searched, such as {"fastPeriod":{"from":5,"to":50,"step":5},"average":{"options":["sma","ema"]}}, or @file; ' +
        'false fixes one (default: the ranges of strategies show)',
    )
    .option('--only <list>', 'searches these parameters alone, separated by commas')
    .option(
      '--sampler <name>',
      'tpe (default), random, grid (every combination, in an order of the seed), sobol, gp, cma-es, nsga-ii or nsga-iii',
    )
    .option(
      '--objective <list>',
      'sharpe (default), sortino, calmar, max-drawdown, profit, profit-drawdown, multi-metric; several (4 at most) with nsga-ii, nsga-iii, random, grid or sobol',
    )
    .option(
      '--expression <formula>',
      'a formula over figures of the report instead, such as "sharpe * sqrt(trades)"',
    )
    .option('--goal <goal>', 'of --expression: maximise (default) or minimise')
    .option('--trials <number>', `how many${each} (default 200)`)
    .option('--seed <number>', 'of the sampler (default 1); equal seeds give equal trials')
    .option('--batch <number>', 'trials proposed together; part of the result (default 8)')
    .option('--minimum-trades <number>', 'a trial with fewer trades has no score (default 10)')
    .option(
      '--pruner <name>',
      'none (default), or median: ends a trial whose return is below the median of earlier ones at 25, 50 or 75 %',
    )
    .option('--patience <number>', `ends after so many trials without a better one${each} (default: never)`)
    .option('--time-limit <duration>', `ends after this time${each}, such as 10m (default: never)`);
}

/** Adds the commands to a program. */
export function addLabCommands(
  add: (words: string) => Command,
  run: (command: Command, work: Work) => void,
): void {
  const searching = () => import('../commands/optimise.ts');
  const checking = () => import('../commands/lab-checks.ts');
  const optimised = withStudyOptions(
    add('optimise').description(
      'Searches for parameters; stored trial by trial. Ctrl-C keeps the trials and says how to go on',
    ),
  )
    .option(
      '--out-of-sample <part>',
      'newest part of the data that no trial sees, 0 to 0.6 (default 0.25); the best are run on it at the end',
    )
    .option('--resume <study>', 'goes on with a stored study (with --strategy FILE, where that is your own)');
  run(optimised, async (context, typed) => (await searching()).optimise(context, typed as StudyFlags));
  const walked = withStudyOptions(
    add('walkforward').description(
      'Optimises a stretch, trades the next with the best setting, and so on. Ctrl-C keeps nothing',
    ),
    ' for each stretch',
  )
    .option('--windows <number>', 'traded stretches, 2 to 200 (default 5)')
    .option(
      '--train-to-test <ratio>',
      'length of the optimised stretch in traded ones, 0.5 to 50 (default 3)',
    )
    .option('--anchored', 'optimises on everything before, not on a stretch of one length');
  run(walked, async (context, typed) => (await searching()).walkForward(context, typed as WalkForwardFlags));
  const suspected = withRunOptions(
    add('bias').description(
      'Looks for lookahead (does a decision change when later data is cut off?) and for a warm-up that is too short',
    ),
  )
    .option('--seed <text>', 'seed of every chance in the runs')
    .option('--cuts <number>', 'places where the data is cut off, 1 to 200 (default 20)');
  run(suspected, async (context, typed) => (await checking()).bias(context, typed as BacktestFlags));
  const chanced = withRunOptions(
    add('montecarlo').description(
      'Runs a backtest many times with chance in it: its trades, its fills, its candles, its entries. It works on one of: ' +
        '--trades FILE, --backtest ID, or a run told by the flags of backtest',
    ),
  )
    .option(
      '--trades <file>',
      'trades as CSV (backtest --trades-out, or a column profit with --capital), or a JSON report',
    )
    .option('--backtest <backtest>', 'a stored one instead (see: backtests list); or the flags of a new one')
    .option(
      '--method <method>',
      'of trades: shuffle (default), bootstrap, blocks, missed; of whole runs, not with --trades: noise, random-entries',
    )
    .option('--runs <number>', 'how many (default 10000; noise 100, random-entries 2000)')
    .option('--seed <number>', 'seed of all chance (default 1); equal seeds give equal results')
    .option('--block <trades>', 'with --method blocks: trades that stay together (default 10)')
    .option('--miss <fraction>', 'with --method missed: probability of missing a trade (default 0.05)')
    .option('--noise <deviations>', 'with --method noise: in those of the real returns (default 0.3)')
    .option('--ruin <fraction>', 'of trades: drawdown that counts as ruin (default 0.5)')
    .option('--fan <points>', 'of trades: points of the fan of equity, 0 to 1000 (default 50)')
    .option('--threads <number>', 'default: one a core; the result is the same');
  run(chanced, async (context, typed) =>
    (await import('../commands/monte-carlo.ts')).monteCarlo(context, typed as MonteCarloFlags),
  );
  const shaken = add('sensitivity')
    .description('Runs the neighbours of a trial: a plateau, or a needle?')
    .requiredOption('--study <study>', 'which; see: studies list')
    .option('--trial <number>', 'which of its trials (default: the best)')
    .option('--reach <steps>', 'steps to each side (default 3)')
    .option('--strategy <file>', 'the file of your own strategy, where the study searched one');
  run(shaken, async (context, typed) =>
    (await checking()).sensitivity(context, typed as { readonly study: string }),
  );
  const stored = () => import('../commands/stored-backtests.ts');
  run(add('backtests list').description('Stored backtests, newest first'), async (context) =>
    (await stored()).listBacktests(context),
  );
  const kept = add('backtests show')
    .description('One stored backtest with what it was asked for')
    .argument('<backtest>');
  run(kept, async (context, _typed, [id = '']) => (await stored()).showBacktest(context, id));
  run(add('studies list').description('Stored studies, newest first'), async (context) =>
    (await checking()).listStudies(context),
  );
  const shown = add('studies show').description('One study with its best trials').argument('<study>');
  run(shown, async (context, _typed, [id = '']) => (await checking()).showStudy(context, id));
}
