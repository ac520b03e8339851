import type { GraphMigration } from '@hartonomous/provenance-schema';
import type { MigrationReport } from './migration-records.ts';

/**
 * The outcome of an item. `different`: one of that name or shape is there, but not as declared (`detail` says how).
 * `left-out`: this server can't have it (`detail` says what keeps the rule instead).
 */
export type ItemState = 'found' | 'missing' | 'different' | 'left-out';

/** One item of the graph schema, compared with the graph. */
export interface ItemReport {
  readonly type: 'constraint' | 'index' | 'search index' | 'reference node';
  readonly name: string;
  /** Needed by the sync itself and not counted in the runbook's figures. */
  readonly supporting: boolean;
  readonly state: ItemState;
  readonly detail: string | null;
}

/** A constraint or index that the graph has and the schema doesn't know. */
export interface UndeclaredItem {
  readonly type: 'constraint' | 'index';
  readonly name: string;
  /** For example `range node Atom(score)`. */
  readonly shape: string;
}

/** How many of the runbook's items are there; left-out ones are in `total` and `leftOut` only. */
export interface ItemCount {
  readonly found: number;
  readonly leftOut: number;
  readonly total: number;
}

/** The whole comparison. */
export interface SchemaReport {
  /** Whether nothing is missing or different and every migration was applied; undeclared items don't matter. */
  readonly complete: boolean;
  readonly constraints: ItemCount;
  readonly indexes: ItemCount;
  readonly referenceNodes: ItemCount;
  /** Indexes by which people search. */
  readonly searchIndexes: ItemCount;
  /** Constraints and indexes that the sync itself needs. */
  readonly supporting: ItemCount;
  readonly items: readonly ItemReport[];
  readonly undeclared: readonly UndeclaredItem[];
  readonly migrations: MigrationReport & {
    /** Those of `pending` that a deployment only records: nothing was ever written to this graph. */
    readonly baseline: readonly GraphMigration[];
  };
}
