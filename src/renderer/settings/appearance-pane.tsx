/** How the terminal looks; each change shows at once and is remembered. */

import type { ReactNode } from 'react';
import { type Appearance, useSetting } from '../store/settings.ts';
import { settings } from '../store/terminal.ts';
import { Toggle } from '../ui/field.tsx';
import { Segmented } from '../ui/segmented.tsx';

function Row({
  label,
  help,
  children,
}: {
  readonly label: string;
  readonly help: string;
  readonly children: ReactNode;
}) {
  return (
    <div className="flex items-center justify-between gap-6 border-b border-line py-3">
      <div>
        <p className="font-medium">{label}</p>
        <p className="text-sm text-muted">{help}</p>
      </div>
      <div className="shrink-0">{children}</div>
    </div>
  );
}

export function AppearancePane() {
  const appearance = useSetting('appearance');
  const set = (change: Partial<Appearance>): void => settings.set('appearance', { ...appearance, ...change });
  return (
    <div>
      <Row label="Theme" help="System follows your desktop">
        <Segmented
          label="Theme"
          testId="theme"
          value={appearance.theme}
          onChange={(theme) => set({ theme })}
          options={[
            { value: 'dark', label: 'Dark' },
            { value: 'light', label: 'Light' },
            { value: 'system', label: 'System' },
          ]}
        />
      </Row>
      <Row
        label="Up and down colours"
        help="Blue and orange can be told apart with every common colour blindness"
      >
        <Segmented
          label="Up and down colours"
          testId="palette-colours"
          value={appearance.palette}
          onChange={(palette) => set({ palette })}
          options={[
            { value: 'classic', label: 'Green and red' },
            { value: 'colour-blind', label: 'Blue and orange' },
          ]}
        />
      </Row>
      <Row label="Swap up and down" help="Red rises and green falls, as in East Asian markets">
        <Toggle
          id="swap-colours"
          label={<span className="sr-only">Swap up and down</span>}
          checked={appearance.swapUpDown}
          onChange={(swapUpDown) => set({ swapUpDown })}
        />
      </Row>
      <Row label="Density" help="Height of table rows: 28 or 24 pixels">
        <Segmented
          label="Density"
          testId="density"
          value={appearance.density}
          onChange={(density) => set({ density })}
          options={[
            { value: 'normal', label: 'Normal' },
            { value: 'compact', label: 'Compact' },
          ]}
        />
      </Row>
      <Row label="Clock" help="Tables keep UTC in their tooltips either way">
        <Segmented
          label="Clock"
          testId="clock-zone"
          value={appearance.clock}
          onChange={(clock) => set({ clock })}
          options={[
            { value: 'utc', label: 'UTC' },
            { value: 'local', label: 'Local' },
          ]}
        />
      </Row>
      <div className="mt-4 flex gap-6 rounded-md border border-line bg-bg p-3">
        <span className="num text-up">+1.24 % ▲ 64 180.5</span>
        <span className="num text-down">−0.87 % ▼ 3 141.20</span>
        <span className="text-muted">How rising and falling look now</span>
      </div>
    </div>
  );
}
