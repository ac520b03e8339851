import type { IndexDefinition } from '../catalog/table-definition.ts';
import type { SqlRow, SqlValue } from '../types/sql-value.ts';
import type { MapKey } from './column-codec.ts';
import type { IndexKeys } from './index-keys.ts';

/**
 * Below this many rows looking at each of them is as fast as a hash map, and most transactions stay below; above it a
 * statement per row would make a transaction quadratic.
 */
const hashFromRows = 32;

interface HashMap {
  readonly index: IndexDefinition;
  readonly width: number;
  /** The id itself where only one row has the key, as nearly all have: a set per row would be most of the map. */
  readonly ids: Map<MapKey, number | Set<number>>;
}

/** Rows in memory by id, found by equality on the first columns of an index; hash maps are made when first useful. */
export class RowLookup {
  /** `null` marks a row that is hidden (deleted); it is found by no lookup. */
  readonly rows = new Map<number, SqlRow | null>();
  readonly #keys: IndexKeys;
  readonly #maps: HashMap[] = [];

  constructor(keys: IndexKeys) {
    this.#keys = keys;
  }

  /** Sets, hides (`null`) or forgets (`undefined`) a row. */
  set(id: number, next: SqlRow | null | undefined): void {
    if (this.#maps.length > 0) {
      const before = this.rows.get(id);
      for (const map of this.#maps) {
        if (before !== undefined && before !== null) this.#removeFrom(map, id, before);
        if (next !== undefined && next !== null) this.#addTo(map, id, next);
      }
    }
    if (next === undefined) this.rows.delete(id);
    else this.rows.set(id, next);
  }

  clear(): void {
    this.rows.clear();
    this.#maps.length = 0;
  }

  /** Ids of rows that may match: all rows (`undefined`) while they are few or nothing is equal, else exactly those equal. */
  candidates(index: IndexDefinition, equal: readonly SqlValue[]): Iterable<number> | undefined {
    if (equal.length === 0 || this.rows.size < hashFromRows) return undefined;
    const map = this.#mapFor(index, equal.length);
    return idsOf(map.ids.get(this.#keys.valuesMapKey(index, equal)));
  }

  /** Row ids whose key equals that of `values` in all columns of the index. */
  equalTo(index: IndexDefinition, values: SqlRow): Iterable<number> {
    return idsOf(this.#mapFor(index, index.columns.length).ids.get(this.#keys.rowMapKey(index, values)));
  }

  #mapFor(index: IndexDefinition, width: number): HashMap {
    const known = this.#maps.find((map) => map.index === index && map.width === width);
    if (known !== undefined) return known;
    const map: HashMap = { index, width, ids: new Map() };
    for (const [id, values] of this.rows) if (values !== null) this.#addTo(map, id, values);
    this.#maps.push(map);
    return map;
  }

  #addTo(map: HashMap, id: number, values: SqlRow): void {
    const key = this.#keys.rowMapKey(map.index, values, map.width);
    const ids = map.ids.get(key);
    if (ids === undefined) map.ids.set(key, id);
    else if (typeof ids === 'number') map.ids.set(key, new Set([ids, id]));
    else ids.add(id);
  }

  #removeFrom(map: HashMap, id: number, values: SqlRow): void {
    const key = this.#keys.rowMapKey(map.index, values, map.width);
    const ids = map.ids.get(key);
    if (ids instanceof Set && ids.size > 1) ids.delete(id);
    else map.ids.delete(key);
  }
}

const none: readonly number[] = [];

function idsOf(ids: number | Set<number> | undefined): Iterable<number> {
  if (ids === undefined) return none;
  return typeof ids === 'number' ? [ids] : ids;
}
