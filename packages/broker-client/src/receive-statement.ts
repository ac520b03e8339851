import { quoteQualifiedName } from './identifiers.ts';

/**
 * What is received of each message, in the order of the queue's columns, with the type for the table variable:
 * RECEIVE ... INTO takes a table variable with the same number of columns.
 */
export const receivedColumns = [
  ['queuing_order', 'bigint NOT NULL'],
  ['conversation_group_id', 'uniqueidentifier NOT NULL'],
  ['conversation_handle', 'uniqueidentifier NOT NULL'],
  ['message_sequence_number', 'bigint NOT NULL'],
  ['service_name', 'nvarchar(512) NOT NULL'],
  ['service_contract_name', 'nvarchar(256) NULL'],
  ['message_type_name', 'nvarchar(256) NOT NULL'],
  ['message_body', 'varbinary(max) NULL'],
  ['message_enqueue_time', 'datetime NULL'],
] as const;

/**
 * One round trip for a whole batch. A RECEIVE returns messages of one conversation group only, so after the first one,
 * which waits, others follow without waiting until there are `@BatchSize` messages or the queue has no more that other
 * readers haven't locked. The rows come back in the order of the queue.
 *
 * @param queue schema-qualified name; parameters are `@BatchSize` int and `@WaitMs` int
 */
export function receiveStatement(queue: string): string {
  const from = quoteQualifiedName(queue);
  const names = receivedColumns.map(([name]) => `[${name}]`).join(', ');
  const columns = receivedColumns.map(([name, type]) => `[${name}] ${type}`).join(', ');
  const receive = `RECEIVE TOP (@Remaining) ${names} FROM ${from} INTO @Received`;
  return [
    'SET NOCOUNT ON;',
    `DECLARE @Received TABLE (${columns});`,
    'DECLARE @Remaining int = @BatchSize, @Count int;',
    `WAITFOR (${receive}), TIMEOUT @WaitMs;`,
    'SET @Count = @@ROWCOUNT;',
    'WHILE @Count > 0 AND @Count < @Remaining',
    'BEGIN',
    '  SET @Remaining = @Remaining - @Count;',
    `  ${receive};`,
    '  SET @Count = @@ROWCOUNT;',
    'END;',
    `SELECT ${names} FROM @Received ORDER BY [queuing_order];`,
  ].join('\n');
}
