/**
 * The one table: sorted by TanStack Table, only the visible rows in the document through TanStack Virtual, so that
 * a hundred thousand rows scroll like forty.
 */

import {
  columnSizingFeature,
  createSortedRowModel,
  rowSortingFeature,
  type SortingState,
  sortFns,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { useSetting } from '../store/settings.ts';
import { classes } from './classes.ts';

export interface Column<Row> {
  readonly id: string;
  readonly header: string;
  /** Width in pixels; the columns share what is left in proportion. */
  readonly width: number;
  readonly align?: 'left' | 'right';
  readonly cell: (row: Row) => ReactNode;
  /** What the column is sorted by; left out: it cannot be sorted. Decimals may be given as doubles: order only. */
  readonly sortBy?: (row: Row) => number | string;
}

export interface DataTableProps<Row> {
  readonly label: string;
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  readonly rowKey: (row: Row) => string;
  readonly testId: string;
  readonly onRowClick?: ((row: Row) => void) | undefined;
  readonly isSelected?: ((row: Row) => boolean) | undefined;
  /** Shown below the header when there are no rows. */
  readonly empty?: ReactNode;
  /** Called when the end of the rows comes into view, to fetch more. */
  readonly onEndReached?: (() => void) | undefined;
}

const features = tableFeatures({
  columnSizingFeature,
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns,
});
const emptySorting: SortingState = [];

interface TableRowProps<Row> {
  readonly id: string;
  readonly index: number;
  readonly row: Row;
  readonly columns: readonly Column<Row>[];
  readonly testId: string;
  readonly template: string;
  readonly start: number;
  readonly height: number;
  readonly isSelected: boolean;
  readonly onClick: ((row: Row) => void) | undefined;
}

function TableRowBody<Row extends object>(props: TableRowProps<Row>) {
  const { columns, height, id, index, isSelected, onClick, row, start, template, testId } = props;
  return (
    <div
      role="row"
      aria-rowindex={index + 1}
      tabIndex={onClick === undefined ? undefined : 0}
      data-testid={`${testId}-row`}
      data-key={id}
      onClick={onClick === undefined ? undefined : () => onClick(row)}
      onKeyDown={
        onClick === undefined
          ? undefined
          : (event) => event.key === 'Enter' && event.target === event.currentTarget && onClick(row)
      }
      className={classes(
        'absolute inset-x-0 grid items-center border-b border-line/50',
        onClick !== undefined && 'hover:bg-raised',
        isSelected && 'bg-line/70',
      )}
      // Placed by top, not by transform: a transform a row costs the compositor more than the move saves.
      style={{ top: start, height, gridTemplateColumns: template }}
    >
      {columns.map((column) => (
        <div
          key={column.id}
          role="cell"
          className={classes(
            'min-w-0 px-2',
            column.header === '' ? 'overflow-hidden' : 'truncate',
            column.align === 'right' && 'num text-right',
          )}
        >
          {column.cell(row)}
        </div>
      ))}
    </div>
  );
}

/** A row that stays in view while the table scrolls is not rendered again. */
const TableRow = memo(TableRowBody) as typeof TableRowBody;

/** A table of rows of one kind. Columns must be stable (module scope or memo). */
export function DataTable<Row extends object>(props: DataTableProps<Row>) {
  const { rows, columns, rowKey, testId, onRowClick, onEndReached } = props;
  const [sorting, setSorting] = useState<SortingState>(emptySorting);
  const rowHeight = useSetting('appearance').density === 'compact' ? 24 : 28;
  const definitions = useMemo(
    () =>
      columns.map((column) => ({
        id: column.id,
        header: column.header,
        size: column.width,
        enableSorting: column.sortBy !== undefined,
        accessorFn: (row: Row) => column.sortBy?.(row) ?? '',
      })),
    [columns],
  );
  const table = useTable({
    features,
    columns: definitions,
    data: rows as Row[],
    getRowId: rowKey,
    state: { sorting },
    onSortingChange: setSorting,
  });
  const scroller = useRef<HTMLDivElement>(null);
  const sorted = table.getRowModel().rows;
  const virtual = useVirtualizer({
    count: sorted.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => sorted[index]?.id ?? index,
    overscan: 8,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another row height makes every place another
  useEffect(() => virtual.measure(), [virtual, rowHeight]);
  const items = virtual.getVirtualItems();
  const lastShown = items[items.length - 1]?.index ?? -1;
  useEffect(() => {
    if (sorted.length > 0 && lastShown >= sorted.length - 1) onEndReached?.();
  }, [lastShown, sorted.length, onEndReached]);
  const minimumWidth = columns.reduce((sum, column) => sum + column.width, 0);
  const template = columns.map((column) => `minmax(${column.width}px, ${column.width}fr)`).join(' ');

  return (
    <div ref={scroller} className="h-full min-h-0 overflow-auto" data-testid={testId}>
      <div
        role="table"
        aria-label={props.label}
        aria-rowcount={rows.length}
        className="text-xs"
        style={{ minWidth: minimumWidth }}
      >
        <div role="rowgroup" className="sticky top-0 z-10 bg-surface">
          <div role="row" className="grid h-6 border-b border-line" style={{ gridTemplateColumns: template }}>
            {table.getFlatHeaders().map((header, at) => {
              const column = columns[at] as Column<Row>;
              const direction = header.column.getIsSorted();
              return (
                <div
                  key={header.id}
                  role="columnheader"
                  aria-sort={direction === 'asc' ? 'ascending' : direction === 'desc' ? 'descending' : 'none'}
                  className="min-w-0"
                >
                  <button
                    type="button"
                    disabled={column.sortBy === undefined}
                    onClick={header.column.getToggleSortingHandler()}
                    className={classes(
                      'flex h-full w-full items-center gap-1 px-2 text-2xs font-medium tracking-wide text-muted enabled:hover:text-text disabled:cursor-default',
                      column.align === 'right' && 'justify-end',
                    )}
                  >
                    <span className="truncate">{column.header}</span>
                    {direction === false ? null : (
                      <span aria-hidden="true">{direction === 'asc' ? '↑' : '↓'}</span>
                    )}
                  </button>
                </div>
              );
            })}
          </div>
        </div>
        {rows.length === 0 ? props.empty : null}
        <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const row = sorted[item.index]?.original;
            if (row === undefined) return null;
            return (
              <TableRow
                key={item.key}
                id={String(item.key)}
                index={item.index}
                row={row}
                columns={columns}
                testId={testId}
                template={template}
                start={item.start}
                height={item.size}
                isSelected={props.isSelected?.(row) === true}
                onClick={onRowClick}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}
