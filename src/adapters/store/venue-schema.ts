/** The schema of the file in which simulated venues keep their own truth. */

import type { Migration } from './migrations.ts';

export const venueMigrations: readonly Migration[] = [
  {
    id: 1,
    name: 'venues',
    sql: `
CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE states (
  key TEXT PRIMARY KEY,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE venue_orders (
  position INTEGER PRIMARY KEY,
  venue TEXT NOT NULL,
  client_order_id TEXT NOT NULL,
  venue_order_id TEXT NOT NULL,
  body TEXT NOT NULL,
  UNIQUE (venue, client_order_id)
) STRICT;
CREATE TABLE venue_fills (
  position INTEGER PRIMARY KEY,
  venue TEXT NOT NULL,
  fill_key TEXT NOT NULL UNIQUE,
  client_order_id TEXT NOT NULL,
  time_ms INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE TABLE venue_payments (
  position INTEGER PRIMARY KEY,
  venue TEXT NOT NULL,
  payment_id TEXT NOT NULL,
  body TEXT NOT NULL,
  UNIQUE (venue, payment_id)
) STRICT;
`,
  },
];
