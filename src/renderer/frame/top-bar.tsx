/** The top bar: mode, workspaces, search, venues, money, risk, HALT, notifications, palette. */

import type { StatusView } from '../../shared/api/views.ts';
import { openPalette } from '../store/ui-state.ts';
import { IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Equity } from './equity.tsx';
import { modeTexts } from './mode.ts';
import { Bell } from './notifications.tsx';
import { RiskControl } from './risk-control.tsx';
import { VenueDots } from './venue-dots.tsx';
import { WorkspaceTabs } from './workspace-tabs.tsx';

const divider = <span className="h-5 w-px shrink-0 bg-line" />;

export function TopBar({ status }: { readonly status: StatusView }) {
  const mode = modeTexts[status.mode];
  return (
    <header className="flex h-10 shrink-0 items-center gap-2.5 border-b border-line bg-surface pr-2">
      <span
        title={mode.meaning}
        data-testid="mode-badge"
        className="flex h-full w-[86px] shrink-0 items-center justify-center bg-mode text-sm font-bold tracking-[0.12em] text-on-mode"
      >
        {mode.badge}
      </span>
      <WorkspaceTabs />
      <button
        type="button"
        onClick={() => openPalette('market ')}
        data-testid="symbol-search"
        className="flex h-[26px] w-44 shrink-0 items-center gap-2 rounded-md border border-line-strong bg-bg px-2 text-sm text-muted hover:border-muted/60 max-[1100px]:w-9"
      >
        <Icon name="search" />
        <span className="grow text-left max-[1100px]:hidden">Find a market</span>
        <kbd className="font-sans text-2xs max-[1100px]:hidden">Ctrl P</kbd>
      </button>
      <span className="grow" />
      <VenueDots venues={status.venues} />
      {divider}
      <Equity status={status} />
      {divider}
      <RiskControl status={status} />
      <span className="flex items-center">
        <Bell />
        <IconButton
          icon="palette"
          label="Commands (Ctrl+K)"
          onClick={() => openPalette()}
          data-testid="palette-open"
        />
      </span>
    </header>
  );
}
