/** The parameters of a strategy with the metadata its schema carries. */

import { z } from 'zod';
import type { AnyStrategy } from '../../engine/strategy/api.ts';
import type { ParamForm } from '../../engine/strategy/params.ts';
import type { FieldView } from '../../shared/api/views.ts';

/** What the helpers of `engine/strategy/params.ts` keep in a schema. */
export interface ParamMeta {
  readonly form?: ParamForm;
  readonly format?: FieldView['format'];
  readonly minimum?: string | number;
  readonly maximum?: string | number;
  readonly options?: readonly string[];
}

/** One parameter of a strategy. */
export interface StrategyParam {
  readonly name: string;
  readonly meta: ParamMeta;
  readonly required: boolean;
}

/** Gives the object schema inside refinements and the like; undefined where there is none. */
function objectShape(schema: z.ZodType): Record<string, z.ZodType> | undefined {
  if (schema instanceof z.ZodObject) return schema.shape as Record<string, z.ZodType>;
  if (schema instanceof z.ZodPipe) return objectShape(schema.in as z.ZodType);
  return undefined;
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

/** By schema: every trial of a study asks, and a schema does not change. */
const known = new WeakMap<z.ZodType, readonly StrategyParam[] | undefined>();

/** Gives the parameters in the order of the schema; undefined where the schema does not name them, as that of somebody's own strategy may not. */
export function namedStrategyParams({ params }: AnyStrategy): readonly StrategyParam[] | undefined {
  if (known.has(params)) return known.get(params);
  const shape = objectShape(params);
  const found =
    shape === undefined
      ? undefined
      : Object.entries(shape).map(([name, schema]) => ({ name, ...metaOf(schema) }));
  known.set(params, found);
  return found;
}

/** Gives the parameters in the order of the schema, which must be one of an object. */
export function strategyParams(strategy: AnyStrategy): readonly StrategyParam[] {
  const params = namedStrategyParams(strategy);
  if (params === undefined) throw new TypeError('the parameters of a strategy must be one object schema');
  return params;
}
