import type { Located, ObjectName } from './nodes.ts';
import type { ColumnDefinition } from './tables.ts';

/** `INSERT BULK t (...)`, the announcement of a TDS bulk load. */
export interface InsertBulkStatement extends Located {
  readonly kind: 'insertBulk';
  readonly table: ObjectName;
  readonly columns: readonly ColumnDefinition[];
  readonly options: readonly string[];
}
