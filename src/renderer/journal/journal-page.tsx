/** The journal: every audit record, the away report, the proof of the chain, the log. */

import { useDeferredValue, useMemo, useState } from 'react';
import { AwayReport } from '../frame/away-report.tsx';
import { goTo, useRoute } from '../store/route.ts';
import { useSession } from '../store/session.ts';
import { LogPane } from '../trade/log-pane.tsx';
import { Button } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { Select } from '../ui/field.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { exportJournal } from './export-journal.ts';
import { JournalTable } from './journal-table.tsx';
import { kindGroups, kindsOfGroups } from './kinds.ts';
import { VerifyPane } from './verify-pane.tsx';

type Tab = 'records' | 'away' | 'verify' | 'log';
const tabs: readonly { value: Tab; label: string }[] = [
  { value: 'records', label: 'Records' },
  { value: 'away', label: 'While you were away' },
  { value: 'verify', label: 'Verify' },
  { value: 'log', label: 'Log' },
];

export function JournalPage() {
  const { parts } = useRoute();
  const tab = tabs.find((one) => one.value === parts[0])?.value ?? 'records';
  return (
    <div className="flex h-full flex-col bg-surface">
      <div className="flex h-11 shrink-0 items-center gap-3 border-b border-line px-3">
        <h1 className="text-lg font-semibold">Journal</h1>
        <Segmented<Tab>
          label="Part of the journal"
          testId="journal-tab"
          value={tab}
          onChange={(next) => goTo('journal', ...(next === 'records' ? [] : [next]))}
          options={tabs}
        />
      </div>
      <div className="min-h-0 grow">
        {tab === 'records' ? <Records /> : null}
        {tab === 'away' ? (
          <div className="mx-auto h-full max-w-[820px] overflow-auto p-4">
            <AwayReport />
          </div>
        ) : null}
        {tab === 'verify' ? <VerifyPane /> : null}
        {tab === 'log' ? <LogPane /> : null}
      </div>
    </div>
  );
}

const noBots: never[] = [];

function Records() {
  const bots = useSession((session) => session.status?.bots) ?? noBots;
  const [groups, setGroups] = useState<readonly string[]>([]);
  const [bot, setBot] = useState('');
  const [search, setSearch] = useState('');
  const [progress, setProgress] = useState<string | null>(null);
  const settled = useDeferredValue(search.trim());
  const filter = useMemo(
    () => ({ kinds: kindsOfGroups(groups), search: settled, ...(bot === '' ? {} : { bot }) }),
    [groups, settled, bot],
  );
  const toggle = (id: string): void =>
    setGroups(groups.includes(id) ? groups.filter((one) => one !== id) : [...groups, id]);
  return (
    <div className="flex h-full flex-col">
      <div className="flex min-h-10 shrink-0 flex-wrap items-center gap-1.5 border-b border-line px-3 py-1.5">
        {kindGroups.map((group) => (
          <button
            key={group.id}
            type="button"
            aria-pressed={groups.includes(group.id)}
            onClick={() => toggle(group.id)}
            data-testid={`journal-kind-${group.id}`}
            className={classes(
              'h-[22px] rounded-full border px-2.5 text-xs',
              groups.includes(group.id)
                ? 'border-accent bg-accent/15 text-text'
                : 'border-line text-muted hover:border-line-strong hover:text-text',
            )}
          >
            {group.label}
          </button>
        ))}
        <span className="mx-1 h-4 w-px bg-line" />
        <span className="w-28">
          <Select
            aria-label="Bot"
            value={bot}
            onChange={(event) => setBot(event.target.value)}
            options={[
              { value: '', label: 'All bots' },
              { value: 'manual', label: 'By hand' },
              ...bots.map((one) => ({ value: one.id, label: one.name })),
            ]}
            data-testid="journal-bot"
          />
        </span>
        <input
          type="search"
          aria-label="Search the journal"
          placeholder="Search"
          maxLength={100}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
          data-testid="journal-search"
          className="h-[26px] w-32 rounded-md border border-line-strong bg-bg px-2 text-sm placeholder:text-muted"
        />
        <span className="grow" />
        <Button
          icon="download"
          disabled={progress !== null}
          onClick={() => void exportJournal(setProgress)}
          data-testid="journal-export"
        >
          {progress ?? 'Export'}
        </Button>
      </div>
      <div className="min-h-0 grow">
        <JournalTable filter={filter} />
      </div>
    </div>
  );
}
