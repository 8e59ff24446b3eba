/** A strategy's schema as form fields, read from the metadata the schema carries. */

import { z } from 'zod';
import type { AnyStrategy } from '../../engine/strategy/api.ts';
import type { ParamForm } from '../../engine/strategy/params.ts';
import type { FieldView, StrategyView } from '../../shared/api/views.ts';

interface ParamMeta {
  readonly form?: ParamForm;
  readonly format?: FieldView['format'];
  readonly minimum?: string | number;
  readonly maximum?: string | number;
  readonly options?: readonly string[];
}

/** Gives the object schema inside refinements and the like. */
function objectShape(schema: z.ZodType): Record<string, z.ZodType> {
  if (schema instanceof z.ZodObject) return schema.shape as Record<string, z.ZodType>;
  if (schema instanceof z.ZodPipe) return objectShape(schema.in as z.ZodType);
  throw new TypeError('the parameters of a strategy must be one object schema');
}

/** Finds the metadata of a parameter, which may sit on an optional or default wrapper or on what it wraps. */
function metaOf(schema: z.ZodType): { meta: ParamMeta; required: boolean } {
  const required = !schema.safeParse(undefined).success;
  let current: z.ZodType = schema;
  for (;;) {
    const meta = current.meta() as ParamMeta | undefined;
    if (meta?.form !== undefined) return { meta, required };
    if (
      current instanceof z.ZodOptional ||
      current instanceof z.ZodDefault ||
      current instanceof z.ZodNullable
    ) {
      current = current.unwrap() as z.ZodType;
    } else return { meta: {}, required };
  }
}

export function strategyViewOf(strategy: AnyStrategy): StrategyView {
  const fields: FieldView[] = [];
  for (const [name, schema] of Object.entries(objectShape(strategy.params))) {
    const { meta, required } = metaOf(schema);
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
      showWhen:
        form.showWhen === undefined ? null : { field: form.showWhen.field, in: [...form.showWhen.in] },
    });
  }
  const { id, family, title, summary, goodFor, risk } = strategy;
  return { id, family, title, summary, goodFor, risk, fields };
}
