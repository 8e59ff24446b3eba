/** Stored exchange keys, without their secrets: those never reach this page. */

import { useState } from 'react';
import type { KeyView } from '../../shared/api/views.ts';
import { formatDate } from '../format/time-text.ts';
import { useQuery } from '../store/hooks.ts';
import { act } from '../store/terminal.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states.tsx';

export function KeysPane() {
  const { value, failure, retry } = useQuery('keys/list', {}, ['keys']);
  const [removed, setRemoved] = useState<KeyView | null>(null);
  if (value === null)
    return failure === null ? (
      <SkeletonRows />
    ) : (
      <ErrorState title="The keys could not be listed" failure={failure} onRetry={retry} />
    );
  const remove = (key: KeyView): void => {
    setRemoved(null);
    void act('Remove key', 'keys/remove', { key: key.id }, ['keys']);
  };
  return (
    <>
      <p className="mb-3 text-sm">
        Kept in: <span className="font-medium">{value.store}</span>
      </p>
      <div className="rounded-md border border-line" data-testid="keys">
        {value.keys.length === 0 ? (
          <EmptyState title="No keys stored">
            The demo and paper trading need none. To add one, run{' '}
            <code className="num rounded-sm bg-bg px-1">sextant keys add</code> in a terminal on the host: a
            secret is never typed into this page.
          </EmptyState>
        ) : (
          value.keys.map((key) => (
            <div
              key={key.id}
              className="flex items-center gap-4 border-b border-line px-3 py-2 last:border-0"
              data-testid={`key-${key.id}`}
            >
              <div className="min-w-0 grow">
                <p className="font-medium">
                  {key.label} <span className="text-sm text-muted">{key.venue}</span>
                </p>
                <p className="text-sm text-muted">
                  {key.permissions} · <span className="num">{key.fingerprint}</span> · added{' '}
                  {formatDate(key.createdAtMs)}
                </p>
              </div>
              <Button icon="trash" onClick={() => setRemoved(key)}>
                Remove…
              </Button>
            </div>
          ))
        )}
      </div>
      <p className="mt-3 text-sm text-muted">
        Make keys that can trade but not withdraw: Sextant never needs to. Nothing is sent to an exchange yet.
      </p>
      {removed === null ? null : (
        <Dialog
          title={`Remove the key ${removed.label}?`}
          testId="key-remove"
          size="sm"
          onClose={() => setRemoved(null)}
          footer={
            <Button variant="danger" onClick={() => remove(removed)} data-testid="key-remove-confirm">
              Remove
            </Button>
          }
        >
          Bots on {removed.venue} can no longer send orders. The key itself stays valid at the venue: delete
          it there too.
        </Dialog>
      )}
    </>
  );
}
