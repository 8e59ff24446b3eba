/** What the host can be asked for: the one function both hosts call takes these and gives these. */

import type { Logger } from '../adapters/logging/logger.ts';
import type { MarketFeed } from '../engine/ports.ts';
import type { ApiTransport, StreamHandle } from '../shared/api/client.ts';
import type { MethodName, RequestOf, ResponseOf, Scope } from '../shared/api/contract.ts';
import type { ApiResult } from '../shared/api/result.ts';
import type { StreamMessage, StreamRequest } from '../shared/api/streams.ts';
import type { SextantConfig } from '../shared/config/schema.ts';

/** None; made at the very first start, ready to be started; or made when missing and started. */
export type DemoBots = 'none' | 'offered' | 'running';

/** How one run is set up, after file, environment and flags were merged and parsed. */
export interface TerminalOptions {
  readonly config: SextantConfig;
  /** Folder that holds all state of this installation. */
  readonly dataFolder: string;
  /** Seed of the simulated markets; undefined: a new one for a new data folder, the stored one afterwards. */
  readonly seed?: string | undefined;
  /** Simulated seconds per second; 'max' as fast as possible. Ignored in real-time modes. */
  readonly speed: number | 'max';
  /** The bots of the demo workspace; without effect in other modes. */
  readonly demoBots: DemoBots;
  /** Where to log; without one, a log of its own in the data folder. */
  readonly log?: Logger | undefined;
  /** Makes the market data feed of a configured venue; CCXT unless told otherwise. */
  readonly createFeed?: ((venue: SextantConfig['venues'][number]) => MarketFeed) | undefined;
  /** Stops after this much simulated time. */
  readonly simulateForMs?: number | undefined;
}

/** The result of a run: the last line of `--json`. Decimals as texts. */
export interface RunResult {
  readonly events: number;
  readonly orders: number;
  readonly fills: number;
  readonly rejected: number;
  readonly unknown: number;
  readonly equity: Readonly<Record<string, string>>;
  readonly startEquity: Readonly<Record<string, string>>;
  readonly identities: { readonly checked: number; readonly failed: number };
  readonly auditRecords: number;
  readonly auditHash: string;
  readonly simulatedMs: number;
  readonly wallMs: number;
  readonly rssMb: number;
}

/** A running terminal: engine, venues, journal and API, without any window or port of its own. */
export interface Terminal {
  /** In-process client with every right; requests are parsed like anybody's. */
  readonly client: ApiTransport;
  /** Answers a call from outside. `scopes` is what the caller's token allows. */
  handle<Name extends MethodName>(
    name: Name,
    request: RequestOf<Name> | unknown,
    scopes: ReadonlySet<Scope>,
  ): Promise<ApiResult<ResponseOf<Name>>>;
  /** Opens a stream for one client; at most one batch a frame, a reset when it cannot keep up. */
  openStream(
    request: StreamRequest,
    send: (message: StreamMessage) => void,
    /** True while the client has not taken what was sent: batches are merged until it has. */
    isBusy: () => boolean,
  ): StreamHandle;
  /** Settles when the run ended by itself (simulated time is over) or the engine failed. */
  readonly ended: Promise<{ readonly reason: string; readonly failure?: Error | undefined }>;
  /** Stops cleanly: orders are handled by policy, the journal is closed. Gives the result of the run. */
  stop(reason: string): Promise<RunResult>;
  /** The machine woke up or is about to sleep: venues are compared again before anything trades. */
  onSuspend(): void;
  onResume(): void;
  /** True while a bot runs or an order rests: the machine should not sleep. */
  readonly isBusy: boolean;
}
