/** The first start: what this program is and is not, to be acknowledged once for each installation. */

import { useEffect, useState } from 'react';
import { useSession } from '../store/session.ts';
import { useSetting, useSettings } from '../store/settings.ts';
import { call, settings } from '../store/terminal.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { modeTexts } from './mode.ts';

export function Disclaimer() {
  const isLoaded = useSettings((state) => state.isLoaded);
  const acknowledged = useSetting('disclaimer')?.acknowledged === true;
  const status = useSession((session) => session.status);
  const [text, setText] = useState('');
  const isDue = isLoaded && !acknowledged && status !== null;
  useEffect(() => {
    if (!isDue) return;
    void call('settings/about', {}).then((result) => {
      if (result.ok) setText(result.value.disclaimer);
    });
  }, [isDue]);
  if (!isDue) return null;
  const accept = (): void => settings.set('disclaimer', { acknowledged: true, version: status.version });
  return (
    <Dialog
      title="Before you start"
      testId="disclaimer"
      isRequired
      onClose={accept}
      footer={
        <Button variant="primary" size="lg" onClick={accept} data-testid="disclaimer-accept">
          I understand, open the {status.mode} workspace
        </Button>
      }
    >
      <p className="leading-relaxed whitespace-pre-line">{text}</p>
      <div className="mt-4 flex gap-3 rounded-md border border-line bg-raised p-3 text-sm">
        <span className="h-fit rounded-sm bg-mode px-1.5 py-px text-2xs font-bold tracking-widest text-on-mode">
          {modeTexts[status.mode].badge}
        </span>
        <span className="text-muted">
          {modeTexts[status.mode].meaning} The colour around the window tells which money is moved: violet is
          demo, blue is paper, red is live.
        </span>
      </div>
    </Dialog>
  );
}
