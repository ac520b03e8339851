import type { ObjectName, TypeReference } from '../../tsql/ast/nodes.ts';
import type { SelectStatement } from '../../tsql/ast/queries.ts';
import type { ForeignKeyDefinition, TableDefinition } from '../catalog/table-definition.ts';
import type { FunctionContext } from '../functions/function-context.ts';
import type { Securable } from '../security/securables.ts';
import type { ReadMode, TableStore } from '../storage/table-store.ts';
import type { Transaction } from '../storage/transaction.ts';
import type { DateSettings } from '../types/date-settings.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { SqlRow, SqlValue } from '../types/sql-value.ts';
import type { IsolationLevel } from './table-hints.ts';
import type { UsedColumns } from './used-columns.ts';

/** A column of anything that can stand in FROM. */
export interface RelationColumn {
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean;
  readonly identity?: boolean;
}

/** Something readable that is not a stored table: a system view, a queue, the output of a table-valued function. */
export interface Relation {
  readonly name: string;
  readonly columns: readonly RelationColumn[];
  /**
   * All rows, values in the order of `columns`.
   *
   * @param used columns that the statement names; what others hold is of no matter
   * @throws {TransactionConflict} also while iterating, where the read waits for others
   */
  rows(context: ExecutionContext, read: ReadMode, used: UsedColumns): Iterable<SqlRow>;
  /** READ COMMITTED reads versions of its rows. @default false: catalog views have none */
  readonly readCommittedSnapshot?: boolean;
  /** How many rows there may be, for the order of joins. @default a middling number */
  readonly estimate?: number;
  /** Columns by whose value rows are found without reading them all, for example a view's handle column. */
  readonly seeks?: readonly RelationSeek[];
}

/** A quick way to the rows of a relation that have one value in one column. */
export interface RelationSeek {
  /** Ordinal in the relation's columns. */
  readonly ordinal: number;
  /** Ordinal of a column that the condition must name too: the one that leads the index. */
  readonly after?: number;
  /** Rows with that value, which is not NULL and in the column's type; rows beyond those are filtered out by the caller. */
  rows(context: ExecutionContext, value: Exclude<SqlValue, null>, read: ReadMode): Iterable<SqlRow>;
}

export type TriggerEvent = 'insert' | 'update' | 'delete';

/**
 * A stored table: durable, temporary, table variable, or a trigger's `inserted` and `deleted`. The definition is known
 * when a plan is compiled; the store is asked for at each run, so that temp tables and table variables, which are new in
 * every call, share the plan.
 */
export interface TableRelation {
  readonly kind: 'table';
  /** Database name for error texts; `tempdb` for temp tables and table variables. */
  readonly database: string;
  readonly definition: TableDefinition;
  /** True for what is small and private to a call (temp tables, table variables): the planner starts joins from it. */
  readonly local: boolean;
  store(context: ExecutionContext): TableStore;
  /** What permissions on it are asked for by; absent for what is private to a call, where none are. */
  readonly securable?: Securable;
  /** READ COMMITTED reads row versions in its database. @default false */
  readonly readCommittedSnapshot?: boolean;
  /** SNAPSHOT isolation is allowed in its database. @default false */
  readonly allowSnapshotIsolation?: boolean;
  /** Events for which an enabled AFTER trigger exists; absent = none. Their rows are then handed back in {@link TableChange}. */
  readonly triggers?: readonly TriggerEvent[];
  /** Events whose place an enabled INSTEAD OF trigger takes; absent = none. */
  readonly insteadOf?: readonly TriggerEvent[];
}

export type ResolvedRelation =
  | TableRelation
  | {
      readonly kind: 'view';
      readonly schema: string;
      readonly name: string;
      /** Events whose place an enabled INSTEAD OF trigger takes; absent = none. */
      readonly insteadOf?: readonly TriggerEvent[];
      readonly columns?: readonly string[];
      readonly query: SelectStatement;
      /** Names inside the view resolve here (its own schema and database, no variables). */
      readonly environment: QueryEnvironment;
    }
  | { readonly kind: 'rows'; readonly relation: Relation };

export interface FunctionParameter {
  /** With its `@`. */
  readonly name: string;
  readonly type: SqlType;
  /** Value for DEFAULT; absent = the parameter has none. */
  readonly defaultValue?: SqlValue;
}

/** A user-defined scalar function. Its body runs synchronously: functions cannot wait in T-SQL either. */
export interface ScalarUserFunction {
  readonly name: string;
  readonly parameters: readonly FunctionParameter[];
  readonly returns: SqlType;
  call(context: ExecutionContext, values: readonly SqlValue[]): SqlValue;
}

export type TableUserFunction =
  | {
      readonly kind: 'inline';
      readonly name: string;
      readonly parameters: readonly FunctionParameter[];
      readonly query: SelectStatement;
      readonly environment: QueryEnvironment;
    }
  | {
      readonly kind: 'rows';
      readonly name: string;
      readonly parameters: readonly FunctionParameter[];
      readonly columns: readonly RelationColumn[];
      rows(context: ExecutionContext, values: readonly SqlValue[]): Iterable<SqlRow>;
    };

export interface SequenceReference {
  readonly type: SqlType;
  /** @throws {SqlError} 11728 when the sequence is exhausted */
  next(context: ExecutionContext): SqlValue;
}

