import type { QueueRow } from '../../broker/receiving.ts';
import type { QueueObject } from '../catalog/catalog-object.ts';
import type { ExecutionContext, Relation, RelationColumn } from '../query/environment.ts';
import type { UsedColumns } from '../query/used-columns.ts';
import type { Database } from '../server/database.ts';
import type { ReadMode } from '../storage/table-store.ts';
import { ticksOfUnixMilliseconds } from '../types/datetime.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { SqlRow, SqlValue } from '../types/sql-value.ts';
import { brokerCollation, sessionOf } from './define-view.ts';

/** The columns of every queue, in the order of SELECT * and RECEIVE *. Source: CREATE QUEUE, Microsoft's documentation. */
const columns: readonly (readonly [name: string, type: SqlType, nullable: boolean])[] = [
  ['status', { name: 'tinyint' }, false],
  ['priority', { name: 'tinyint' }, false],
  ['queuing_order', { name: 'bigint' }, false],
  ['conversation_group_id', { name: 'uniqueidentifier' }, false],
  ['conversation_handle', { name: 'uniqueidentifier' }, false],
  ['message_sequence_number', { name: 'bigint' }, false],
  ['service_name', { name: 'nvarchar', length: 512, collation: brokerCollation }, true],
  ['service_id', { name: 'int' }, false],
  ['service_contract_name', { name: 'nvarchar', length: 256, collation: brokerCollation }, true],
  ['service_contract_id', { name: 'int' }, false],
  ['message_type_name', { name: 'nvarchar', length: 256, collation: brokerCollation }, true],
  ['message_type_id', { name: 'int' }, false],
  ['validation', { name: 'nchar', length: 2 }, false],
  ['message_body', { name: 'varbinary', length: 'max' }, true],
  ['message_id', { name: 'uniqueidentifier' }, false],
  ['message_enqueue_time', { name: 'datetime' }, true],
];

/** The clustered index of a queue is led by these two; SELECT finds the messages of a group through it. */
const statusColumn = 0;
const groupColumn = 3;

const queueColumns: readonly RelationColumn[] = columns.map(([name, type, nullable]) => ({ name, type, nullable }));

/** Which columns are wanted of those whose values are made for each row; the others of a message are there. */
interface CostlyColumns {
  readonly queuingOrder: boolean;
  readonly sequenceNumber: boolean;
  readonly messageId: boolean;
  readonly enqueueTime: boolean;
}

const allCostly: CostlyColumns = { queuingOrder: true, sequenceNumber: true, messageId: true, enqueueTime: true };

function costlyOf(used: UsedColumns): CostlyColumns {
  const isUsed = (name: string): boolean => used.has(columns.findIndex(([column]) => column === name));
  return {
    queuingOrder: isUsed('queuing_order'),
    sequenceNumber: isUsed('message_sequence_number'),
    messageId: isUsed('message_id'),
    enqueueTime: isUsed('message_enqueue_time'),
  };
}

function queueRow(row: QueueRow, costly: CostlyColumns): SqlRow {
  return [
    row.status,
    row.priority,
    costly.queuingOrder ? BigInt(row.queuingOrder) : null,
    row.conversationGroupId,
    row.conversationHandle,
    costly.sequenceNumber ? BigInt(row.messageSequenceNumber) : null,
    row.serviceName,
    row.serviceId,
    row.contractName,
    row.contractId,
    row.messageTypeName,
    row.messageTypeId,
    `${row.validation} `,
    row.body,
    costly.messageId ? row.messageId : null,
    costly.enqueueTime ? ticksOfUnixMilliseconds(row.enqueuedAt) : null,
  ];
}

/** A queue as SELECT sees it: its messages, without taking any. */
export function queueRelation(queue: QueueObject, database: Database): Relation {
  function* contents(
    context: ExecutionContext,
    read: ReadMode,
    costly: CostlyColumns,
    groupId?: SqlValue,
  ): Generator<SqlRow> {
    const state = database.broker.queue(queue.objectId);
    if (state === undefined) return;
    const group = typeof groupId === 'string' ? groupId : undefined;
    for (const row of database.broker.queueContents(state, context.transaction, read, group)) {
      yield queueRow(row, costly);
    }
  }
  return {
    name: queue.name,
    columns: queueColumns,
    readCommittedSnapshot: database.readCommittedSnapshot,
    rows: (context, read, used) => contents(context, read, costlyOf(used)),
    seeks: [
      {
        ordinal: groupColumn,
        after: statusColumn,
        rows: (context, id, read) => contents(context, read, allCostly, id),
      },
    ],
  };
}

/** The messages that the RECEIVE being run has taken. */
export const receivedRelation: Relation = {
  name: 'received messages',
  columns: queueColumns,
  *rows(context, _read, used) {
    const costly = costlyOf(used);
    for (const row of sessionOf(context).statement.received) yield queueRow(row, costly);
  },
};

/** Name under which {@link receivedRelation} is found; no T-SQL text can name it. */
export const receivedRelationName = '@ received messages';
