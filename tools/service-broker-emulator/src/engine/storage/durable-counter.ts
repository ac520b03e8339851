import type { DatabaseSync } from 'node:sqlite';
import type { DatabaseStore } from './database-store.ts';

/**
 * A number that only moves as its owner says and survives the process: identity columns and sequences. It writes ahead:
 * what is stored lies `reserve` steps past what was handed out, so most steps cost no write, and after the process was
 * killed the number goes on from the stored one. Values may be skipped then, never repeated. A clean end stores the
 * exact value.
 */
export class DurableCounter {
  readonly #store: DatabaseStore;
  readonly #name: string;
  #current: bigint | undefined;
  /** What is stored: after a crash the counter continues from here. */
  #stored: bigint | undefined;
  /** Leaves the store's clean end: the counter's owner was dropped. */
  readonly withdraw: () => void;

  /** @param name unique in the store */
  constructor(store: DatabaseStore, name: string) {
    this.#store = store;
    this.#name = name;
    const value = store.database.prepare('SELECT value FROM counters WHERE name = ?').get(name)?.value;
    this.#current = typeof value === 'string' ? BigInt(value) : undefined;
    this.#stored = this.#current;
    this.withdraw = store.beforeClose(() => this.#save(this.#current));
  }

  /** Last value set; `undefined` before the first. */
  get current(): bigint | undefined {
    return this.#current;
  }

  /**
   * Moves the counter.
   *
   * @param value the new current value
   * @param reserved the furthest value that may be reached before the next write, in the direction of travel; equal to
   *   `value` writes each time
   * @param ascending direction of travel
   */
  advance(value: bigint, reserved: bigint, ascending: boolean): void {
    const stored = this.#stored;
    if (stored === undefined || (ascending ? value > stored : value < stored)) this.#save(reserved);
    this.#current = value;
  }

  /** Sets the counter to any value; `undefined` = never used. */
  reset(value: bigint | undefined): void {
    this.#save(value);
    this.#current = value;
  }

  /** Deletes the stored value inside a write of the store; {@link withdraw} follows once that write is durable. */
  erase(database: DatabaseSync): void {
    database.prepare('DELETE FROM counters WHERE name = ?').run(this.#name);
  }

  #save(value: bigint | undefined): void {
    if (value === this.#stored) return;
    this.#store.write((database) => {
      if (value === undefined) database.prepare('DELETE FROM counters WHERE name = ?').run(this.#name);
      else database.prepare('INSERT OR REPLACE INTO counters VALUES (?, ?)').run(this.#name, String(value));
    });
    this.#stored = value;
  }
}
