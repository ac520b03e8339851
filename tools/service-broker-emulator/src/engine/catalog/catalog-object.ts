import type { DurableTable } from '../storage/durable-table.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { TableDefinition } from './table-definition.ts';

/** What every object of a schema has; `sys.objects` shows these. */
interface ObjectHead {
  readonly objectId: number;
  readonly schema: string;
  readonly name: string;
  /** Milliseconds since 1970, UTC. */
  readonly createdAt: number;
  readonly modifiedAt: number;
}

export interface TableObject extends ObjectHead {
  readonly kind: 'table';
  readonly definition: TableDefinition;
  readonly store: DurableTable;
}

/** Procedures, functions, views and triggers are kept as their text and parsed when first used. */
export interface ModuleObject extends ObjectHead {
  readonly kind: 'procedure' | 'function' | 'view' | 'trigger';
  readonly text: string;
  /** `sys.objects.type`: P, FN, IF, TF, V or TR. */
  readonly typeCode: 'P' | 'FN' | 'IF' | 'TF' | 'V' | 'TR';
  /** Trigger only: the table it belongs to, as `schema.name`. */
  readonly parent?: { readonly schema: string; readonly name: string };
  readonly enabled: boolean;
  /** SET QUOTED_IDENTIFIER when it was made. @default true */
  readonly quotedIdentifier?: boolean;
  /** SET ANSI_NULLS when it was made. @default true */
  readonly ansiNulls?: boolean;
  /** User that made it: EXECUTE AS SELF. @default dbo */
  readonly createdBy?: string;
}

export interface SequenceState {
  next(): bigint;
  readonly current: bigint | undefined;
}

export interface SequenceObject extends ObjectHead {
  readonly kind: 'sequence';
  readonly definition: SequenceDefinition;
  readonly state: SequenceState;
}

export interface SequenceDefinition {
  readonly type: SqlType;
  readonly start: bigint;
  readonly increment: bigint;
  readonly minimum: bigint;
  readonly maximum: bigint;
  readonly cycle: boolean;
  /** Number of values reserved at a time; 0 = NO CACHE. */
  readonly cache: number;
}

/** A queue's face in the schema; its state lives in the broker under the same object id. */
export interface QueueObject extends ObjectHead {
  readonly kind: 'queue';
}

export type CatalogObject = TableObject | ModuleObject | SequenceObject | QueueObject;

/** A user-defined type: its names live beside, not among, the objects. */
export type TypeObject = ObjectHead &
  (
    | { readonly kind: 'tableType'; readonly definition: TableDefinition }
    | { readonly kind: 'aliasType'; readonly type: SqlType; readonly nullable: boolean }
  );
