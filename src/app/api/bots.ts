/** Strategies and bots: suggestions, plans, and the life of a bot. */

import type { BotRuntime } from '../../engine/kernel/bot-runtime.ts';
import type { AnyStrategy } from '../../engine/strategy/api.ts';
import { ApiError } from '../../shared/api/result.ts';
import type { BotView, PlanView } from '../../shared/api/views.ts';
import { Decimal } from '../../shared/domain/decimal.ts';
import type { Instrument } from '../../shared/domain/instrument.ts';
import { type BotId, botId } from '../../shared/domain/nominal.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import { ownName } from '../bot-names.ts';
import { botViewOf, ladderOf, planMarketOf, planOf } from '../views/bot-views.ts';
import { strategyViewOf } from '../views/strategy-view.ts';
import { type AppContext, findInstrument, findStrategyOrThrow, type Handlers } from './context.ts';
import { control, once } from './control.ts';
import { completeParams, parseParams } from './params.ts';
import { checkPlanRisk } from './plan-risk.ts';

function supported(strategy: AnyStrategy, instrument: Instrument): void {
  const verdict = strategy.supports(instrument);
  if (verdict !== true) throw new ApiError('bad-input', `instrument: ${verdict}`, { field: 'instrument' });
}

function marketOrThrow(context: AppContext, instrument: Instrument) {
  const market = planMarketOf(context.kernel, instrument);
  if (market !== undefined) return market;
  throw new ApiError('refused', `no price of ${instrument.symbol} at ${instrument.venue} is known yet`, {
    hint: 'Wait for the venue to send market data, then try again.',
  });
}

/** Makes the plan and adds what risk and the money at hand say to it. */
function fullPlan(
  context: AppContext,
  strategy: AnyStrategy,
  instrument: Instrument,
  params: unknown,
  of: {
    readonly bot?: BotId | undefined;
    readonly allocation?: Readonly<Record<string, string>> | undefined;
  } = {},
): Plan {
  const allocation =
    of.allocation ?? (of.bot === undefined ? undefined : context.kernel.bot(of.bot)?.definition.allocation);
  const plan = planOf(strategy, params, { ...marketOrThrow(context, instrument), allocation });
  return { ...plan, violations: [...plan.violations, ...checkPlanRisk(context, instrument, plan, of.bot)] };
}

function findBot(context: AppContext, id: string): BotRuntime {
  const bot = context.kernel.bot(botId(id));
  if (bot === undefined) throw new ApiError('not-found', `there is no bot ${id}`, { field: 'bot' });
  return bot;
}

function view(context: AppContext, id: string): { bot: BotView } {
  return { bot: botViewOf(context.kernel, findBot(context, id)) };
}

/** Makes sure a running list of candles exists before a strategy starts on it. */
async function warm(
  context: AppContext,
  strategy: AnyStrategy,
  instrument: Instrument,
  params: unknown,
): Promise<void> {
  const { timeframesMs, warmupBars } = strategy.subscribe(params);
  await context.warmUp(instrument.id, timeframesMs, warmupBars);
}

/** A bot that gets less than its plan needs could only ever place part of it. */
function refuseSmallAllocation(plan: Plan, allocation: Readonly<Record<string, string>>): void {
  for (const { currency, amount } of plan.funds) {
    const given = Decimal.parse(allocation[currency] ?? '0');
    if (given.compare(Decimal.parse(amount)) >= 0) continue;
    throw new ApiError('refused', `the plan needs ${amount} ${currency}, the allocation gives ${given}`, {
      field: 'allocation',
      hint: 'Give more, lower the investment, or leave the allocation out to give what the plan needs.',
    });
  }
}

/** Refuses to start on a plan with errors, naming the first. */
function refuseErrors(plan: Plan): void {
  const error = plan.violations.find((violation) => violation.severity === 'error');
  if (error === undefined) return;
  const field = error.field === undefined ? undefined : `params.${error.field}`;
  throw new ApiError('refused', `${error.code}: ${error.message}`, { field });
}

export const strategyHandlers: Handlers<'strategies'> = {
  'strategies/list': (_request, context) => ({ strategies: context.strategies.map(strategyViewOf) }),
  'strategies/suggest': (request, context) => {
    const strategy = findStrategyOrThrow(context, request.strategy);
    const instrument = findInstrument(context, request.venue, request.instrument);
    supported(strategy, instrument);
    return { params: strategy.suggest(marketOrThrow(context, instrument)) as Record<string, unknown> };
  },
  'strategies/plan': (request, context) => {
    const strategy = findStrategyOrThrow(context, request.strategy);
    const instrument = findInstrument(context, request.venue, request.instrument);
    supported(strategy, instrument);
    const { parsed, unused } = completeParams(strategy, request.params, marketOrThrow(context, instrument));
    const bot = request.bot === undefined ? undefined : findBot(context, request.bot).id;
    const plan = fullPlan(context, strategy, instrument, parsed, { bot });
    return { ...plan, violations: [...plan.violations, ...unused] } as PlanView;
  },
};

