import type { SqlType } from '../types/sql-type.ts';

/** A column of a table, table type or table variable. Expressions are kept as source text and parsed when compiled. */
export interface TableColumn {
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean;
  readonly identity?: { readonly seed: bigint; readonly increment: bigint };
  readonly default?: { readonly name: string; readonly text: string };
  readonly computed?: { readonly text: string; readonly persisted: boolean };
}

/** An index; primary keys and unique constraints are indexes too. Columns are ordinals into the table's columns. */
export interface IndexDefinition {
  readonly name: string;
  readonly kind: 'primaryKey' | 'uniqueConstraint' | 'uniqueIndex' | 'index';
  readonly clustered: boolean;
  readonly columns: readonly { readonly ordinal: number; readonly descending: boolean }[];
  readonly include: readonly number[];
  /** Condition of a filtered index, as source text. */
  readonly filter?: string;
}

export interface CheckDefinition {
  readonly name: string;
  readonly text: string;
  readonly enabled: boolean;
}

export interface ForeignKeyDefinition {
  readonly name: string;
  readonly columns: readonly number[];
  readonly referencedSchema: string;
  readonly referencedTable: string;
  readonly referencedColumns: readonly string[];
  readonly onDelete: 'noAction' | 'cascade' | 'setNull' | 'setDefault';
  readonly onUpdate: 'noAction' | 'cascade' | 'setNull' | 'setDefault';
  readonly enabled: boolean;
}

/** Everything the engine knows of a table's shape. Immutable: ALTER TABLE makes a new definition. */
export interface TableDefinition {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly TableColumn[];
  readonly indexes: readonly IndexDefinition[];
  readonly checks: readonly CheckDefinition[];
  readonly foreignKeys: readonly ForeignKeyDefinition[];
}
