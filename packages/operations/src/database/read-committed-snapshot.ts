import { readCommittedSnapshotStatement } from './database-state.ts';

/** What a database without READ_COMMITTED_SNAPSHOT costs. */
export function withoutSnapshotMessage(database: string): string {
  return (
    `READ_COMMITTED_SNAPSHOT is off in ${database}: a reader of a row waits for the transaction that has changed it. The ` +
    'workers keep working, but a sync batch waits for open transactions of ingestion and applications, for Worker:LockTimeoutMs ' +
    'at most, and is then tried again.'
  );
}

/** How that is changed, and what the change costs. */
export function withoutSnapshotAction(database: string): string {
  return (
    `In a quiet moment: ${readCommittedSnapshotStatement(database)} It ends all other sessions in the database. From then on row ` +
    'versions take room in tempdb, and 14 bytes in each row that changes.'
  );
}
