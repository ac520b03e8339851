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
  // The names of Service Broker are told apart byte by byte, whatever the database's collation.
  ['message_type_name', 'nvarchar(256) COLLATE Latin1_General_BIN2 NOT NULL'],
  ['message_body', 'varbinary(max) NULL'],
  ['message_enqueue_time', 'datetime NULL'],
] as const;

/** What messages share that came of one type on one conversation. */
const originColumns = [
  'conversation_group_id',
  'conversation_handle',
  'service_name',
  'service_contract_name',
  'message_type_name',
] as const;

/** What each message has of its own. */
const messageColumns = [
  'queuing_order',
  'message_sequence_number',
  'message_body',
  'cut_from',
  'message_enqueue_time',
] as const;

/** A body that is longer than allowed is cut on the server: of what no reader could take, only the beginning travels. */
const cutBodies = [
  'CASE WHEN DATALENGTH([message_body]) > @MaxBodyBytes THEN SUBSTRING([message_body], 1, @KeptBodyBytes) ELSE [message_body] END AS [message_body]',
  'CASE WHEN DATALENGTH([message_body]) > @MaxBodyBytes THEN DATALENGTH([message_body]) END AS [cut_from]',
].join(', ');

/** Name of the savepoint behind a receive: rolling back to it undoes what a handler has written, and not the receive. */
export const receivedSavepoint = 'batch_received';

/**
 * One round trip for a whole batch. A RECEIVE returns messages of one conversation group only, so after the first one,
 * which waits, others follow without waiting until there are `@BatchSize` messages or the queue has no more that other
 * readers haven't locked.
 *
 * Two result sets: the origins of the messages, which are few, and the messages in the order of the queue, each with the
 * number of its origin. In one set the texts and GUIDs of its origin would be three quarters of each row.
 *
 * @param queue schema-qualified name; parameters are `@BatchSize` int, `@WaitMs` int, `@MaxBodyBytes` bigint and `@KeptBodyBytes` bigint
 */
export function receiveStatement(queue: string): string {
  const from = quoteQualifiedName(queue);
  const list = (names: readonly string[]) => names.map((name) => `[${name}]`).join(', ');
  const columns = receivedColumns.map(([name, type]) => `[${name}] ${type}`).join(', ');
  const receive = `RECEIVE TOP (@Remaining) ${list(receivedColumns.map(([name]) => name))} FROM ${from} INTO @Received`;
  const whole = [
    'conversation_handle',
    'message_type_name',
    'queuing_order',
    'message_sequence_number',
    'message_enqueue_time',
  ];
  const origin = 'CAST(DENSE_RANK() OVER (ORDER BY [conversation_handle], [message_type_name]) AS int) AS [origin]';
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
    // What the handler writes can be undone without undoing the receive.
    `SAVE TRANSACTION ${receivedSavepoint};`,
    `SELECT DISTINCT ${origin}, ${list(originColumns)} FROM @Received;`,
    `SELECT ${origin}, ${list(messageColumns)} FROM (SELECT ${list(whole)}, ${cutBodies} FROM @Received) AS r ORDER BY [queuing_order];`,
  ].join('\n');
}
