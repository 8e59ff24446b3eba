/** The trade page: dockable panes around one market. */

import {
  type DockviewApi,
  DockviewReact,
  type DockviewReadyEvent,
  type IDockviewHeaderActionsProps,
  type SerializedDockview,
} from 'dockview-react';
import { useCallback, useEffect, useRef } from 'react';
import { ErrorBoundary } from '../frame/error-boundary.tsx';
import { useWorkspaces } from '../frame/workspace-tabs.tsx';
import { useSize } from '../store/hooks.ts';
import { useSettings } from '../store/settings.ts';
import { settings } from '../store/terminal.ts';
import { IconButton } from '../ui/button.tsx';
import { Menu } from '../ui/menu.tsx';
import { BalancesPane, FillsPane, HistoryPane, OpenOrdersPane, PositionsPane } from './account-panes.tsx';
import { BookPane } from './book-pane.tsx';
import { buildDefaultLayout, openPane, type PaneId, paneIds, paneTitles } from './dock-layout.ts';
import { LogPane } from './log-pane.tsx';
import { TapePane } from './tape-pane.tsx';
import { TicketPane } from './ticket-pane.tsx';
import { TradeChart } from './trade-chart.tsx';
import { Watchlist } from './watchlist.tsx';

type PaneProps = { readonly api: { setTitle(title: string): void } };

const panes: Record<PaneId, (props: PaneProps) => React.ReactNode> = {
  watchlist: () => <Watchlist />,
  chart: ({ api }) => <TradeChart setTitle={(title) => api.setTitle(title)} />,
  book: () => <BookPane />,
  tape: () => <TapePane />,
  ticket: () => <TicketPane />,
  positions: ({ api }) => <PositionsPane setTitle={(title) => api.setTitle(title)} />,
  orders: ({ api }) => <OpenOrdersPane setTitle={(title) => api.setTitle(title)} />,
  fills: () => <FillsPane />,
  history: () => <HistoryPane />,
  balances: () => <BalancesPane />,
  log: () => <LogPane />,
};

/** Every pane behind its own boundary: a fault in one leaves the others working. */
const components = Object.fromEntries(
  paneIds.map((id) => {
    const Pane = panes[id];
    const Guarded = (props: PaneProps) => (
      <div className="h-full min-h-0 bg-surface" data-testid={`pane-${id}`}>
        <ErrorBoundary>
          <Pane {...props} />
        </ErrorBoundary>
      </div>
    );
    return [id, Guarded];
  }),
);

const theme = { name: 'sextant', className: 'dockview-theme-sextant' };

function AddPane({ containerApi, group }: IDockviewHeaderActionsProps) {
  const closed = paneIds.filter((id) => containerApi.getPanel(id) === undefined);
  if (closed.length === 0) return null;
  return (
    <span className="flex h-full items-center pr-1">
      <Menu
        testId="pane-menu"
        trigger={<IconButton icon="plus" size="sm" label="Add a pane here" data-testid="pane-add" />}
        items={closed.map((id) => ({
          id,
          label: paneTitles[id],
          onSelect: () => openPane(containerApi, id, { referenceGroup: group, direction: 'within' }),
        }))}
      />
    </span>
  );
}

/** Puts a saved layout on the dock; one that cannot be read gives the default. */
function applyLayout(api: DockviewApi, layout: unknown): void {
  if (typeof layout === 'object' && layout !== null) {
    try {
      api.fromJSON(layout as SerializedDockview);
      return;
    } catch {
      // Made by another version or edited by hand: the default panes are better than none.
      api.clear();
    }
  }
  buildDefaultLayout(api);
}

export function TradePage() {
  const { active } = useWorkspaces();
  const dock = useRef<DockviewApi | null>(null);
  const written = useRef<unknown>(null);
  const activeId = useRef(active.id);
  const root = useRef<HTMLDivElement>(null);
  const size = useSize(root);

  const save = useCallback((api: DockviewApi) => {
    const layout: unknown = api.toJSON();
    written.current = layout;
    const list = useSettings.getState().settings.workspaces;
    const known = list.length === 0 ? [{ id: 'default', name: 'Main', layout: null }] : list;
    settings.set(
      'workspaces',
      known.map((one) => (one.id === activeId.current ? { ...one, layout } : one)),
    );
  }, []);

  const ready = (event: DockviewReadyEvent): void => {
    dock.current = event.api;
    // Sizes of panes mean something only once the dock knows its own.
    event.api.layout(size.width, size.height);
    applyLayout(event.api, active.layout);
    written.current = active.layout;
    event.api.onDidLayoutChange(() => save(event.api));
  };

  useEffect(() => {
    const api = dock.current;
    const isOther = activeId.current !== active.id;
    activeId.current = active.id;
    if (api === null || (!isOther && active.layout === written.current)) return;
    written.current = active.layout;
    api.clear();
    applyLayout(api, active.layout);
  }, [active]);

  return (
    <div ref={root} className="h-full min-w-0">
      {size.width === 0 ? null : (
        <DockviewReact
          className="h-full"
          theme={theme}
          components={components}
          rightHeaderActionsComponent={AddPane}
          onReady={ready}
        />
      )}
    </div>
  );
}
