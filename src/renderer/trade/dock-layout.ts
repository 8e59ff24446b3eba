/** The panes of the trade page and where they lie at first. */

import type { AddPanelPositionOptions, DockviewApi, SerializedDockview } from 'dockview-react';

export const paneIds = [
  'watchlist',
  'chart',
  'book',
  'tape',
  'ticket',
  'positions',
  'orders',
  'fills',
  'history',
  'balances',
  'log',
] as const;
export type PaneId = (typeof paneIds)[number];

export const paneTitles: Record<PaneId, string> = {
  watchlist: 'Watchlist',
  chart: 'Chart',
  book: 'Order book',
  tape: 'Trades',
  ticket: 'Ticket',
  positions: 'Positions',
  orders: 'Open orders',
  fills: 'Fills',
  history: 'Order history',
  balances: 'Balances',
  log: 'Log',
};

const minimums: Partial<Record<PaneId, { minimumWidth?: number; minimumHeight?: number }>> = {
  chart: { minimumWidth: 240, minimumHeight: 160 },
  ticket: { minimumWidth: 220 },
  book: { minimumWidth: 150 },
};

/** Opens a pane at a place. */
export function openPane(
  api: DockviewApi,
  id: PaneId,
  position: AddPanelPositionOptions,
  size: { width?: number; height?: number; inactive?: boolean } = {},
): void {
  api.addPanel({
    id,
    component: id,
    title: paneTitles[id],
    position,
    ...minimums[id],
    ...(size.width === undefined ? {} : { initialWidth: size.width }),
    ...(size.height === undefined ? {} : { initialHeight: size.height }),
    ...(size.inactive === true ? { inactive: true } : {}),
  });
}

/** Below this width the watchlist joins the tables and the book goes under the ticket. */
const wideFrom = 1180;

/** Lays the panes out for the width there is. */
export function buildDefaultLayout(api: DockviewApi): void {
  const isWide = api.width === 0 || api.width >= wideFrom;
  api.addPanel({ id: 'chart', component: 'chart', title: paneTitles.chart, ...minimums.chart });
  const tables = Math.max(150, Math.round(api.height * 0.28));
  openPane(api, 'positions', { referencePanel: 'chart', direction: 'below' }, { height: tables });
  for (const id of ['orders', 'fills', 'history', 'balances', 'log'] as const) {
    openPane(api, id, { referencePanel: 'positions', direction: 'within' }, { inactive: true });
  }
  if (isWide) {
    openPane(api, 'ticket', { direction: 'right' }, { width: 262 });
    openPane(api, 'book', { referencePanel: 'ticket', direction: 'left' }, { width: 236 });
    openPane(
      api,
      'tape',
      { referencePanel: 'book', direction: 'below' },
      { height: Math.round(api.height * 0.32) },
    );
    openPane(api, 'watchlist', { direction: 'left' }, { width: 252 });
  } else {
    openPane(api, 'ticket', { direction: 'right' }, { width: 250 });
    openPane(
      api,
      'book',
      { referencePanel: 'ticket', direction: 'below' },
      { height: Math.round(api.height * 0.36) },
    );
    openPane(api, 'tape', { referencePanel: 'book', direction: 'within' }, { inactive: true });
    openPane(api, 'watchlist', { referencePanel: 'positions', direction: 'within' }, { inactive: true });
  }
  api.getPanel('orders')?.api.setActive();
  api.getPanel('chart')?.api.setActive();
  applySizes(
    api,
    isWide ? { watchlist: 250, book: 226, ticket: 262 } : { ticket: 250 },
    isWide
      ? { positions: tables, tape: Math.round(api.height * 0.32) }
      : { positions: tables, book: Math.round(api.height * 0.36) },
  );
}

type SavedNode = SerializedDockview['grid']['root'];
type Sizes = Readonly<Partial<Record<string, number>>>;

function panesOf(node: SavedNode): string[] {
  return Array.isArray(node.data) ? node.data.flatMap(panesOf) : node.data.views;
}

/**
 * Sets the sizes meant once all panes are there: while panes are added, the dock shares room out by rules of its own.
 * In each row or column the part without a wanted size takes what is left. The outermost branch is a row.
 */
function applySizes(api: DockviewApi, widths: Sizes, heights: Sizes): void {
  const saved = api.toJSON();
  const share = (node: SavedNode, isRow: boolean, along: number, across: number): SavedNode => {
    if (!Array.isArray(node.data)) return node;
    const sizes = isRow ? widths : heights;
    const wanted = node.data.map((child) =>
      panesOf(child)
        .map((id) => sizes[id])
        .find((size) => size !== undefined),
    );
    const taken = wanted.reduce<number>((sum, size) => sum + (size ?? 0), 0);
    const rest = Math.max(
      120,
      (along - taken) / Math.max(1, wanted.filter((size) => size === undefined).length),
    );
    const data = node.data.map((child, at) => ({
      ...share(child, !isRow, across, wanted[at] ?? rest),
      size: wanted[at] ?? rest,
    }));
    return { ...node, data };
  };
  const { width, height } = saved.grid;
  const root = share(saved.grid.root, true, width, height) as typeof saved.grid.root;
  api.fromJSON({ ...saved, grid: { ...saved.grid, root } });
}
