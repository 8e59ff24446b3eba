/** The status bar: clock, age of the data, rate, memory, identities, version. */

import { useEffect, useRef } from 'react';
import type { StatusView } from '../../shared/api/views.ts';
import { formatDateTime, formatSpan } from '../format/time-text.ts';
import { goTo } from '../store/route.ts';
import { useSession } from '../store/session.ts';
import { useSetting } from '../store/settings.ts';
import { market, settings } from '../store/terminal.ts';
import { classes } from '../ui/classes.ts';
import { writeData, writeText } from '../ui/write-text.ts';

/** The kernel's clock and the age of the newest message, written ten times a second without rendering. */
function LiveClock({ isUtc }: { readonly isUtc: boolean }) {
  const clock = useRef<HTMLSpanElement>(null);
  const age = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const write = (): void => {
      writeText(clock.current, formatDateTime(market.nowMs(), isUtc));
      const silence = market.silenceMs();
      if (age.current === null) return;
      writeText(age.current, silence === null ? '—' : formatSpan(silence));
      writeData(age.current, 'old', String(silence === null || silence > 3000));
    };
    write();
    const id = setInterval(write, 200);
    return () => clearInterval(id);
  }, [isUtc]);
  return (
    <>
      <span ref={clock} className="num" data-testid="clock" />
      <span className="text-muted">{isUtc ? 'UTC' : 'local'}</span>
      <span className="ml-2">
        Data <span ref={age} className="num data-[old=true]:text-warn" data-testid="data-age" />
      </span>
    </>
  );
}

const links = { open: 'connected', connecting: 'connecting…', closed: 'no connection, retrying' } as const;

export function StatusBar({ status }: { readonly status: StatusView }) {
  const link = useSession((session) => session.link);
  const appearance = useSetting('appearance');
  const isUtc = appearance.clock === 'utc';
  const { checked, failed } = status.identities;
  return (
    <footer className="flex h-[22px] shrink-0 items-center gap-3 overflow-hidden border-t border-line bg-surface px-2.5 text-2xs whitespace-nowrap text-muted">
      <button
        type="button"
        className="flex items-center gap-1.5 hover:text-text"
        title="Switch between UTC and local time"
        onClick={() => settings.set('appearance', { ...appearance, clock: isUtc ? 'local' : 'utc' })}
      >
        <LiveClock isUtc={isUtc} />
      </button>
      {status.simulated ? <span>{status.speed}× simulated time</span> : null}
      <span
        className={classes(link !== 'open' && 'font-medium text-warn')}
        data-testid="link-state"
        data-state={link}
      >
        Host {links[link]}
      </span>
      <span className="grow" />
      <button
        type="button"
        onClick={() => goTo('journal', 'verify')}
        className={classes('hover:text-text', failed > 0 && 'font-semibold text-danger')}
        title="Identities of the books checked while running"
        data-testid="identities"
      >
        Books {failed === 0 ? `balanced, ${checked} checks` : `${failed} of ${checked} checks failed`}
      </button>
      <span className="num">{Math.round(status.eventsPerSecond)} ev/s</span>
      <span className="num">{Math.round(status.memoryMb)} MB</span>
      <span className="num">#{status.auditSequence}</span>
      <button
        type="button"
        className="hover:text-text"
        onClick={() => goTo('journal', 'log')}
        data-testid="open-log"
      >
        Log
      </button>
      <span>v{status.version}</span>
    </footer>
  );
}
