/** The last records, for the interface; bounded by count and by size. */
import { isAtLeast, type LogLevel, type LogRecord } from './log-port.ts';

/** A ring of records with about `maxBytes` of text at most. */
export class RecentRecords {
  readonly #maxRecords: number;
  readonly #maxBytes: number;
  #records: { record: LogRecord; bytes: number }[] = [];
  /** Index of the oldest kept; the array is cut now and then, not at every record. */
  #first = 0;
  #bytes = 0;

  constructor(maxRecords = 2000, maxBytes = 4 * 1024 * 1024) {
    this.#maxRecords = maxRecords;
    this.#maxBytes = maxBytes;
  }

  /** Takes a record that was `bytes` long as a line. */
  add(record: LogRecord, bytes: number): void {
    this.#records.push({ record, bytes });
    this.#bytes += bytes;
    while (this.#count > this.#maxRecords || (this.#bytes > this.#maxBytes && this.#count > 1)) {
      this.#bytes -= this.#records[this.#first]?.bytes ?? 0;
      this.#first += 1;
    }
    if (this.#first > this.#maxRecords) {
      this.#records = this.#records.slice(this.#first);
      this.#first = 0;
    }
  }

  /** The last `limit` records at `level` or more urgent, oldest first. */
  recent(limit: number, level: LogLevel): readonly LogRecord[] {
    const found: LogRecord[] = [];
    for (let i = this.#records.length - 1; i >= this.#first && found.length < limit; i--) {
      const record = this.#records[i]?.record;
      if (record !== undefined && isAtLeast(record.level, level)) found.push(record);
    }
    return found.reverse();
  }

  get #count(): number {
    return this.#records.length - this.#first;
  }
}
