/** Rows of the projections as they lie in the file. */

/** One row of `fills`. */
export interface FillRow {
  readonly sequence: number;
  readonly venue: string;
  readonly instrument: string;
  readonly trade_id: string;
  readonly client_order_id: string;
  readonly bot: string | null;
  readonly leg: string;
  readonly realised: string;
  readonly reconciled: 0 | 1;
  readonly venue_time_ms: number;
  readonly rules_id: number | null;
  readonly body: string;
}

/** One row of `orders`. */
export interface OrderRow {
  readonly intent_sequence: number;
  readonly client_order_id: string;
  readonly bot: string;
  readonly venue: string;
  readonly instrument: string;
  readonly rules_id: number;
  readonly state: string;
  readonly live: 0 | 1;
  readonly created_ms: number;
  readonly updated_ms: number;
  readonly last_sequence: number;
  readonly body: string;
}
