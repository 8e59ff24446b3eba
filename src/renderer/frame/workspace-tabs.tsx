/** Named layouts of the trade page as tabs; the layout itself is kept by the dock. */

import { useState } from 'react';
import { newToken } from '../api/token.ts';
import { goTo, useRoute } from '../store/route.ts';
import { useSetting, type Workspace } from '../store/settings.ts';
import { settings } from '../store/terminal.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Field, Input } from '../ui/field.tsx';
import { Menu } from '../ui/menu.tsx';

const firstWorkspace: Workspace = { id: 'default', name: 'Main', layout: null };

/** Gives the workspaces; there is always one. */
export function useWorkspaces(): { list: readonly Workspace[]; active: Workspace } {
  const saved = useSetting('workspaces');
  const activeId = useSetting('trade.workspace');
  const list = saved.length === 0 ? [firstWorkspace] : saved;
  return { list, active: list.find((one) => one.id === activeId) ?? (list[0] as Workspace) };
}

export function WorkspaceTabs() {
  const { list, active } = useWorkspaces();
  const { page } = useRoute();
  const [renamed, setRenamed] = useState<Workspace | null>(null);
  const open = (id: string): void => {
    settings.set('trade.workspace', id);
    goTo('trade');
  };
  const add = (): void => {
    const added = { id: newToken().slice(0, 8), name: `Layout ${list.length + 1}`, layout: active.layout };
    settings.set('workspaces', [...list, added]);
    open(added.id);
  };
  const remove = (): void => {
    settings.set(
      'workspaces',
      list.filter((one) => one.id !== active.id),
    );
    settings.set('trade.workspace', list.find((one) => one.id !== active.id)?.id ?? 'default');
  };
  const reset = (): void =>
    settings.set(
      'workspaces',
      list.map((one) => (one.id === active.id ? { ...one, layout: null } : one)),
    );
  return (
    <div className="flex h-full min-w-0 items-stretch" data-testid="workspace-tabs">
      {list.map((one) => (
        <button
          key={one.id}
          type="button"
          onClick={() => open(one.id)}
          aria-current={one.id === active.id && page === 'trade'}
          data-testid={`workspace-${one.id}`}
          className={classes(
            'max-w-28 truncate border-b-2 px-2.5 text-sm font-medium',
            one.id === active.id && page === 'trade'
              ? 'border-accent text-text'
              : 'border-transparent text-muted hover:text-text',
          )}
        >
          {one.name}
        </button>
      ))}
      <span className="flex items-center">
        <Menu
          testId="workspace-menu"
          trigger={<IconButton icon="more" size="sm" label="Layouts" data-testid="workspace-more" />}
          items={[
            { id: 'add', label: 'New layout from this one', icon: 'plus', onSelect: add },
            { id: 'rename', label: 'Rename…', icon: 'edit', onSelect: () => setRenamed(active) },
            { id: 'reset', label: 'Reset to default panes', icon: 'refresh', onSelect: reset },
            {
              id: 'remove',
              label: 'Remove',
              icon: 'trash',
              isDanger: true,
              isDisabled: list.length < 2,
              onSelect: remove,
            },
          ]}
        />
      </span>
      {renamed === null ? null : (
        <RenameDialog workspace={renamed} list={list} onClose={() => setRenamed(null)} />
      )}
    </div>
  );
}

function RenameDialog({
  workspace,
  list,
  onClose,
}: {
  readonly workspace: Workspace;
  readonly list: readonly Workspace[];
  readonly onClose: () => void;
}) {
  const [name, setName] = useState(workspace.name);
  const save = (): void => {
    if (name.trim() === '') return;
    settings.set(
      'workspaces',
      list.map((one) => (one.id === workspace.id ? { ...one, name: name.trim().slice(0, 40) } : one)),
    );
    onClose();
  };
  return (
    <Dialog
      title="Rename layout"
      testId="workspace-rename"
      size="sm"
      onClose={onClose}
      footer={
        <Button variant="primary" onClick={save} disabled={name.trim() === ''}>
          Rename
        </Button>
      }
    >
      <Field id="workspace-name" label="Name">
        <Input
          id="workspace-name"
          value={name}
          maxLength={40}
          onChange={(event) => setName(event.target.value)}
          onKeyDown={(event) => event.key === 'Enter' && save()}
        />
      </Field>
    </Dialog>
  );
}
