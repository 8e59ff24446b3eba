/** Asks the host for the plan of a form while it is edited: after a short pause, one question at a time, newest wins. */

import { useEffect, useRef, useState } from 'react';
import type { ApiFailure } from '../../shared/api/result.ts';
import type { PlanView } from '../../shared/api/views.ts';
import { call } from '../store/terminal.ts';

const pauseMs = 150;

export interface PlanState {
  /** The newest plan; kept while a newer one is on its way. */
  readonly plan: PlanView | null;
  readonly failure: ApiFailure | null;
  /** True while the plan does not yet belong to what is typed. */
  readonly isBehind: boolean;
}

export interface PlanQuestion {
  readonly strategy: string;
  readonly venue: string;
  /** Symbol of the instrument at the venue, such as `BTC/USDT`. */
  readonly instrument: string;
  readonly params: Record<string, unknown>;
  readonly bot?: string;
}

/** Follows the plan of a question; null keeps the last plan and asks nothing. */
export function usePlan(question: PlanQuestion | null): PlanState {
  const [state, setState] = useState<PlanState>({ plan: null, failure: null, isBehind: true });
  const newest = useRef(0);
  const key = question === null ? '' : JSON.stringify(question);
  useEffect(() => {
    newest.current += 1;
    const mine = newest.current;
    setState((known) => ({ ...known, isBehind: true }));
    if (key === '') return;
    const timer = setTimeout(() => {
      void call('strategies/plan', JSON.parse(key) as PlanQuestion).then((result) => {
        if (newest.current !== mine) return;
        setState((known) =>
          result.ok
            ? { plan: result.value, failure: null, isBehind: false }
            : { plan: known.plan, failure: result, isBehind: false },
        );
      });
    }, pauseMs);
    return () => clearTimeout(timer);
  }, [key]);
  return state;
}
