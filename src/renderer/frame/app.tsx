/** The frame around every page, and the pages in it. */

import { useEffect } from 'react';
import { BotsPage } from '../bots/bots-page.tsx';
import { JournalPage } from '../journal/journal-page.tsx';
import { LabPage } from '../lab/lab-page.tsx';
import { SettingsPage } from '../settings/settings-page.tsx';
import { useRoute } from '../store/route.ts';
import { useSession } from '../store/session.ts';
import { startTerminal } from '../store/terminal.ts';
import { OrderTimeline } from '../trade/order-timeline.tsx';
import { TradePage } from '../trade/trade-page.tsx';
import { classes } from '../ui/classes.ts';
import { ErrorState } from '../ui/states.tsx';
import { AwayBanner } from './away-report.tsx';
import { Disclaimer } from './disclaimer.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { Keyboard } from './keyboard.tsx';
import { LeftRail } from './left-rail.tsx';
import { LinkBanner, useIsSilent } from './link-banner.tsx';
import { Toasts } from './notifications.tsx';
import { Palette } from './palette.tsx';
import { ResumeDialog } from './risk-control.tsx';
import { StatusBar } from './status-bar.tsx';
import { TopBar } from './top-bar.tsx';

function CurrentPage() {
  const { page } = useRoute();
  const { isSilent } = useIsSilent();
  return (
    <main
      className={classes('min-h-0 min-w-0 grow', isSilent && 'opacity-70 saturate-50')}
      data-testid={`page-${page}`}
      data-silent={isSilent}
    >
      <ErrorBoundary key={page}>
        {page === 'trade' ? (
          <TradePage />
        ) : page === 'bots' ? (
          <BotsPage />
        ) : page === 'lab' ? (
          <LabPage />
        ) : page === 'journal' ? (
          <JournalPage />
        ) : (
          <SettingsPage />
        )}
      </ErrorBoundary>
    </main>
  );
}

/** Shown until the first snapshot is there. */
function Starting() {
  const failure = useSession((session) => session.startFailure);
  useEffect(() => {
    if (failure === null || failure.code === 'unauthorised') return;
    const id = setTimeout(() => void startTerminal(), 3000);
    return () => clearTimeout(id);
  }, [failure]);
  if (failure !== null)
    return (
      <ErrorState
        title="The terminal could not be opened"
        failure={failure}
        onRetry={() => void startTerminal()}
      />
    );
  return (
    <div className="flex h-full flex-col" role="status" aria-busy="true" data-testid="starting">
      <span className="sr-only">Opening the terminal</span>
      <div className="h-10 border-b border-line bg-surface" />
      <div className="flex grow gap-px">
        <div className="w-12 bg-surface" />
        <div className="skeleton m-3 grow rounded-lg opacity-40" />
      </div>
    </div>
  );
}

export function App() {
  const status = useSession((session) => session.status);
  const mode = status?.mode;
  useEffect(() => {
    if (mode === undefined) return;
    document.documentElement.dataset['mode'] = mode;
    document.title = `Sextant · ${mode.toUpperCase()}`;
  }, [mode]);
  if (status === null) return <Starting />;
  return (
    <div className="flex h-full flex-col border-2 border-mode" data-testid="frame" data-mode={mode}>
      <Keyboard />
      <TopBar status={status} />
      <LinkBanner />
      <AwayBanner />
      <div className="flex min-h-0 grow">
        <LeftRail />
        <CurrentPage />
      </div>
      <StatusBar status={status} />
      <Palette />
      <OrderTimeline />
      <ResumeDialog status={status} />
      <Disclaimer />
      <Toasts />
    </div>
  );
}
