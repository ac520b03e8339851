import type { Statement } from '../../tsql/ast/statements.ts';
import { nameKey } from '../catalog/name-key.ts';
import type { CaughtError } from '../functions/function-context.ts';
import type { TableStore } from '../storage/table-store.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { SqlRow, SqlValue } from '../types/sql-value.ts';
import type { CursorState } from './cursor-state.ts';
import type { ModuleDeclarations } from './module-declarations.ts';

/** The rows a trigger sees as `inserted` and `deleted`. */
export interface TriggerRows {
  readonly inserted: TableStore;
  readonly deleted: TableStore;
}

/** A module (batch, procedure, dynamic SQL, trigger) while it runs: its variables, temp objects and error state. */
export class ModuleFrame {
  /** Empty for a batch; what ERROR_PROCEDURE() shows. */
  readonly procedure: string;
  readonly moduleId: number;
  readonly declarations: ModuleDeclarations;
  /** Schema in which unqualified names are looked up first. */
  readonly defaultSchema: string;
  readonly outer: ModuleFrame | undefined;
  readonly nestLevel: number;
  readonly variables = new Map<string, { readonly type: SqlType; value: SqlValue }>();
  readonly tableVariables = new Map<string, TableStore>();
  /** Temp tables made here; dropped when the module ends (those of a batch live on with the session). */
  readonly tempTables = new Set<string>();
  readonly cursors = new Map<string, CursorState>();
  /** Errors that CATCH blocks being executed have caught, innermost last. */
  readonly caught: (CaughtError & { readonly original: Error })[] = [];
  triggerRows: TriggerRows | undefined;
  scopeIdentity: bigint | null = null;
  returnStatus = 0;

  constructor(options: {
    readonly procedure: string;
    readonly moduleId: number;
    readonly declarations: ModuleDeclarations;
    readonly defaultSchema: string;
    readonly outer?: ModuleFrame | undefined;
  }) {
    this.procedure = options.procedure;
    this.moduleId = options.moduleId;
    this.declarations = options.declarations;
    this.defaultSchema = options.defaultSchema;
    this.outer = options.outer;
    this.nestLevel = (options.outer?.nestLevel ?? -1) + 1;
    for (const [key, type] of options.declarations.scalars) this.variables.set(key, { type, value: null });
  }

  variable(name: string): { readonly type: SqlType; value: SqlValue } | undefined {
    return this.variables.get(nameKey(name));
  }
}

/** The rows of a captured result set, for INSERT ... EXEC. */
export type CapturedRows = SqlRow[];

/** Statements of a module, for walking. */
export type StatementList = readonly Statement[];