export const botHandlers: Handlers<'bots'> = {
  'bots/list': (_request, context) => ({
    bots: [...context.kernel.botManager.bots.values()].map((bot) => botViewOf(context.kernel, bot)),
  }),
  'bots/show': (request, context) => {
    const bot = findBot(context, request.bot);
    const market = planMarketOf(context.kernel, bot.instrument);
    return {
      ...view(context, request.bot),
      plan:
        market === undefined
          ? null
          : (planOf(bot.strategy, bot.params, {
              ...market,
              allocation: bot.definition.allocation,
            }) as PlanView),
      ladder: ladderOf(bot, context.kernel),
    };
  },
  'bots/create': (request, context) =>
    once(context, request.token, 'bots/create', request, async () => {
      const strategy = findStrategyOrThrow(context, request.strategy);
      const instrument = findInstrument(context, request.venue, request.instrument);
      supported(strategy, instrument);
      const {
        raw,
        parsed: params,
        unused,
      } = completeParams(strategy, request.params, {
        ...marketOrThrow(context, instrument),
        allocation: request.allocation,
      });
      const plan = fullPlan(context, strategy, instrument, params, { allocation: request.allocation });
      if (request.start) {
        refuseErrors(plan);
        await warm(context, strategy, instrument, params);
      }
      if (request.allocation !== undefined) refuseSmallAllocation(plan, request.allocation);
      const id = botId(context.nextBotId());
      const allocation =
        request.allocation ??
        Object.fromEntries(plan.funds.map(({ currency, amount }) => [currency, amount]));
      control(context, {
        kind: 'create-bot',
        definition: {
          id,
          name: ownName(request.name ?? `${strategy.title} ${instrument.symbol}`, namesOfBots(context)),
          strategy: strategy.id,
          instrument: instrument.id,
          params: raw,
          allocation,
        },
      });
      if (request.start) control(context, { kind: 'start-bot', bot: id });
      const warnings = unused.map(({ message }) => message);
      return { ...view(context, id), ...(warnings.length === 0 ? {} : { warnings }) };
    }),
  'bots/start': async (request, context) => {
    const bot = findBot(context, request.bot);
    if (bot.state !== 'PAUSED') {
      refuseErrors(fullPlan(context, bot.strategy, bot.instrument, bot.params, { bot: bot.id }));
      await warm(context, bot.strategy, bot.instrument, bot.params);
    }
    control(context, { kind: 'start-bot', bot: bot.id });
    return view(context, request.bot);
  },
  'bots/pause': (request, context) => {
    control(context, { kind: 'pause-bot', bot: botId(request.bot) });
    return view(context, request.bot);
  },
  'bots/resume': (request, context) => {
    control(context, { kind: 'resume-bot', bot: botId(request.bot) });
    return view(context, request.bot);
  },
  'bots/stop': (request, context) => {
    control(context, { kind: 'stop-bot', bot: botId(request.bot), policy: request.policy });
    return view(context, request.bot);
  },
  'bots/edit': async (request, context) => {
    const bot = findBot(context, request.bot);
    const merged = { ...bot.definition.params, ...(request.params ?? {}) };
    const params = parseParams(bot.strategy, merged);
    refuseFixedParams(bot, merged);
    if (request.params !== undefined) {
      refuseErrors(fullPlan(context, bot.strategy, bot.instrument, params, { bot: bot.id }));
      await warm(context, bot.strategy, bot.instrument, params);
    }
    const name = request.name === undefined ? undefined : ownName(request.name, namesOfBots(context, bot.id));
    control(context, { kind: 'edit-bot', bot: bot.id, params: merged, name });
    return view(context, request.bot);
  },
  'bots/remove': (request, context) => {
    control(context, { kind: 'remove-bot', bot: botId(request.bot) });
    return {};
  },
};

/** The names there are, without that of one bot. */
function namesOfBots(context: AppContext, except?: BotId): string[] {
  return [...context.kernel.botManager.bots.values()]
    .filter(({ id }) => id !== except)
    .map(({ definition }) => definition.name);
}

/** While a bot runs, only parameters marked updatable may change. */
function refuseFixedParams(bot: BotRuntime, next: Readonly<Record<string, unknown>>): void {
  if (bot.state !== 'RUNNING' && bot.state !== 'PAUSED') return;
  const before = bot.definition.params;
  for (const field of strategyViewOf(bot.strategy).fields) {
    const changed = JSON.stringify(before[field.name]) !== JSON.stringify(next[field.name]);
    if (changed && !field.updatable) {
      throw new ApiError('refused', `${field.label} cannot be changed while the bot runs`, {
        field: `params.${field.name}`,
        hint: 'Stop the bot first, or create a new one.',
      });
    }
  }
}
