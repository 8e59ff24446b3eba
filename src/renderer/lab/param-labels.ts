/** Parameters by the names a person knows them by. */

import type { FieldView } from '../../shared/api/views.ts';

/** Gives what names a parameter; one that the fields do not know keeps its own name. */
export function paramLabels(fields: readonly Pick<FieldView, 'name' | 'label'>[]): (name: string) => string {
  const labels = new Map(fields.map(({ name, label }) => [name, label]));
  return (name) => labels.get(name) ?? name;
}
