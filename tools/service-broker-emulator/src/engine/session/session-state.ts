import type { QueueRow } from '../../broker/receiving.ts';
import type { InsertBulkStatement } from '../../tsql/ast/insert-bulk.ts';

/** Identity values that a session has made, and SET IDENTITY_INSERT. */
export interface SessionIdentities {
  /** @@IDENTITY. */
  last: bigint | null;
  /** SCOPE_IDENTITY() of the batches. */
  ofBatch: bigint | null;
  /** The table with IDENTITY_INSERT on. */
  insertTable: { readonly database: string; readonly schema: string; readonly name: string } | undefined;
}

export function newSessionIdentities(): SessionIdentities {
  return { last: null, ofBatch: null, insertTable: undefined };
}

/** What the statement that ran last left behind, and what the one that runs now has. */
export interface StatementState {
  /** @@ERROR. */
  error: number;
  /** @@ROWCOUNT. */
  rowCount: bigint;
  /** What the session waits for, as `sys.dm_exec_requests.wait_type` names it; absent = it does not wait. */
  waitType: string | undefined;
  /** Messages that the RECEIVE being run has taken. */
  received: readonly QueueRow[];
  /** Table that INSERT BULK announced rows for. */
  bulkTarget: InsertBulkStatement | undefined;
}

export function newStatementState(): StatementState {
  return { error: 0, rowCount: 0n, waitType: undefined, received: [], bulkTarget: undefined };
}
