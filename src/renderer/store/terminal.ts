/** The page's own wiring: one transport, one stream, one frame, one cache. Panes reach the host through here. */

import type { ApiTransport } from '../../shared/api/client.ts';
import type { MethodName, RequestOf, ResponseOf } from '../../shared/api/contract.ts';
import type { ApiFailure, ApiResult } from '../../shared/api/result.ts';
import type { StreamBatch } from '../../shared/api/streams.ts';
import { chooseTransport } from '../api/transport.ts';
import { newsOf, topicsOf } from './audit-news.ts';
import { FrameScheduler } from './frame.ts';
import { applyJobs, setJobs } from './jobs.ts';
import { LiveFeed } from './live-feed.ts';
import { MarketStore } from './market-store.ts';
import { notify } from './notices.ts';
import { QueryCache, type Topic } from './query-cache.ts';
import { useSession } from './session.ts';
import { SettingsKeeper } from './settings-keeper.ts';

const schedule = (run: () => void, afterMs: number): (() => void) => {
  const id = setTimeout(run, afterMs);
  return () => clearTimeout(id);
};

const chosen = chooseTransport();
const transport: ApiTransport = chosen.transport;

/** How the page reaches its host. */
export const transportKind = chosen.kind;
export const frame = new FrameScheduler((run) => requestAnimationFrame(run));
export const market = new MarketStore(frame, () => performance.now());
export const queries = new QueryCache((name, request) => transport.call(name, request), 400, schedule);
export const settings = new SettingsKeeper((name, request) => transport.call(name, request));
export const feed = new LiveFeed(transport, {
  onBatch: applyBatch,
  onLink: (link) => {
    useSession.setState({ link });
    market.topics.touchAll();
  },
  onResync: () => void resync(),
});

const resyncListeners = new Set<() => void>();

/** Hears when everything shown must be fetched again. */
export function onResync(listener: () => void): () => void {
  resyncListeners.add(listener);
  return () => resyncListeners.delete(listener);
}

/** Calls the host. Failures come back as values. */
export function call<Name extends MethodName>(
  name: Name,
  request: RequestOf<Name>,
): Promise<ApiResult<ResponseOf<Name>>> {
  return transport.call(name, request);
}

/** Tells of a failure in a toast: what, why, what to do. */
export function tellFailure(title: string, failure: ApiFailure): void {
  const detail = [failure.message, failure.hint]
    .filter((part) => part !== undefined && part !== '')
    .join(' ');
  notify({ level: 'error', title, detail, timeMs: market.nowMs(), toast: true });
}

/** Carries out a person's wish: tells of a failure, makes the topics fresh on success. */
export async function attempt<Name extends MethodName>(
  title: string,
  name: Name,
  request: RequestOf<Name>,
  topics: readonly Topic[],
): Promise<ApiResult<ResponseOf<Name>>> {
  const result = await call(name, request);
  if (result.ok) {
    queries.touch(new Set(topics));
    void refreshStatus();
  } else tellFailure(`${title} failed`, result);
  return result;
}

/** Does the same for who needs no more than the value; null when it failed. */
export async function act<Name extends MethodName>(
  title: string,
  name: Name,
  request: RequestOf<Name>,
  topics: readonly Topic[],
): Promise<ResponseOf<Name> | null> {
  const result = await attempt(title, name, request, topics);
  return result.ok ? result.value : null;
}

function applyBatch(batch: StreamBatch): void {
  market.apply(batch);
  const topics: Set<Topic> = topicsOf(batch.audit ?? []);
  if (batch.status !== undefined) {
    topics.add('status');
    useSession.setState({ status: batch.status });
  }
  if (batch.jobs !== undefined) {
    applyJobs(batch.jobs);
    // A job that ended has stored something.
    if (batch.jobs.some(({ endedMs }) => endedMs !== null)) topics.add('lab').add('data');
  }
  if (topics.size > 0) queries.touch(topics);
  for (const record of batch.audit ?? []) {
    const news = newsOf(record.body);
    if (news !== null) notify({ ...news, timeMs: record.timeMs });
  }
}

/** Fetches the status now, for example right after an action. */
export async function refreshStatus(): Promise<ApiFailure | null> {
  const result = await call('system/status', {});
  if (!result.ok) return result;
  market.setSpeed(result.value.speed);
  market.setTime(result.value.timeMs);
  useSession.setState({ status: result.value, startFailure: null });
  return null;
}

async function loadMarkets(): Promise<ApiFailure | null> {
  const [instruments, quotes] = await Promise.all([call('instruments/list', {}), call('market/quotes', {})]);
  if (!instruments.ok) return instruments;
  const list = instruments.value.instruments;
  useSession.setState({ instrumentList: list, instruments: new Map(list.map((one) => [one.id, one])) });
  if (quotes.ok) market.setQuotes(quotes.value.quotes);
  return null;
}

async function loadJobs(): Promise<void> {
  const result = await call('jobs/list', {});
  if (result.ok) setJobs(result.value.jobs);
}

async function resync(): Promise<void> {
  queries.touchAll();
  for (const listener of resyncListeners) listener();
  await Promise.all([loadMarkets(), loadJobs()]);
  const failure = await refreshStatus();
  const status = useSession.getState().status;
  if (failure === null && status !== null) feed.resumeAudit(status.auditSequence);
}

let isStarted = false;

/** Fetches the first snapshot and opens the stream; after a failure it may be called again. */
export async function startTerminal(): Promise<void> {
  settings.loadLocal();
  const failures = await Promise.all([refreshStatus(), loadMarkets(), settings.load(), loadJobs()]);
  const failure = failures[0] ?? failures[1] ?? null;
  useSession.setState({ startFailure: failure });
  const status = useSession.getState().status;
  if (failure !== null || status === null || isStarted) return;
  isStarted = true;
  feed.open(status.auditSequence);
}
