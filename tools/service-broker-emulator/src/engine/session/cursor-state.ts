import type { SelectStatement } from '../../tsql/ast/queries.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { SqlRow } from '../types/sql-value.ts';

/** A declared cursor. Rows are taken when it is opened (every cursor behaves as STATIC). */
export interface CursorState {
  readonly query: SelectStatement;
  readonly scroll: boolean;
  rows: readonly SqlRow[] | undefined;
  types: readonly SqlType[];
  /** Index of the current row; -1 before the first. */
  position: number;
}

/** The cursors of a session that outlive the module they were declared in. */
export interface SessionCursors {
  /** @@FETCH_STATUS. */
  fetchStatus: number;
  /** @@CURSOR_ROWS. */
  rowCount: number;
  readonly global: Map<string, CursorState>;
}

export function newSessionCursors(): SessionCursors {
  return { fetchStatus: 0, rowCount: 0, global: new Map() };
}
