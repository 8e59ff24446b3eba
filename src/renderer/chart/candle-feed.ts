/** The candles of one market for one chart: the first page, older pages on scroll, then the stream. */

import type { ApiFailure } from '../../shared/api/result.ts';
import type { CandleView } from '../../shared/api/views.ts';
import type { Timeframe } from '../../shared/domain/candle.ts';
import { timeframeMs } from '../../shared/domain/candle.ts';
import { CandleHistory, type HistoryChange } from '../store/candle-history.ts';
import { call, feed, market, onResync } from '../store/terminal.ts';

const firstPage = 1000;
const olderPage = 2000;

export interface FeedState {
  readonly isLoading: boolean;
  readonly failure: ApiFailure | null;
}

export class CandleFeed {
  readonly instrument: string;
  readonly timeframe: Timeframe;
  readonly history: CandleHistory;
  state: FeedState = { isLoading: true, failure: null };
  private readonly changeListeners = new Set<(change: HistoryChange) => void>();
  private readonly stateListeners = new Set<() => void>();
  private ways: (() => void)[] = [];
  private early: CandleView[] = [];
  private isLoadingOlder = false;
  private isClosed = false;

  constructor(instrument: string, timeframe: Timeframe) {
    this.instrument = instrument;
    this.timeframe = timeframe;
    this.history = new CandleHistory(timeframeMs(timeframe));
  }

  /** Starts watching and loading. Returns the way out. */
  open(): () => void {
    this.ways = [
      feed.watch(this.instrument, this.timeframe, 40),
      market.onCandles(this.instrument, this.timeframe, (candles) => this.takeLive(candles)),
      onResync(() => void this.load()),
    ];
    void this.load();
    return () => {
      this.isClosed = true;
      for (const leave of this.ways) leave();
      this.changeListeners.clear();
      this.stateListeners.clear();
    };
  }

  onChange(listener: (change: HistoryChange) => void): () => void {
    this.changeListeners.add(listener);
    return () => this.changeListeners.delete(listener);
  }

  readonly onState = (listener: () => void): (() => void) => {
    this.stateListeners.add(listener);
    return () => this.stateListeners.delete(listener);
  };

  readonly load = async (): Promise<void> => {
    if (this.history.length === 0) this.setState({ isLoading: true, failure: null });
    const result = await call('market/candles', {
      instrument: this.instrument,
      timeframe: this.timeframe,
      limit: firstPage,
    });
    if (this.isClosed) return;
    if (!result.ok) {
      this.setState({ isLoading: false, failure: result });
      return;
    }
    const change = this.history.replace(
      result.value.candles,
      result.value.complete && result.value.candles.length < firstPage,
    );
    // What the stream said while the page was on its way is newer than the page.
    this.history.merge(this.early);
    this.early = [];
    this.setState({ isLoading: false, failure: null });
    this.tell(change);
  };

  /** Fetches a page before the oldest candle; does nothing while one is on its way or there is none. */
  async loadOlder(): Promise<void> {
    const first = this.history.first;
    if (this.isLoadingOlder || this.history.isComplete || first === undefined) return;
    this.isLoadingOlder = true;
    const result = await call('market/candles', {
      instrument: this.instrument,
      timeframe: this.timeframe,
      beforeMs: first[0],
      limit: olderPage,
    });
    this.isLoadingOlder = false;
    // A failure here is tried again by the next scroll; what is shown stays true.
    if (this.isClosed || !result.ok || this.history.first?.[0] !== first[0]) return;
    this.tell(
      this.history.prepend(
        result.value.candles,
        result.value.complete && result.value.candles.length < olderPage,
      ),
    );
  }

  private takeLive(candles: readonly CandleView[]): void {
    if (this.state.isLoading || this.history.length === 0) {
      this.early.push(...candles);
      return;
    }
    this.tell(this.history.merge(candles));
    if (this.history.hasHole) {
      this.history.hasHole = false;
      void this.load();
    }
  }

  private tell(change: HistoryChange): void {
    if (change.kind === 'none') return;
    for (const listener of this.changeListeners) listener(change);
  }

  private setState(state: FeedState): void {
    this.state = state;
    for (const listener of this.stateListeners) listener();
  }
}
