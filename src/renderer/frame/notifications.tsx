/** Toasts in the corner and the list under the bell. */

import { formatClock } from '../format/time-text.ts';
import { clearNotices, closeToast, markNoticesRead, type Notice, useNotices } from '../store/notices.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { Icon } from '../ui/icon.tsx';
import { Popover } from '../ui/popover.tsx';

const edges = {
  info: 'border-l-accent',
  good: 'border-l-up',
  warning: 'border-l-warn',
  error: 'border-l-danger',
} as const;

function NoticeBody({ notice }: { readonly notice: Notice }) {
  return (
    <div className="min-w-0 grow">
      <p className="text-sm font-medium break-words">
        {notice.title}
        {notice.count > 1 ? <span className="ml-1 text-muted">×{notice.count}</span> : null}
      </p>
      {notice.detail === '' ? null : <p className="text-xs break-words text-muted">{notice.detail}</p>}
    </div>
  );
}

export function Bell() {
  const notices = useNotices((state) => state.notices);
  const unread = useNotices((state) => state.unread);
  return (
    <Popover
      label="Notifications"
      testId="notifications-list"
      onOpen={markNoticesRead}
      trigger={
        <button
          type="button"
          aria-label={`Notifications, ${unread} unread`}
          title="Notifications"
          data-testid="notifications"
          className="relative inline-flex size-[26px] items-center justify-center rounded-md text-muted hover:bg-line hover:text-text"
        >
          <Icon name="bell" size={15} />
          {unread > 0 ? (
            <span className="absolute top-0 right-0 min-w-3.5 rounded-full bg-accent-strong px-0.5 text-center text-[9px] leading-3.5 font-semibold text-on-accent">
              {Math.min(99, unread)}
            </span>
          ) : null}
        </button>
      }
    >
      <div className="w-96">
        <div className="flex h-8 items-center justify-between border-b border-line pr-1 pl-3">
          <span className="text-sm font-medium">Notifications</span>
          <Button variant="ghost" size="sm" onClick={clearNotices} disabled={notices.length === 0}>
            Clear
          </Button>
        </div>
        {notices.length === 0 ? (
          <p className="p-6 text-center text-sm text-muted">Nothing to report</p>
        ) : null}
        {notices.map((notice) => (
          <div
            key={notice.id}
            className={classes(
              'flex gap-2 border-b border-l-2 border-b-line px-3 py-1.5',
              edges[notice.level],
            )}
          >
            <NoticeBody notice={notice} />
            <time className="num text-2xs text-muted">{formatClock(notice.timeMs)}</time>
          </div>
        ))}
      </div>
    </Popover>
  );
}

export function Toasts() {
  const toasts = useNotices((state) => state.notices)
    .filter((notice) => notice.isToast)
    .slice(0, 4);
  return (
    <section
      aria-live="polite"
      aria-label="New notifications"
      className="fixed bottom-8 left-[58px] z-[60] flex w-88 flex-col gap-2"
      data-testid="toasts"
    >
      {toasts.map((notice) => (
        <div
          key={notice.id}
          className={classes(
            'flex gap-2 rounded-md border border-l-[3px] border-line-strong bg-overlay py-2 pr-1.5 pl-3 shadow-pop',
            edges[notice.level],
          )}
          data-testid="toast"
          data-level={notice.level}
        >
          <NoticeBody notice={notice} />
          <IconButton icon="close" size="sm" label="Close" onClick={() => closeToast(notice.id)} />
        </div>
      ))}
    </section>
  );
}
