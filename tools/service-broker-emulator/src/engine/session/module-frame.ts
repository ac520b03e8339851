import { nameKey } from '../catalog/name-key.ts';
import type { TableDefinition } from '../catalog/table-definition.ts';
import type { CaughtError } from '../functions/function-context.ts';
import type { OwnershipChain } from '../security/object-access.ts';
import type { TableStore } from '../storage/table-store.ts';
import { Transaction } from '../storage/transaction.ts';
import type { CursorState } from './cursor-state.ts';
import type { FrameContext } from './execution-context.ts';
import type { ModuleDeclarations } from './module-declarations.ts';
import { type ModuleVariable, ModuleVariables } from './module-variables.ts';
import type { CachedPlan } from './session-core.ts';
import type { ModuleSettings } from './statement-settings.ts';

/** The rows a trigger sees as `inserted` and `deleted`. */
export interface TriggerRows {
  readonly inserted: TableStore;
  readonly deleted: TableStore;
  /** Ordinals of the columns that the statement set. */
  readonly updatedColumns: readonly number[];
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
  /** What the module's owner owns needs no permission of the caller; a batch and dynamic SQL have no owner. */
  readonly chain: OwnershipChain | undefined;
  readonly variables: ModuleVariables;
  /** Errors that CATCH blocks being executed have caught, innermost last. */
  readonly caught: (CaughtError & { readonly original: Error })[] = [];
  triggerRows: TriggerRows | undefined;
  /** The table variable that a table-valued function returns; declared by its RETURNS clause. */
  returnedTable: { readonly name: string; readonly definition: TableDefinition } | undefined;
  /** What plans see of this frame; made by its session when the first plan runs. */
  context: FrameContext | undefined;
  /** The frame of a user-defined function. */
  readonly isFunction: boolean;
  /** SET options that the module was made with; a batch and dynamic SQL have the session's. */
  readonly settings: ModuleSettings | undefined;
  // Made when they are first asked for: most modules have none, and a call makes several frames.
  #tableVariables: Map<string, TableStore> | undefined;
  #tempTables: Set<string> | undefined;
  #ownPlans: WeakMap<object, CachedPlan> | undefined;
  #cursors: Map<string, CursorState> | undefined;
  #ownTransaction: Transaction | undefined;
  scopeIdentity: bigint | null = null;
  returnStatus = 0;

  constructor(options: {
    readonly procedure: string;
    readonly moduleId: number;
    readonly declarations: ModuleDeclarations;
    readonly defaultSchema: string;
    /** Owner of the module. @default none: a batch or dynamic SQL */
    readonly chain?: OwnershipChain | undefined;
    /** The module that called this one. @default none: a batch */
    readonly outer?: ModuleFrame | undefined;
    /** @@NESTLEVEL. @default one more than the outer module's */
    readonly nestLevel?: number;
    /** SET options that the module was made with. @default those of the session */
    readonly settings?: ModuleSettings;
    /** The frame of a user-defined function. @default false */
    readonly isFunction?: boolean;
  }) {
    this.procedure = options.procedure;
    this.moduleId = options.moduleId;
    this.declarations = options.declarations;
    this.defaultSchema = options.defaultSchema;
    this.outer = options.outer;
    this.chain = options.chain;
    this.nestLevel = options.nestLevel ?? (options.outer?.nestLevel ?? -1) + 1;
    this.isFunction = options.isFunction === true;
    this.settings = options.settings;
    this.variables = new ModuleVariables(options.declarations.scalars);
  }

  get tableVariables(): Map<string, TableStore> {
    this.#tableVariables ??= new Map();
    return this.#tableVariables;
  }

  get cursors(): Map<string, CursorState> {
    this.#cursors ??= new Map();
    return this.#cursors;
  }

  /** Temp tables made here; dropped when the module ends (those of a batch live on with the session). */
  get tempTables(): Iterable<string> {
    return this.#tempTables ?? [];
  }

  addTempTable(name: string): void {
    this.#tempTables ??= new Set();
    this.#tempTables.add(name);
  }

  /** A plan over temp tables of the session, which no other frame can use. */
  ownPlan(node: object): CachedPlan | undefined {
    return this.#ownPlans?.get(node);
  }

  keepOwnPlan(node: object, plan: CachedPlan): void {
    this.#ownPlans ??= new WeakMap();
    this.#ownPlans.set(node, plan);
  }

  /** Where a function writes its table variables, the only thing it changes; never committed. Undefined elsewhere. */
  get ownTransaction(): Transaction | undefined {
    if (this.isFunction) this.#ownTransaction ??= new Transaction(0n, 0);
    return this.#ownTransaction;
  }

  variable(name: string): ModuleVariable | undefined {
    return this.variables.get(nameKey(name));
  }
}
