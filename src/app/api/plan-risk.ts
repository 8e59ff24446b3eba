/** What risk limits and the money at hand say about a plan, before anything is created. */

import { Decimal } from '../../shared/domain/decimal.ts';
import type { Instrument } from '../../shared/domain/instrument.ts';
import type { BotId } from '../../shared/domain/nominal.ts';
import type { Plan, PlanViolation } from '../../shared/domain/plan.ts';
import type { AppContext } from './context.ts';

/** Gives the violations beyond those the strategy itself found. `bot` may use again what it already has. */
export function checkPlanRisk(
  context: AppContext,
  instrument: Instrument,
  plan: Plan,
  bot?: BotId,
): PlanViolation[] {
  const { services } = context.kernel;
  const { ledger } = services.portfolio;
  const limits = services.riskLimits;
  const violations: PlanViolation[] = [];
  for (const { currency, amount } of plan.funds) {
    const need = Decimal.parse(amount);
    // A bot that exists trades with what it was given, in whatever it holds now.
    if (bot !== undefined) continue;
    const have = ledger.balance('main', instrument.venue, currency);
    if (have.compare(need) < 0) {
      violations.push({
        code: 'INSUFFICIENT_FUNDS',
        message: `the plan needs ${need} ${currency} at ${instrument.venue}, ${have} ${currency} are free`,
        severity: 'error',
      });
    }
  }
  const resting = plan.levels.filter((level) => level.restsNow);
  if (resting.length > limits.openOrdersPerBotMax) {
    violations.push({
      code: 'OPEN_ORDERS_MAX',
      message: `${resting.length} orders would rest at once, the limit of a bot is ${limits.openOrdersPerBotMax}`,
      severity: 'error',
    });
  }
  const orderMax = Decimal.parse(limits.orderNotionalMax);
  const tooBig = plan.levels.find((level) => Decimal.parse(level.notional).compare(orderMax) > 0);
  if (tooBig !== undefined) {
    violations.push({
      code: 'ORDER_NOTIONAL_MAX',
      message: `the order at ${tooBig.price} is worth ${tooBig.notional}, the limit is ${limits.orderNotionalMax} ${instrument.quote} an order`,
      severity: 'error',
    });
  }
  const exposure = Decimal.sum(
    plan.levels.filter((level) => level.side === 'buy').map((level) => Decimal.parse(level.notional)),
  );
  if (exposure.compare(Decimal.parse(limits.botExposureMax)) > 0) {
    violations.push({
      code: 'BOT_EXPOSURE_MAX',
      message: `all buys filled would be worth ${exposure}, the limit of a bot is ${limits.botExposureMax} ${instrument.quote}`,
      severity: 'warning',
    });
  }
  const halted = services.riskStates.effective((bot ?? 'new') as BotId, instrument.venue, instrument.id);
  if (halted !== undefined) {
    violations.push({
      code: halted.state,
      message: `trading is ${halted.state.toLowerCase()}: ${halted.reason}`,
      severity: 'warning',
    });
  }
  return violations;
}
