/** React's view of the stores: questions to the host, painted cells, the kernel's clock. */

import { type RefObject, useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { MethodName, RequestOf, ResponseOf } from '../../shared/api/contract.ts';
import { type QueryState, queryKey, type Topic } from './query-cache.ts';
import { market, queries } from './terminal.ts';

/** Follows the answer to a question; asks again when one of the topics was touched. */
export function useQuery<Name extends MethodName>(
  name: Name,
  request: RequestOf<Name>,
  topics: readonly Topic[],
): QueryState<ResponseOf<Name>> & { retry: () => void } {
  const key = queryKey(name, request);
  // The key stands for the request: an equal request in a new object asks nothing new.
  const latest = useRef(request);
  latest.current = request;
  // Topics are constants of the caller, though written out in place.
  const latestTopics = useRef(topics);
  const subscribe = useCallback(
    (listener: () => void) => queries.subscribe(key, name, latest.current, latestTopics.current, listener),
    [key, name],
  );
  const state = useSyncExternalStore(subscribe, () => queries.state(name, latest.current));
  return { ...state, retry: () => queries.retry(name, latest.current) };
}

/** Calls `paint` in the frame in which the topic of the market changed; never renders. */
export function usePaint(topic: string | null, paint: () => void): void {
  const latest = useRef(paint);
  latest.current = paint;
  useEffect(() => {
    if (topic === null) return;
    return market.topics.subscribe(topic, () => latest.current());
  }, [topic]);
}

/** Renders again every `everyMs`; gives the kernel time. For countdowns and ages only. */
export function useKernelClock(everyMs: number): number {
  const [nowMs, setNowMs] = useState(() => market.nowMs());
  useEffect(() => {
    const id = setInterval(() => setNowMs(market.nowMs()), everyMs);
    return () => clearInterval(id);
  }, [everyMs]);
  return nowMs;
}

/** Gives the size of an element, measured when it changes. */
export function useSize(ref: RefObject<HTMLElement | null>): { width: number; height: number } {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry === undefined) return;
      const { width, height } = entry.contentRect;
      setSize((known) => (known.width === width && known.height === height ? known : { width, height }));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return size;
}
