/** Counts what a run's records say, and remembers why a strategy failed. */

import type { AuditBody } from '../../shared/events/audit.ts';

export class RunCounter {
  orders = 0;
  fills = 0;
  rejected = 0;
  /** The words of the first refusal, for the reader. */
  firstRefusal: string | undefined;
  /**
   * Orders of a bot that met a liquidation it had not heard of: a venue first cancels what rests, the bot puts its exit back,
   * and only then hears that its position is gone. The venue refuses them, nothing is wrong. They count as refused.
   */
  crossedLiquidation = 0;
  private readonly liquidated = new Set<string>();
  /** Whether an entry was left out because it was below the venue's minimum. */
  hasTooSmall = false;
  /** What a strategy said when it first had too little money to send an order at all. */
  firstShortage: string | undefined;
  /** Why the strategy broke off. */
  failure: string | undefined;

  note(body: AuditBody): void {
    switch (body.kind) {
      case 'order-intent':
        this.orders += 1;
        return;
      case 'fill':
        this.fills += 1;
        if (body.fill.clientOrderId.startsWith('liq-')) this.liquidated.add(body.bot);
        else this.liquidated.delete(body.bot);
        return;
      case 'order-denied':
        // Those the money does not suffice for are counted by themselves.
        if (body.code === 'INSUFFICIENT_FUNDS') return;
        this.rejected += 1;
        this.firstRefusal ??= `${body.code}: ${body.message}`;
        return;
      case 'order-state':
        if (body.to !== 'REJECTED') return;
        this.rejected += 1;
        if (body.reason.startsWith('reduce-only-would-increase') && this.liquidated.has(body.bot))
          this.crossedLiquidation += 1;
        else this.firstRefusal ??= body.reason;
        return;
      case 'bot-why':
        if (body.code === 'BELOW_MINIMUM') this.hasTooSmall = true;
        if (body.code === 'FUNDS_SHORT') this.firstShortage ??= body.text;
        return;
      case 'fault':
        this.failure ??= body.message;
        return;
    }
  }
}
