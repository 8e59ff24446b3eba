/** The risk state and the HALT button: one click, no dialog. Resuming asks. */

import type { StatusView } from '../../shared/api/views.ts';
import { useUi } from '../store/ui-state.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Menu } from '../ui/menu.tsx';
import { askResume, haltAll, reduceAll, resumeAll } from './actions.ts';

const looks = {
  ACTIVE: 'border-up/50 text-up',
  REDUCING: 'border-warn bg-warn/15 text-warn',
  HALTED: 'border-danger bg-danger-strong text-on-accent',
} as const;
const meanings = {
  ACTIVE: 'Bots and orders may trade within the limits',
  REDUCING: 'Only orders that make exposure smaller pass',
  HALTED: 'Nothing but cancels is sent',
} as const;

export function RiskControl({ status }: { readonly status: StatusView }) {
  const { state, scopes } = status.risk;
  const others = scopes.filter((one) => one.scope.kind !== 'all' && one.state !== 'ACTIVE');
  const isHalted = state === 'HALTED';
  return (
    <div className="flex items-center gap-1.5">
      <span
        title={meanings[state]}
        data-testid="risk-state"
        className={classes(
          'rounded-sm border px-1.5 py-px text-2xs font-semibold tracking-wide',
          looks[state],
        )}
      >
        {state}
        {others.length > 0 ? ` +${others.length}` : ''}
      </span>
      {state === 'ACTIVE' ? null : (
        <Button size="md" icon="play" onClick={askResume} data-testid="resume">
          Resume…
        </Button>
      )}
      <span className="inline-flex">
        <Button
          variant="danger"
          icon="halt"
          disabled={isHalted}
          onClick={() => void haltAll()}
          data-testid="halt"
          title="Halt everything now (Ctrl+Shift+H)"
          className="rounded-r-none font-semibold tracking-wide"
        >
          HALT
        </Button>
        <Menu
          testId="halt-menu"
          trigger={
            <IconButton
              icon="chevronDown"
              size="sm"
              label="More ways to halt"
              data-testid="halt-more"
              className="h-[26px]! rounded-l-none border border-l-0 border-danger-strong"
            />
          }
          items={[
            { id: 'reduce', label: 'Reduce only', onSelect: () => void reduceAll() },
            {
              id: 'cancel',
              label: 'Halt and cancel all orders',
              isDanger: true,
              onSelect: () => void haltAll({ cancel: true }),
            },
            {
              id: 'flatten',
              label: 'Halt, cancel and close all positions',
              isDanger: true,
              onSelect: () => void haltAll({ cancel: true, flatten: true }),
            },
          ]}
        />
      </span>
    </div>
  );
}

/** Asks before trading goes on after a halt. */
export function ResumeDialog({ status }: { readonly status: StatusView }) {
  const isAsked = useUi((ui) => ui.isResumeAsked);
  if (!isAsked) return null;
  const close = (): void => useUi.setState({ isResumeAsked: false });
  const running = status.bots.filter((bot) => bot.state === 'RUNNING');
  const all = status.risk.scopes.find((one) => one.scope.kind === 'all');
  const confirm = (): void => {
    close();
    void resumeAll();
  };
  return (
    <Dialog
      title="Resume trading?"
      testId="resume-dialog"
      onClose={close}
      footer={
        <>
          <Button onClick={close}>Stay {status.risk.state.toLowerCase()}</Button>
          <Button variant="primary" onClick={confirm} data-testid="resume-confirm">
            Resume {status.mode.toUpperCase()} trading
          </Button>
        </>
      }
    >
      <p>
        Risk is {status.risk.state}
        {all === undefined || all.reason === '' ? '' : ` (${all.reason})`}. When it is active again:
      </p>
      <ul className="mt-2 list-disc pl-5 text-muted">
        <li>
          {running.length === 0
            ? 'no bot is running'
            : `${running.length} running ${running.length === 1 ? 'bot' : 'bots'} may place orders: ${running.map((bot) => bot.name).join(', ')}`}
        </li>
        <li>orders by hand are accepted within the risk limits</li>
      </ul>
    </Dialog>
  );
}
