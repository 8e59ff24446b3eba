/** Says that the page no longer hears the host: everything on it is old. */

import { useEffect, useState } from 'react';
import { formatSpan } from '../format/time-text.ts';
import { useSession } from '../store/session.ts';
import { market, refreshStatus } from '../store/terminal.ts';
import { Icon } from '../ui/icon.tsx';

/** A short break is no news: the banner comes after this. */
const patienceMs = 2000;

/** True when nothing was heard of the host for a while; all figures are then old. */
export function useIsSilent(): { isSilent: boolean; silenceMs: number } {
  const link = useSession((session) => session.link);
  const [silenceMs, setSilenceMs] = useState(0);
  useEffect(() => {
    const id = setInterval(
      () =>
        setSilenceMs((known) => {
          const now = market.silenceMs() ?? 0;
          // Rendered again only while it matters.
          return now < patienceMs ? 0 : Math.floor(now / 1000) === Math.floor(known / 1000) ? known : now;
        }),
      500,
    );
    return () => clearInterval(id);
  }, []);
  return { isSilent: (link !== 'open' && silenceMs >= patienceMs) || silenceMs >= 5000, silenceMs };
}

/** True when the host answers but no longer knows this page, as after a restart: reconnecting alone cannot help. */
function useIsSignedOut(isSilent: boolean): boolean {
  const [isSignedOut, setSignedOut] = useState(false);
  useEffect(() => {
    setSignedOut(false);
    if (!isSilent) return;
    const probe = (): void =>
      void refreshStatus().then((failure) => setSignedOut(failure?.code === 'unauthorised'));
    probe();
    const id = setInterval(probe, 4000);
    return () => clearInterval(id);
  }, [isSilent]);
  return isSignedOut;
}

export function LinkBanner() {
  const { isSilent, silenceMs } = useIsSilent();
  const isSignedOut = useIsSignedOut(isSilent);
  if (!isSilent) return null;
  return (
    <div
      className="flex h-7 shrink-0 items-center gap-2 bg-warn/20 px-3 text-sm text-warn"
      role="alert"
      data-testid="link-banner"
    >
      <Icon name="warning" />
      {isSignedOut
        ? 'The terminal host was started anew and does not know this page. Run bin/sextant open on its machine and use the new address. Everything shown is from before.'
        : `Nothing heard from the terminal host for ${formatSpan(silenceMs)}. Everything shown is from before; bots and orders are in the host's hands. Reconnecting…`}
    </div>
  );
}
