/** Carries out control commands: what a person or the host asks of the kernel. */

import type { VenueId } from '../../shared/domain/nominal.ts';
import type { RiskCode, RiskScope } from '../../shared/domain/risk.ts';
import type { ControlCommand } from '../../shared/events/control.ts';
import type { Executor } from '../execution/executor.ts';
import type { Reconciler } from '../execution/reconciler.ts';
import { manualBot } from '../portfolio/ledger.ts';
import { scopeCovers } from '../risk/risk-states.ts';
import { BotControl } from './bot-control.ts';
import type { BotManager } from './bot-manager.ts';
import { type ControlOutcome, refused, succeeded } from './control-outcome.ts';
import type { KernelServices } from './services.ts';

const stateDenials: ReadonlySet<RiskCode> = new Set<RiskCode>(['HALTED', 'REDUCING']);

export class ControlDesk {
  private readonly services: KernelServices;
  private readonly botManager: BotManager;
  private readonly botControl: BotControl;
  private readonly executor: Executor;
  private readonly reconciler: Reconciler;

  constructor(services: KernelServices, botManager: BotManager, executor: Executor, reconciler: Reconciler) {
    this.services = services;
    this.botManager = botManager;
    this.botControl = new BotControl(services, botManager);
    this.executor = executor;
    this.reconciler = reconciler;
  }

  /** Carries out a command and gives its outcome. */
  run(command: ControlCommand): ControlOutcome {
    const { services, botManager, botControl } = this;
    switch (command.kind) {
      case 'create-bot':
        return botControl.create(command.definition);
      case 'start-bot':
        return botControl.start(command.bot);
      case 'pause-bot':
        return botControl.pause(command.bot);
      case 'resume-bot':
        return botControl.resume(command.bot);
      case 'stop-bot':
        return botControl.stop(command.bot, command.policy, 'stopped by hand');
      case 'edit-bot':
        return botControl.edit(command.bot, command.params, command.name);
      case 'remove-bot':
        return botControl.remove(command.bot);
      case 'place-order':
        return this.placeByHand(command);
      case 'cancel-order': {
        const order = services.orders.get(command.clientOrderId);
        if (order === undefined) return refused('not-found', `no order ${command.clientOrderId}`);
        return this.executor.cancel(command.clientOrderId, 'cancelled by hand')
          ? succeeded
          : refused('refused', `order ${command.clientOrderId} is ${order.state} and cannot be cancelled`);
      }
      case 'cancel-all':
        return { ok: true, count: this.cancelAll(command.scope, 'cancelled by hand') };
      case 'set-risk-state':
        if (services.riskStates.set(command.scope, command.state, command.reason)) {
          services.audit({
            kind: 'risk-state',
            scope: command.scope,
            state: command.state,
            reason: command.reason,
          });
          botManager.retryDenied(stateDenials);
        }
        return succeeded;
      case 'set-risk-limits':
        services.riskLimits = command.limits;
        services.audit({ kind: 'risk-limits', limits: command.limits });
        return succeeded;
      case 'flatten':
        this.cancelAll(command.scope, 'flattened by hand');
        for (const bot of [...botManager.bots.values()]) {
          if (scopeCovers(command.scope, bot.id, bot.instrument.venue, bot.instrument.id)) {
            botControl.flatten(bot, 'flattened by hand');
          }
        }
        for (const { bot, position } of [...services.portfolio.allPositions()]) {
          const { instrument } = position;
          if (bot === manualBot && scopeCovers(command.scope, bot, instrument.venue, instrument.id))
            botManager.manualClosing.begin(instrument);
        }
        return succeeded;
      case 'reconcile':
        this.reconciler.request(command.venue);
        return succeeded;
      case 'resolve-unknown': {
        const order = services.orders.get(command.clientOrderId);
        if (order === undefined) return refused('not-found', `no order ${command.clientOrderId}`);
        const unexplained = order.state === 'PENDING_CANCEL' && this.reconciler.isUnexplained(order);
        if (order.state !== 'UNKNOWN' && !unexplained)
          return refused('refused', `order ${order.clientOrderId} is ${order.state}, not UNKNOWN`);
        if (order.filledLots > 0)
          this.executor.move(order, 'CANCELED', `a person says it is closed: ${command.note}`);
        else this.executor.move(order, 'REJECTED', `a person says it was never placed: ${command.note}`);
        return succeeded;
      }
    }
  }

  private placeByHand(command: Extract<ControlCommand, { kind: 'place-order' }>): ControlOutcome {
    const result = this.executor.place(
      { bot: command.bot, mayTrade: true, ordersInTenSeconds: 0 },
      `manual-${this.executor.nextOrderNumber}`,
      'manual',
      command.request,
    );
    const outcome: ControlOutcome = result.ok
      ? { ok: true, clientOrderId: result.clientOrderId }
      : refused('refused', result.message, result.code);
    if (!result.ok) {
      this.services.audit({
        kind: 'order-denied',
        bot: command.bot,
        leg: 'manual',
        instrument: command.request.instrument,
        code: result.code,
        message: result.message,
      });
    }
    return outcome;
  }

  private cancelAll(scope: RiskScope, reason: string): number {
    let count = 0;
    for (const order of [...this.services.orders.live()]) {
      const venue = this.services.instrument(order.instrument)?.venue as VenueId;
      if (
        scopeCovers(scope, order.bot, venue, order.instrument) &&
        this.executor.cancel(order.clientOrderId, reason)
      ) {
        count += 1;
      }
    }
    return count;
  }
}
