/**
 * The schema of a journal file, as ordered migrations. `audit` is the truth; orders, fills, ledger and funding are
 * projections of it and can be rebuilt; the other tables hold what is no part of the audit.
 */

import type { Migration } from './migrations.ts';

export const journalMigrations: readonly Migration[] = [
  {
    id: 1,
    name: 'journal',
    sql: `
CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The chain: body is the exact text the hash was taken over; the columns beside it are for filters.
CREATE TABLE audit (
  sequence INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  time_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  bot TEXT,
  client_order_id TEXT,
  market_events INTEGER NOT NULL,
  market_digest TEXT NOT NULL,
  body TEXT NOT NULL,
  previous_hash TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;
CREATE INDEX audit_by_kind ON audit (kind);
CREATE INDEX audit_by_bot ON audit (bot) WHERE bot IS NOT NULL;
CREATE INDEX audit_by_order ON audit (client_order_id) WHERE client_order_id IS NOT NULL;

-- Rules a venue had for an instrument; a change of tick or lot size adds a row, so old orders keep their meaning.
CREATE TABLE instrument_rules (
  rules_id INTEGER PRIMARY KEY,
  instrument TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX instrument_rules_by_instrument ON instrument_rules (instrument);

CREATE TABLE orders (
  intent_sequence INTEGER PRIMARY KEY,
  client_order_id TEXT NOT NULL UNIQUE,
  bot TEXT NOT NULL,
  venue TEXT NOT NULL,
  instrument TEXT NOT NULL,
  rules_id INTEGER NOT NULL REFERENCES instrument_rules,
  state TEXT NOT NULL,
  live INTEGER NOT NULL CHECK (live IN (0, 1)),
  created_ms INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL,
  last_sequence INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX orders_by_bot ON orders (bot);
CREATE INDEX orders_by_live ON orders (live);
CREATE INDEX orders_by_update ON orders (last_sequence);

CREATE TABLE fills (
  sequence INTEGER PRIMARY KEY,
  venue TEXT NOT NULL,
  instrument TEXT NOT NULL,
  trade_id TEXT NOT NULL,
  client_order_id TEXT NOT NULL,
  -- NULL for a fill of an order that is not ours.
  bot TEXT,
  leg TEXT NOT NULL,
  realised TEXT NOT NULL,
  reconciled INTEGER NOT NULL CHECK (reconciled IN (0, 1)),
  venue_time_ms INTEGER NOT NULL,
  rules_id INTEGER REFERENCES instrument_rules,
  body TEXT NOT NULL,
  UNIQUE (venue, instrument, trade_id, client_order_id)
) STRICT;
CREATE INDEX fills_by_time ON fills (venue, venue_time_ms);
CREATE INDEX fills_by_bot ON fills (bot) WHERE bot IS NOT NULL;
CREATE INDEX fills_by_order ON fills (client_order_id);

CREATE TABLE ledger_entries (
  sequence INTEGER PRIMARY KEY,
  cause TEXT NOT NULL,
  reference TEXT NOT NULL
) STRICT;
CREATE TABLE ledger_legs (
  sequence INTEGER NOT NULL REFERENCES ledger_entries,
  position INTEGER NOT NULL,
  account TEXT NOT NULL,
  venue TEXT NOT NULL,
  currency TEXT NOT NULL,
  amount TEXT NOT NULL,
  PRIMARY KEY (sequence, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE ledger_balances (
  account TEXT NOT NULL,
  venue TEXT NOT NULL,
  currency TEXT NOT NULL,
  amount TEXT NOT NULL,
  PRIMARY KEY (account, venue, currency)
) STRICT, WITHOUT ROWID;

CREATE TABLE funding_payments (
  sequence INTEGER PRIMARY KEY,
  venue TEXT NOT NULL,
  instrument TEXT NOT NULL,
  payment_id TEXT NOT NULL,
  bot TEXT NOT NULL,
  amount TEXT NOT NULL,
  currency TEXT NOT NULL,
  UNIQUE (venue, instrument, payment_id, bot)
) STRICT;

CREATE TABLE bots (
  position INTEGER PRIMARY KEY,
  bot TEXT NOT NULL UNIQUE,
  body TEXT NOT NULL
) STRICT;
CREATE TABLE kernel_core (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  sequence INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;

-- owner is '' for the whole installation, else a bot.
CREATE TABLE equity_points (
  point_id INTEGER PRIMARY KEY,
  owner TEXT NOT NULL,
  time_ms INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX equity_points_by_owner ON equity_points (owner);

CREATE TABLE settings (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- response is NULL while the call a token belongs to has not been answered.
CREATE TABLE idempotency_tokens (
  token TEXT PRIMARY KEY,
  method TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  response TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_tokens_by_age ON idempotency_tokens (created_ms);

CREATE TABLE runs (
  run_id INTEGER PRIMARY KEY,
  version TEXT NOT NULL,
  pid INTEGER NOT NULL,
  first_sequence INTEGER NOT NULL,
  started_wall_ms INTEGER NOT NULL,
  -- The last sign of life of the run before, by the wall clock.
  previous_wall_ms INTEGER,
  stopped_wall_ms INTEGER
) STRICT;
`,
  },
];
