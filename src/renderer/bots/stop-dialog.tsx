/** Stopping a bot: what becomes of its orders and its position is said before, not after. */

import { useState } from 'react';
import type { BotView } from '../../shared/api/views.ts';
import { formatDecimal } from '../format/decimal-text.ts';
import { act } from '../store/terminal.ts';
import { Button } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { Dialog } from '../ui/dialog.tsx';

type Policy = 'cancel-orders' | 'cancel-and-close-position' | 'leave-orders';

function policies(bot: BotView): readonly { id: Policy; title: string; text: string }[] {
  const orders = `${bot.openOrders} open ${bot.openOrders === 1 ? 'order' : 'orders'}`;
  const quantity = formatDecimal(bot.position.quantity);
  const hasPosition = /[1-9]/.test(bot.position.quantity);
  const position = hasPosition ? `the position of ${quantity} in ${bot.symbol}` : 'no position';
  return [
    {
      id: 'cancel-orders',
      title: 'Cancel its orders, keep what it holds',
      text: `${orders} cancelled; ${position} stays in the bot's account.`,
    },
    {
      id: 'cancel-and-close-position',
      title: 'Cancel its orders and close the position',
      text: hasPosition
        ? `${orders} cancelled; the position of ${quantity} in ${bot.symbol} is closed at market as far as whole lots go, with taker fee and slippage.`
        : `${orders} cancelled; there is no position to close.`,
    },
    {
      id: 'leave-orders',
      title: 'Leave its orders in the market',
      text: `${orders} stay at the venue and may still fill; the bot no longer reacts to them.`,
    },
  ];
}

export function StopDialog({ bot, onClose }: { readonly bot: BotView; readonly onClose: () => void }) {
  const [policy, setPolicy] = useState<Policy>('cancel-orders');
  const stop = (): void => {
    onClose();
    void act('Stop', 'bots/stop', { bot: bot.id, policy }, ['bots', 'orders', 'positions']);
  };
  return (
    <Dialog
      title={`Stop ${bot.name}?`}
      testId="stop-dialog"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Keep it running</Button>
          <Button variant="danger" icon="stop" onClick={stop} data-testid="stop-confirm">
            Stop the bot
          </Button>
        </>
      }
    >
      <div role="radiogroup" aria-label="What becomes of its orders" className="flex flex-col gap-2">
        {policies(bot).map((one) => (
          <label
            key={one.id}
            className={classes(
              'flex gap-3 rounded-md border p-3',
              one.id === policy ? 'border-accent bg-accent/8' : 'border-line hover:border-line-strong',
            )}
          >
            <input
              type="radio"
              name="stop-policy"
              value={one.id}
              checked={one.id === policy}
              onChange={() => setPolicy(one.id)}
              data-testid={`stop-policy-${one.id}`}
              className="mt-0.5 accent-accent-strong"
            />
            <span>
              <span className="block font-medium">{one.title}</span>
              <span className="block text-sm text-muted">{one.text}</span>
            </span>
          </label>
        ))}
      </div>
    </Dialog>
  );
}
