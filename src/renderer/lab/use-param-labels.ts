/** The names of a strategy's parameters, as the host gives them. */

import { paramLabels } from './param-labels.ts';
import { useStrategies } from './spec-form.tsx';

/** Names the parameters of a strategy. */
export function useParamLabels(strategy: string): (name: string) => string {
  return paramLabels(useStrategies().find(({ id }) => id === strategy)?.fields ?? []);
}
