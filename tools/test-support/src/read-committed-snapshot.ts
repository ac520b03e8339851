/**
 * READ_COMMITTED_SNAPSHOT of the databases that suites run against: off, which is SQL Server's own default and the harder
 * case, unless READ_COMMITTED_SNAPSHOT_UNDER_TEST says `on` (a second pass).
 */
export function readCommittedSnapshotUnderTest(): boolean {
  const value = process.env.READ_COMMITTED_SNAPSHOT_UNDER_TEST ?? 'off';
  if (value !== 'on' && value !== 'off') {
    throw new Error(`READ_COMMITTED_SNAPSHOT_UNDER_TEST is on or off, not ${value}`);
  }
  return value === 'on';
}

/** Query of one row, whose `on` is READ_COMMITTED_SNAPSHOT of the database that it runs in. */
export const readCommittedSnapshotQuery =
  'SELECT d.is_read_committed_snapshot_on AS [on] FROM sys.databases AS d WHERE d.database_id = DB_ID();';
