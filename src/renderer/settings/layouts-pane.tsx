/** Layouts as a file: export, import, back to the default. */

import { useState } from 'react';
import { useWorkspaces } from '../frame/workspace-tabs.tsx';
import { settingSchemas } from '../store/settings.ts';
import { settings } from '../store/terminal.ts';
import { Button } from '../ui/button.tsx';
import { downloadText } from '../ui/download.ts';

const fileKind = 'sextant-layouts';
const fileBytesMax = 2_000_000;

export function LayoutsPane() {
  const { list } = useWorkspaces();
  const [message, setMessage] = useState<{ isGood: boolean; text: string } | null>(null);
  const save = (): void =>
    downloadText(
      'sextant-layouts.json',
      JSON.stringify({ kind: fileKind, version: 1, workspaces: list }, null, 2),
    );
  const load = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    const read = file.size > fileBytesMax ? null : readLayouts(await file.text());
    if (read === null) {
      setMessage({ isGood: false, text: `${file.name} is no layouts file of Sextant. Nothing was changed.` });
      return;
    }
    settings.set('workspaces', read);
    setMessage({ isGood: true, text: `${read.length} layouts read from ${file.name}.` });
  };
  return (
    <div className="flex flex-col gap-4">
      <ul className="divide-y divide-line rounded-md border border-line">
        {list.map((one) => (
          <li key={one.id} className="flex justify-between px-3 py-2">
            <span>{one.name}</span>
            <span className="text-sm text-muted">
              {one.layout === null || one.layout === undefined ? 'default panes' : 'own panes'}
            </span>
          </li>
        ))}
      </ul>
      <div className="flex gap-2">
        <Button icon="download" onClick={save} data-testid="layouts-export">
          Export
        </Button>
        <label className="inline-flex h-[26px] items-center rounded-md border border-line-strong bg-raised px-2.5 text-sm font-medium hover:bg-line has-focus-visible:outline-2 has-focus-visible:outline-accent">
          Import…
          <input
            type="file"
            accept="application/json,.json"
            className="sr-only"
            onChange={(event) => void load(event.target.files?.[0])}
            data-testid="layouts-import"
          />
        </label>
        <Button icon="refresh" onClick={() => settings.set('workspaces', [])} data-testid="layouts-reset">
          Reset all
        </Button>
      </div>
      {message === null ? null : (
        <p role="status" className={message.isGood ? 'text-sm text-up' : 'text-sm text-danger'}>
          {message.text}
        </p>
      )}
    </div>
  );
}

/** Gives the layouts of a file's text, or null when it is none. */
export function readLayouts(text: string) {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return null;
  }
  if (
    typeof parsed !== 'object' ||
    parsed === null ||
    !('kind' in parsed) ||
    parsed.kind !== fileKind ||
    !('workspaces' in parsed)
  )
    return null;
  // The setting's own schema gives an empty list for what does not fit.
  const workspaces = settingSchemas.workspaces.parse(parsed.workspaces);
  return workspaces.length === 0 ? null : workspaces;
}
