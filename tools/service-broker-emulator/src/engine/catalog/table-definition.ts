import type { SqlType } from '../types/sql-type.ts';

/** A column of a table, table type or table variable. Expressions are kept as source text and parsed when compiled. */
export interface TableColumn {
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean;
  /** The alias type that it was declared with. */
  readonly alias?: { readonly schema: string; readonly name: string };
  readonly identity?: { readonly seed: bigint; readonly increment: bigint };
  readonly default?: { readonly name: string; readonly text: string; readonly systemNamed?: boolean };
  readonly computed?: { readonly text: string; readonly persisted: boolean };
  /** ROWGUIDCOL. @default false */
  readonly rowGuid?: boolean;
}

/** An index; primary keys and unique constraints are indexes too. Columns are ordinals into the table's columns. */
export interface IndexDefinition {
  readonly name: string;
  readonly kind: 'primaryKey' | 'uniqueConstraint' | 'uniqueIndex' | 'index';
  readonly clustered: boolean;
  readonly columns: readonly { readonly ordinal: number; readonly descending: boolean }[];
  readonly include: readonly number[];
  /** The name was made up for it. @default false */
  readonly systemNamed?: boolean;
  /** Condition of a filtered index, as source text. */
  readonly filter?: string;
}

/** What constraints of rows have in common. */
interface RowConstraint {
  readonly name: string;
  readonly enabled: boolean;
  /** The name was made up for it. @default false */
  readonly systemNamed?: boolean;
  /** Rows may be there that were never held against it. @default false */
  readonly untrusted?: boolean;
}

export interface CheckDefinition extends RowConstraint {
  readonly text: string;
  /** The column that it was written at. */
  readonly column?: string;
}

export interface ForeignKeyDefinition extends RowConstraint {
  readonly columns: readonly number[];
  readonly referencedSchema: string;
  readonly referencedTable: string;
  readonly referencedColumns: readonly string[];
  readonly onDelete: 'noAction' | 'cascade' | 'setNull' | 'setDefault';
  readonly onUpdate: 'noAction' | 'cascade' | 'setNull' | 'setDefault';
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
