/** Start, pause, resume, edit, clone, stop, remove: what fits the bot's state. */

import { useState } from 'react';
import type { BotView } from '../../shared/api/views.ts';
import { goTo } from '../store/route.ts';
import { act } from '../store/terminal.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { Menu, type MenuItem } from '../ui/menu.tsx';
import { StopDialog } from './stop-dialog.tsx';

export const startBot = (bot: string): void => void act('Start', 'bots/start', { bot }, ['bots', 'orders']);
export const pauseBot = (bot: string): void => void act('Pause', 'bots/pause', { bot }, ['bots', 'orders']);
export const resumeBot = (bot: string): void =>
  void act('Resume', 'bots/resume', { bot }, ['bots', 'orders']);

async function removeBot(bot: string): Promise<void> {
  const done = await act('Remove', 'bots/remove', { bot }, ['bots', 'balances']);
  if (done !== null) goTo('bots');
}

const canStart = new Set<BotView['state']>(['CREATED', 'STOPPED', 'FAILED']);
const canStop = new Set<BotView['state']>(['RUNNING', 'PAUSED']);

/** The actions of one bot, as buttons or small for a table row. */
export function BotActions({ bot, isSmall = false }: { readonly bot: BotView; readonly isSmall?: boolean }) {
  const [isStopAsked, setStopAsked] = useState(false);
  const more: MenuItem[] = [
    { id: 'edit', label: 'Edit parameters…', icon: 'edit', onSelect: () => goTo('bots', bot.id, 'edit') },
    {
      id: 'clone',
      label: 'Clone…',
      icon: 'copy',
      onSelect: () => goTo('bots', 'new', bot.strategy, 'from', bot.id),
    },
    {
      id: 'remove',
      label: 'Remove',
      icon: 'trash',
      isDanger: true,
      isDisabled: !canStart.has(bot.state),
      onSelect: () => void removeBot(bot.id),
    },
  ];
  const id = isSmall ? `-${bot.id}` : '';
  const main = canStart.has(bot.state)
    ? { icon: 'play', label: 'Start', testId: `bot-start${id}`, run: () => startBot(bot.id) }
    : bot.state === 'RUNNING'
      ? { icon: 'pause', label: 'Pause', testId: `bot-pause${id}`, run: () => pauseBot(bot.id) }
      : bot.state === 'PAUSED'
        ? { icon: 'play', label: 'Resume', testId: `bot-resume${id}`, run: () => resumeBot(bot.id) }
        : null;
  const dialog = isStopAsked ? <StopDialog bot={bot} onClose={() => setStopAsked(false)} /> : null;
  const menu = (
    <Menu
      testId="bot-menu"
      items={more}
      trigger={
        <IconButton icon="more" size={isSmall ? 'sm' : 'md'} label="More" data-testid={`bot-more${id}`} />
      }
    />
  );
  if (isSmall) {
    return (
      // biome-ignore lint/a11y/useKeyWithClickEvents: keeps a click on a button from opening the row
      // biome-ignore lint/a11y/noStaticElementInteractions: idem
      <span className="flex justify-end" onClick={(event) => event.stopPropagation()}>
        {main === null ? null : (
          <IconButton
            icon={main.icon as 'play'}
            size="sm"
            label={`${main.label} ${bot.name}`}
            onClick={main.run}
            data-testid={main.testId}
          />
        )}
        {canStop.has(bot.state) ? (
          <IconButton
            icon="stop"
            size="sm"
            label={`Stop ${bot.name}…`}
            onClick={() => setStopAsked(true)}
            data-testid={`bot-stop${id}`}
          />
        ) : null}
        {menu}
        {dialog}
      </span>
    );
  }
  return (
    <span className="flex items-center gap-1.5">
      {main === null ? null : (
        <Button
          icon={main.icon as 'play'}
          variant={canStart.has(bot.state) ? 'primary' : 'plain'}
          onClick={main.run}
          data-testid={main.testId}
        >
          {main.label}
        </Button>
      )}
      <Button icon="edit" onClick={() => goTo('bots', bot.id, 'edit')} data-testid="bot-edit">
        Edit
      </Button>
      {canStop.has(bot.state) ? (
        <Button icon="stop" onClick={() => setStopAsked(true)} data-testid="bot-stop">
          Stop…
        </Button>
      ) : null}
      {menu}
      {dialog}
    </span>
  );
}
