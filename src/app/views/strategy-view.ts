/** A strategy's schema as form fields, read from the metadata the schema carries. */

import type { AnyStrategy } from '../../engine/strategy/api.ts';
import type { FieldView, StrategyView } from '../../shared/api/views.ts';
import { strategyParams } from './strategy-params.ts';

export function strategyViewOf(strategy: AnyStrategy): StrategyView {
  const fields: FieldView[] = [];
  for (const { name, meta, required } of strategyParams(strategy)) {
    const { form } = meta;
    if (form === undefined) continue;
    fields.push({
      name,
      label: form.label,
      group: form.group,
      help: form.help,
      unit: form.unit,
      format: meta.format ?? 'text',
      required,
      updatable: form.updatable,
      advanced: form.advanced ?? false,
      chartLine: form.chartLine ?? false,
      minimum: meta.minimum === undefined ? null : String(meta.minimum),
      maximum: meta.maximum === undefined ? null : String(meta.maximum),
      options: [...(meta.options ?? [])],
      space:
        form.space === undefined
          ? null
          : { from: form.space.from, to: form.space.to, step: form.space.step ?? null },
      ...(form.textKind === undefined ? {} : { textKind: form.textKind }),
      ...(form.namesValues === true ? { namesValues: true } : {}),
      showWhen:
        form.showWhen === undefined ? null : { field: form.showWhen.field, in: [...form.showWhen.in] },
    });
  }
  const { id, family, title, summary, goodFor, risk } = strategy;
  return { id, family, title, summary, goodFor, risk, fields };
}
