/** Ending an order whose outcome is unknown: a person looks at the venue and says, with a note, that it never was. */

import { useState } from 'react';
import type { OrderView } from '../../shared/api/views.ts';
import { act } from '../store/terminal.ts';
import { Button } from '../ui/button.tsx';
import { Field, Input } from '../ui/field.tsx';

const noteMin = 3;

/** For an order in state UNKNOWN. The note goes into the journal with the decision. */
export function ResolveUnknown({ order }: { readonly order: OrderView }) {
  const [note, setNote] = useState('');
  const [isBusy, setBusy] = useState(false);
  const resolve = async (): Promise<void> => {
    setBusy(true);
    const request = { order: order.clientOrderId, note: note.trim() };
    await act('Resolve', 'orders/resolve-unknown', request, ['orders', 'bots', 'balances']);
    setBusy(false);
  };
  return (
    <section className="mb-4 rounded-md border border-warn/60 p-3" data-testid="resolve-unknown">
      <p className="font-medium text-warn">The reply to this order was lost</p>
      <p className="mb-2 text-sm text-muted">
        It counts as fully exposed until the venue proves what became of it; that is asked again by itself.
        Only if you have looked at {order.venue} and it is not there, neither open nor filled, say so here:
      </p>
      <div className="flex items-end gap-2">
        <div className="grow">
          <Field id="resolve-note" label="What you saw at the venue (kept in the journal)">
            <Input
              id="resolve-note"
              value={note}
              maxLength={200}
              onChange={(event) => setNote(event.target.value)}
              data-testid="resolve-note"
            />
          </Field>
        </div>
        <Button
          variant="danger"
          disabled={note.trim().length < noteMin || isBusy}
          onClick={() => void resolve()}
          data-testid="resolve-never-placed"
        >
          It was never placed
        </Button>
      </div>
    </section>
  );
}
