import type { TableDefinition } from '../catalog/table-definition.ts';
import type { MapKey } from './column-codec.ts';
import type { StoredRow } from './table-store.ts';

/** Enough for the pools and settings that procedures look into at each call; more is memory for tables that are searched. */
const maximumLookups = 256;
const maximumRows = 4;

/**
 * What was found last in a table that nobody has written to since: a procedure that is called often asks its tables the
 * same each time, and asking SQLite costs as much as several statements.
 */
export class RecentLookups {
  /** By what was asked; undefined where it was asked once: what nobody asks again isn't worth its memory. */
  readonly #found = new Map<object, Map<MapKey, readonly StoredRow[] | undefined>>();
  /** Rows with values of any size are not kept. */
  readonly #isUseful: boolean;
  #count = 0;

  constructor(definition: TableDefinition) {
    this.#isUseful = definition.columns.every(({ type }) => type.length !== 'max' && type.name !== 'xml');
  }

  /** @param statement what was asked, but for the values */
  get(statement: object, key: MapKey): readonly StoredRow[] | undefined {
    return this.#found.get(statement)?.get(key);
  }

  add(statement: object, key: MapKey, rows: readonly StoredRow[]): void {
    if (!this.#isUseful || rows.length > maximumRows) return;
    let ofStatement = this.#found.get(statement);
    if (ofStatement?.has(key) === true) {
      ofStatement.set(key, rows);
      return;
    }
    if (this.#count >= maximumLookups) {
      this.clear();
      ofStatement = undefined;
    }
    if (ofStatement === undefined) {
      ofStatement = new Map();
      this.#found.set(statement, ofStatement);
    }
    ofStatement.set(key, undefined);
    this.#count += 1;
  }

  /** The table has been written to. */
  clear(): void {
    if (this.#count === 0) return;
    this.#found.clear();
    this.#count = 0;
  }
}
