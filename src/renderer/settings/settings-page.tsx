/** Settings: venues, keys, appearance, risk limits, layouts, data, about. */

import { goTo, useRoute } from '../store/route.ts';
import { classes } from '../ui/classes.ts';
import { AboutPane } from './about-pane.tsx';
import { AppearancePane } from './appearance-pane.tsx';
import { KeysPane } from './keys-pane.tsx';
import { LayoutsPane } from './layouts-pane.tsx';
import { RiskPane } from './risk-pane.tsx';
import { VenuesPane } from './venues-pane.tsx';

const sections = [
  {
    id: 'appearance',
    label: 'Appearance',
    text: 'Theme, colours of up and down, density, clock',
    Pane: AppearancePane,
  },
  { id: 'venues', label: 'Venues', text: 'Connections and their freshness', Pane: VenuesPane },
  { id: 'keys', label: 'Keys', text: 'Exchange keys, kept by the host', Pane: KeysPane },
  { id: 'risk', label: 'Risk limits', text: 'What every order is checked against', Pane: RiskPane },
  { id: 'layouts', label: 'Layouts', text: 'Save, export and import', Pane: LayoutsPane },
  { id: 'about', label: 'Data and about', text: 'Folders, versions, disclaimer', Pane: AboutPane },
] as const;

export function SettingsPage() {
  const { parts } = useRoute();
  const section = sections.find((one) => one.id === parts[0]) ?? sections[0];
  const { Pane } = section;
  return (
    <div className="flex h-full bg-surface">
      <nav aria-label="Settings" className="w-44 shrink-0 border-r border-line p-2">
        {sections.map((one) => (
          <button
            key={one.id}
            type="button"
            aria-current={one === section ? 'page' : undefined}
            onClick={() => goTo('settings', one.id)}
            data-testid={`settings-${one.id}`}
            className={classes(
              'block h-8 w-full rounded-md px-2.5 text-left',
              one === section ? 'bg-line text-text' : 'text-muted hover:bg-raised hover:text-text',
            )}
          >
            {one.label}
          </button>
        ))}
      </nav>
      <div className="min-w-0 grow overflow-auto p-5">
        <div className="max-w-[760px]">
          <h1 className="text-xl font-semibold">{section.label}</h1>
          <p className="mb-4 text-muted">{section.text}</p>
          <Pane />
        </div>
      </div>
    </div>
  );
}
