/**
 * tidy-ok: reached through the alias in vite.config.ts
 * Stands in for `react-remove-scroll`, which Radix dialogs use and which writes a style element that a strict
 * content policy forbids. The terminal's body never scrolls, so there is nothing to lock.
 */

import type { ReactNode } from 'react';

/** Renders its children and nothing else. */
export function RemoveScroll({ children }: { readonly children?: ReactNode }) {
  return <>{children}</>;
}
