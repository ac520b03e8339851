import type { BrokerStatement } from './broker-statements.ts';
import type { DataStatement } from './data-statements.ts';
import type { Located, ObjectName } from './nodes.ts';
import type { ProceduralStatement } from './procedural-statements.ts';
import type { SelectStatement } from './queries.ts';
import type { ColumnDefinition, SchemaStatement } from './schema-statements.ts';

/** `INSERT BULK t (...)`, the announcement of a TDS bulk load. */
export interface InsertBulkStatement extends Located {
  readonly kind: 'insertBulk';
  readonly table: ObjectName;
  readonly columns: readonly ColumnDefinition[];
  readonly options: readonly string[];
}

/** One T-SQL statement. */
export type Statement =
  | SelectStatement
  | DataStatement
  | ProceduralStatement
  | SchemaStatement
  | BrokerStatement
  | InsertBulkStatement;

/** A parsed batch: what stands between two GO lines of a script. */
export interface Batch {
  readonly statements: readonly Statement[];
}