/** A foreign key that points at a table, with the table it belongs to. */
export interface ReferencingKey {
  readonly table: TableRelation;
  readonly key: ForeignKeyDefinition;
}

/** Permissions that statements need on tables, views and queues. */
export type TablePermission = 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE' | 'ALTER';

/** SET options that a statement is compiled by. */
export interface StatementSettings {
  readonly ansiNulls: boolean;
  readonly quotedIdentifier: boolean;
  readonly ansiPadding: boolean;
  readonly concatNullYieldsNull: boolean;
  readonly ansiWarnings: boolean;
  readonly numericRoundAbort: boolean;
  readonly dates: DateSettings;
}

/** What compiling needs to know. Lookups return `undefined` for unknown names; the compiler raises SQL Server's error. */
export interface QueryEnvironment {
  /** Current database. */
  readonly database: string;
  /** Its collation; absent where it is the server's. */
  readonly databaseCollation?: string | undefined;
  /** SET options; absent where they are ON, as for the text of views, defaults and checks. */
  readonly settings?: StatementSettings;
  /** Isolation level under which tables are read. */
  readonly isolation: IsolationLevel;
  /**
   * Table, view, queue, system view, temp table or (inside a trigger) `inserted` and `deleted`.
   *
   * @param uses permissions that the statement needs on it; SELECT when it is read
   * @param columns those that it needs SELECT or UPDATE on, which are filled in while the statement is compiled
   */
  relation(name: ObjectName, uses?: readonly TablePermission[], columns?: UsedColumns): ResolvedRelation | undefined;
  /** The statement needs a permission on a table that was found before. @param columns as for {@link relation} */
  uses(table: TableRelation, permission: TablePermission, columns?: UsedColumns): void;
  /** Begins to compile something that may have to be compiled anew: what is returned takes back the permissions asked for since. */
  attempt(): () => void;
  /** Where the table's own expressions stand (defaults, computed columns, checks): they use what its owner owns. */
  inside(table: TableRelation): QueryEnvironment;
  /** `name` with its `@`. */
  tableVariable(name: string): TableRelation | undefined;
  /** @param columns those of its rows that the statement names, as for {@link relation} */
  tableFunction(name: ObjectName, columns?: UsedColumns): TableUserFunction | undefined;
  scalarFunction(name: ObjectName): ScalarUserFunction | undefined;
  /** Type of a scalar variable or parameter, `name` with its `@`. */
  variable(name: string): SqlType | undefined;
  /**
   * Where only types are asked for: a parameter that nobody has declared. What comes back is told the type that the
   * parameter's place wants.
   */
  undeclared?(name: string): ((wanted: SqlType) => void) | undefined;
  /** @throws {SqlError} 2715 for an unknown type, 2716 and the like for wrong parameters */
  dataType(reference: TypeReference): SqlType;
  sequence(name: ObjectName): SequenceReference | undefined;
  /** Foreign keys (enabled ones) of other tables, or of itself, that refer to this table. */
  referencingKeys(table: TableRelation): readonly ReferencingKey[];
  /** The table that a foreign key of `table` refers to. */
  referencedTable(table: TableRelation, key: ForeignKeyDefinition): TableRelation | undefined;
}

/** What running needs. One per running statement or shared by the statements of a module call: plans keep nothing of it. */
export interface ExecutionContext {
  /** SET ROWCOUNT: after so many rows a statement ends; 0 = no limit. */
  readonly rowLimit: number;
  /** The open transaction that reads look through; `undefined` = committed state. */
  readonly transaction: Transaction | undefined;
  /** The transaction to write in; begins one (autocommit or implicit) when none is open. */
  writeTransaction(): Transaction;
  /** What built-in functions see of the session. */
  readonly functions: FunctionContext;
  /** Value of a scalar variable; `name` with its `@`, in lower case. */
  getVariable(name: string): SqlValue;
  /** The value is in the variable's type already; `name` as in {@link getVariable}. */
  setVariable(name: string, value: SqlValue): void;
  /** Store of a table variable (`@t`) or temp table (`#t`) of this call, by its name. */
  tableVariable(name: string): TableStore;
  /** SET IDENTITY_INSERT is ON for this table. */
  identityInsert(table: TableRelation): boolean;
  /** An identity value was used: SCOPE_IDENTITY(), @@IDENTITY, IDENT_CURRENT. */
  identityInserted(table: TableRelation, value: bigint): void;
  /**
   * UPDATE(column) inside a trigger; the name in key form.
   *
   * @throws {SqlError} 157 outside a trigger, 207 for an unknown column
   */
  isUpdated(column: string): boolean;
  /** The database's next rowversion, 8 bytes. */
  nextRowVersion(): Uint8Array;
}

/**
 * What a statement did to one table that has triggers: the interpreter runs them after the statement, inside it, with
 * these rows as `inserted` and `deleted`. Rows are in the order of the table's columns.
 */
export interface TableChange {
  readonly table: TableRelation;
  readonly event: TriggerEvent;
  readonly inserted: readonly SqlRow[];
  readonly deleted: readonly SqlRow[];
  /** Ordinals named in SET, for UPDATE() and COLUMNS_UPDATED(); every column for INSERT. */
  readonly updatedColumns: readonly number[];
  /** Nothing has been written: the INSTEAD OF trigger of the event runs. @default false: its AFTER triggers run */
  readonly instead?: boolean;
}
