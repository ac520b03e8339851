import type { ResultColumn } from '../session-contract.ts';
import type { SqlRow } from '../types/sql-value.ts';
import type { ExecutionContext, TableChange, TableRelation, TriggerEvent } from './environment.ts';
import type { OutputRows } from './output-clause.ts';

export interface DataResult {
  readonly rowCount: number;
  /** Rows of an OUTPUT clause without INTO. */
  readonly output?: OutputRows;
  /** For the triggers of the changed tables, in the order in which they fire; empty when no table has one. */
  readonly changes: readonly TableChange[];
}

/** A data change ready to run. Holds no state of a run. */
export interface CompiledData {
  readonly command: 'insert' | 'update' | 'delete' | 'merge' | 'other';
  readonly outputColumns?: readonly ResultColumn[];
  run(context: ExecutionContext): DataResult;
}

/** What a table's triggers get to see; nothing when it has none for the event. SQL Server fires them without rows too. */
export function changeOf(
  table: TableRelation,
  event: TriggerEvent,
  inserted: readonly SqlRow[],
  deleted: readonly SqlRow[],
  updatedColumns: readonly number[],
): readonly TableChange[] {
  if (table.insteadOf?.includes(event) === true) {
    return [{ table, event, inserted, deleted, updatedColumns, instead: true }];
  }
  return table.triggers?.includes(event) === true ? [{ table, event, inserted, deleted, updatedColumns }] : [];
}
