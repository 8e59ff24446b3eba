/** Notices: what the person should hear of now (toasts) and can read again later (the bell). */

import { create } from 'zustand';

export type NoticeLevel = 'info' | 'good' | 'warning' | 'error';

export interface Notice {
  readonly id: number;
  readonly level: NoticeLevel;
  readonly title: string;
  readonly detail: string;
  /** Kernel time, so that it agrees with the journal. */
  readonly timeMs: number;
  /** How often the same was said; shown as ×n instead of n lines. */
  readonly count: number;
  readonly isToast: boolean;
}

interface NoticesState {
  readonly notices: readonly Notice[];
  readonly unread: number;
}

const noticesMax = 100;
const toastMs = 6000;
let nextId = 1;

export const useNotices = create<NoticesState>()(() => ({ notices: [], unread: 0 }));

/** Adds a notice; one equal to a recent one is counted up instead of repeated. */
export function notify(notice: {
  level: NoticeLevel;
  title: string;
  detail: string;
  timeMs: number;
  toast: boolean;
}): void {
  const id = nextId;
  nextId += 1;
  useNotices.setState((state) => {
    const same = state.notices
      .slice(0, 10)
      .find(
        (known) =>
          known.title === notice.title && known.detail === notice.detail && known.level === notice.level,
      );
    const fresh: Notice = {
      id,
      level: notice.level,
      title: notice.title,
      detail: notice.detail,
      timeMs: notice.timeMs,
      count: (same?.count ?? 0) + 1,
      isToast: notice.toast,
    };
    const others = state.notices.filter((known) => known !== same);
    return { notices: [fresh, ...others].slice(0, noticesMax), unread: state.unread + 1 };
  });
  // Errors stay until they are closed.
  if (notice.toast && notice.level !== 'error') setTimeout(() => closeToast(id), toastMs);
}

/** Takes a toast away; the notice stays under the bell. */
export function closeToast(id: number): void {
  useNotices.setState((state) => ({
    notices: state.notices.map((notice) => (notice.id === id ? { ...notice, isToast: false } : notice)),
  }));
}

export function markNoticesRead(): void {
  useNotices.setState({ unread: 0 });
}

export function clearNotices(): void {
  useNotices.setState({ notices: [], unread: 0 });
}
