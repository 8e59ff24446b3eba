/** The palette: every command with its shortcut, every market, every bot. */

import { Command as Cmdk } from 'cmdk';
import { Dialog as Radix } from 'radix-ui';
import { useState } from 'react';
import { shortSymbol } from '../format/symbol-text.ts';
import { goTo } from '../store/route.ts';
import { useSession } from '../store/session.ts';
import { selectInstrument, useUi } from '../store/ui-state.ts';
import { Icon, type IconName } from '../ui/icon.tsx';
import { commandsNow } from './commands.ts';

const item = 'flex h-8 items-center gap-2.5 rounded-md px-2.5 text-base data-[selected=true]:bg-line';
const group =
  '[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-2xs [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-muted';

const close = (): void => useUi.setState({ isPaletteOpen: false });

function Row({
  value,
  icon,
  title,
  aside,
  onSelect,
  testId,
}: {
  readonly value: string;
  readonly icon: IconName;
  readonly title: string;
  readonly aside?: string | undefined;
  readonly onSelect: () => void;
  readonly testId: string;
}) {
  const select = (): void => {
    close();
    onSelect();
  };
  return (
    <Cmdk.Item value={value} onSelect={select} className={item} data-testid={testId}>
      <span className="text-muted">
        <Icon name={icon} />
      </span>
      <span className="grow truncate">{title}</span>
      {aside === undefined ? null : (
        <kbd className="rounded-sm border border-line-strong px-1 font-sans text-2xs text-muted">{aside}</kbd>
      )}
    </Cmdk.Item>
  );
}

function Lists() {
  const instruments = useSession((session) => session.instrumentList);
  const bots = useSession((session) => session.status?.bots) ?? [];
  const commands = commandsNow();
  const groups = [...new Set(commands.map((command) => command.group))];
  const openMarket = (id: string): void => {
    selectInstrument(id);
    goTo('trade');
  };
  return (
    <>
      {groups.map((name) => (
        <Cmdk.Group key={name} heading={name} className={group}>
          {commands
            .filter((command) => command.group === name)
            .map((command) => (
              <Row
                key={command.id}
                value={`${command.title} ${command.id}`}
                icon={command.icon}
                title={command.title}
                aside={command.shortcut}
                onSelect={command.run}
                testId={`command-${command.id}`}
              />
            ))}
        </Cmdk.Group>
      ))}
      <Cmdk.Group heading="Markets" className={group}>
        {instruments.map((one) => (
          <Row
            key={one.id}
            value={`market ${shortSymbol(one.symbol)} ${one.venue}`}
            icon="trade"
            title={shortSymbol(one.symbol)}
            aside={one.venue}
            onSelect={() => openMarket(one.id)}
            testId={`market-${one.id}`}
          />
        ))}
      </Cmdk.Group>
      {bots.length === 0 ? null : (
        <Cmdk.Group heading="Bots" className={group}>
          {bots.map((bot) => (
            <Row
              key={bot.id}
              value={`bot ${bot.name} ${bot.id}`}
              icon="bots"
              title={bot.name}
              aside={bot.state.toLowerCase()}
              onSelect={() => goTo('bots', bot.id)}
              testId={`palette-bot-${bot.id}`}
            />
          ))}
        </Cmdk.Group>
      )}
    </>
  );
}

function PaletteBody({ startText }: { readonly startText: string }) {
  const [text, setText] = useState(startText);
  return (
    <Cmdk label="Commands, markets and bots" loop>
      <div className="flex h-11 items-center gap-2.5 border-b border-line px-3.5 text-muted">
        <Icon name="search" size={16} />
        <Cmdk.Input
          autoFocus
          value={text}
          onValueChange={setText}
          placeholder="Command, market or bot"
          className="h-full grow bg-transparent text-lg text-text outline-none placeholder:text-muted"
          data-testid="palette-input"
        />
      </div>
      <Cmdk.List className="max-h-[52vh] overflow-auto p-1.5">
        <Cmdk.Empty className="p-6 text-center text-sm text-muted">Nothing is called that</Cmdk.Empty>
        <Lists />
      </Cmdk.List>
    </Cmdk>
  );
}

export function Palette() {
  const isOpen = useUi((state) => state.isPaletteOpen);
  const startText = useUi((state) => state.paletteText);
  return (
    <Radix.Root open={isOpen} onOpenChange={(open) => !open && close()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-bg/60" />
        <Radix.Content
          aria-describedby={undefined}
          data-testid="palette"
          className="fixed top-[12vh] left-1/2 z-50 w-[580px] max-w-[94vw] -translate-x-1/2 overflow-hidden rounded-lg border border-line-strong bg-overlay shadow-pop outline-none"
        >
          <Radix.Title className="sr-only">Command palette</Radix.Title>
          <PaletteBody startText={startText} />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
