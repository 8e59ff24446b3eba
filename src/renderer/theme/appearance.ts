/** Puts the chosen appearance on the document and gives canvases the colours that style sheets give everything else. */

import { type Appearance, useSettings } from '../store/settings.ts';

/** The colours a canvas draws with, as computed now. */
export interface CanvasColours {
  readonly background: string;
  readonly surface: string;
  readonly line: string;
  readonly lineStrong: string;
  readonly text: string;
  readonly muted: string;
  readonly accent: string;
  readonly up: string;
  readonly down: string;
  readonly warn: string;
  readonly danger: string;
}

const listeners = new Set<() => void>();
const wantsLight = (): MediaQueryList => window.matchMedia('(prefers-color-scheme: light)');

function applyAppearance(appearance: Appearance): void {
  const { dataset } = document.documentElement;
  dataset['theme'] =
    appearance.theme === 'system' ? (wantsLight().matches ? 'light' : 'dark') : appearance.theme;
  dataset['palette'] = appearance.palette;
  dataset['swap'] = String(appearance.swapUpDown);
  dataset['density'] = appearance.density;
  colours = null;
  for (const listener of listeners) listener();
}

/** Applies the appearance now and whenever it changes. */
export function followAppearance(): void {
  applyAppearance(useSettings.getState().settings.appearance);
  useSettings.subscribe((state, before) => {
    if (state.settings.appearance !== before.settings.appearance) applyAppearance(state.settings.appearance);
  });
  wantsLight().addEventListener('change', () => applyAppearance(useSettings.getState().settings.appearance));
}

/** Hears when colours changed. */
export function onColoursChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

let colours: CanvasColours | null = null;

/** Gives the colours of the theme in force; read from the document once a theme, because canvases ask every frame. */
export function canvasColours(): CanvasColours {
  colours ??= readColours();
  return colours;
}

function readColours(): CanvasColours {
  const style = getComputedStyle(document.documentElement);
  // A token may point at another token; only a real property resolves that, so read each through its own name.
  const read = (name: string): string => {
    let value = style.getPropertyValue(name).trim();
    for (let depth = 0; depth < 4 && value.startsWith('var('); depth += 1) {
      value = style.getPropertyValue(value.slice(4, -1)).trim();
    }
    return value;
  };
  return {
    background: read('--bg'),
    surface: read('--surface'),
    line: read('--line'),
    lineStrong: read('--line-strong'),
    text: read('--text'),
    muted: read('--muted'),
    accent: read('--accent'),
    up: read('--up'),
    down: read('--down'),
    warn: read('--warn'),
    danger: read('--danger'),
  };
}

/** Gives `#rrggbb` with an opacity, for canvases. */
export function withAlpha(hex: string, alpha: number): string {
  const channel = (at: number): number => Number.parseInt(hex.slice(at, at + 2), 16);
  return `rgba(${channel(1)}, ${channel(3)}, ${channel(5)}, ${alpha})`;
}

const reducedMotion = window.matchMedia('(prefers-reduced-motion: reduce)');

// Remembered: asking for `matches` makes the browser style the whole page first.
let isReduced = reducedMotion.matches;
reducedMotion.addEventListener('change', () => {
  isReduced = reducedMotion.matches;
});

/** True when motion is unwelcome. */
export function isMotionReduced(): boolean {
  return isReduced;
}
