import mssql from 'mssql';
import { WorkMissingError } from '../errors.ts';

/** Messages per call of the set-based procedure: as many as a bulk change of the worker's size brings. */
const messagesPerCall = 5_000;

function requests(count: number): mssql.Table {
  const table = new mssql.Table('dbo.Neo4jSyncRequestList');
  table.columns.add('EntityType', mssql.NVarChar(128));
  table.columns.add('EntityId', mssql.BigInt);
  table.columns.add('SyncType', mssql.NVarChar(128));
  table.columns.add('TenantId', mssql.Int);
  for (let row = 0; row < count; row += 1) table.rows.add('Atom', row + 1, 'CREATE', 0);
  return table;
}

/** Enqueues with dbo.sp_EnqueueNeo4jSyncBatch on one connection at a time. */
export async function enqueueBatch(pool: mssql.ConnectionPool, count: number): Promise<void> {
  for (let sent = 0; sent < count; sent += messagesPerCall) {
    const rows = Math.min(messagesPerCall, count - sent);
    await pool.request().input('Requests', requests(rows)).execute('dbo.sp_EnqueueNeo4jSyncBatch');
  }
}

const requestType = 'Neo4jSyncRequest';

const receiveBatch =
  'RECEIVE TOP (1000) conversation_handle, message_sequence_number, message_type_name, message_body FROM dbo.Neo4jSyncQueue';

/**
 * Receives messages batch by batch, as a worker does.
 *
 * @throws {WorkMissingError} when the queue is empty before `count` came
 */
export async function receiveToClient(pool: mssql.ConnectionPool, count: number): Promise<void> {
  let received = 0;
  while (received < count) {
    const { recordset } = await pool.request().batch<{ message_type_name: string }>(receiveBatch);
    if (recordset.length === 0) throw new WorkMissingError('messages received', count, received);
    // Recycled dialogs bring their EndDialog messages too.
    for (const row of recordset) if (row.message_type_name === requestType) received += 1;
  }
}

/** Empties the queue inside the server and gives the number of requests that were on it. */
export async function receiveAll(pool: mssql.ConnectionPool): Promise<number> {
  const { recordset } = await pool.request().batch<{ received: number }>(`
    DECLARE @batch TABLE (type NVARCHAR(256));
    DECLARE @received INT = 0, @n INT = 1;
    WHILE @n > 0
    BEGIN
      RECEIVE TOP (1000) message_type_name FROM dbo.Neo4jSyncQueue INTO @batch;
      SET @n = @@ROWCOUNT;
      SELECT @received += COUNT(*) FROM @batch WHERE type = N'${requestType}';
      DELETE FROM @batch;
    END;
    SELECT @received AS received;`);
  return recordset[0]?.received ?? 0;
}
