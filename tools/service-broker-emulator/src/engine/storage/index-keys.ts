import type { SQLInputValue } from 'node:sqlite';
import type { IndexDefinition, TableDefinition } from '../catalog/table-definition.ts';
import type { SqlRow, SqlValue } from '../types/sql-value.ts';
import { type ColumnCodec, columnCodec, joinKeys, keyOf, type MapKey } from './column-codec.ts';
import { compareKeyLists } from './key-range.ts';
import type { IndexAccess } from './table-store.ts';

/** Condition of a filtered index; rows for which it is false are not in the index. */
export type RowFilter = (values: SqlRow) => boolean;

/** An index that allows each key once. */
export interface UniqueIndex {
  readonly definition: IndexDefinition;
  readonly filter: RowFilter | undefined;
}

/** Codecs and keys of one table's columns. */
export class IndexKeys {
  readonly codecs: readonly ColumnCodec[];
  readonly unique: readonly UniqueIndex[];

  /** @param filters compiled conditions of filtered indexes by index name; each filtered unique index needs one */
  constructor(definition: TableDefinition, filters: ReadonlyMap<string, RowFilter> = new Map()) {
    this.codecs = definition.columns.map((column) => columnCodec(column.type));
    this.unique = definition.indexes
      .filter((index) => index.kind !== 'index')
      .map((index) => {
        const filter = filters.get(index.name);
        if (index.filter !== undefined && filter === undefined) {
          throw new Error(`no compiled condition was given for the filtered unique index ${index.name}`);
        }
        return { definition: index, filter };
      });
  }

  codec(ordinal: number): ColumnCodec {
    const codec = this.codecs[ordinal];
    if (codec === undefined) throw new RangeError(`no column ${ordinal}`);
    return codec;
  }

  key(ordinal: number, value: SqlValue): SQLInputValue {
    return keyOf(this.codec(ordinal), value);
  }

  /** Keys of a row for the first `width` columns of an index. */
  rowKeys(index: IndexDefinition, values: SqlRow, width = index.columns.length): SQLInputValue[] {
    const keys: SQLInputValue[] = new Array(width);
    for (let position = 0; position < width; position += 1) {
      const ordinal = index.columns[position]?.ordinal ?? 0;
      keys[position] = this.key(ordinal, values[ordinal] ?? null);
    }
    return keys;
  }

  /** {@link rowKeys} as one value. */
  rowMapKey(index: IndexDefinition, values: SqlRow, width?: number): MapKey {
    return joinKeys(this.rowKeys(index, values, width));
  }

  /** The given values of the first columns of an index as one value, comparable with {@link rowMapKey}. */
  valuesMapKey(index: IndexDefinition, values: readonly SqlValue[]): MapKey {
    return joinKeys(values.map((value, position) => this.key(index.columns[position]?.ordinal ?? 0, value)));
  }

  /** Whether a row has the keys that an access asks for. True where the order of keys says nothing about their range. */
  matches({ index, equal, low, high }: IndexAccess, values: SqlRow): boolean {
    const width = equal.length;
    if (width > 0 && this.rowMapKey(index, values, width) !== this.valuesMapKey(index, equal)) return false;
    const ordinal = index.columns[width]?.ordinal;
    if (ordinal === undefined || (low === undefined && high === undefined)) return true;
    const own = values[ordinal] ?? null;
    if (own === null) return false;
    if (!this.codec(ordinal).ordered) return true;
    const key = [this.key(ordinal, own)];
    if (low !== undefined) {
      const order = compareKeyLists(key, [this.key(ordinal, low.value)]);
      if (order < 0 || (order === 0 && !low.inclusive)) return false;
    }
    if (high !== undefined) {
      const order = compareKeyLists(key, [this.key(ordinal, high.value)]);
      if (order > 0 || (order === 0 && !high.inclusive)) return false;
    }
    return true;
  }
}
