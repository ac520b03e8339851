import type { Database } from '../server/database.ts';
import type { SessionCore } from '../session/session-core.ts';
import { defineView, type SystemView, viewTime } from './define-view.ts';
import { seenObjects } from './visible.ts';

/** Messages on a page of 8 kB where each has some hundred bytes: here nothing is on pages, and nothing is left on them. */
const messagesOfPage = 10;

/** A table that SQL Server keeps the messages of a queue in. */
interface InternalTable {
  readonly objectId: number;
  readonly queueId: number;
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly rows: number;
}

/**
 * Internal tables of the queues that a session sees, with the id that follows the queue's own, which no other object gets.
 */
export function* internalTables(database: Database, session: SessionCore): Generator<InternalTable> {
  for (const object of seenObjects(database, session)) {
    if (object.kind !== 'queue') continue;
    const { objectId: queueId, createdAt, modifiedAt } = object;
    const rows = database.broker.queue(queueId)?.messageCount ?? 0;
    yield { objectId: queueId + 1, queueId, createdAt, modifiedAt, rows };
  }
}

export const internalTableViews: readonly SystemView[] = [
  defineView(
    'sys',
    'internal_tables',
    {
      name: 'name',
      object_id: 'int',
      schema_id: 'int',
      parent_object_id: 'int',
      type: 'char2',
      type_desc: 'description',
      create_date: 'datetime',
      modify_date: 'datetime',
      is_ms_shipped: 'bit',
      internal_type: 'tinyint',
      internal_type_desc: 'description',
      parent_id: 'int',
    },
    function* (database, session) {
      for (const { objectId, queueId, createdAt, modifiedAt } of internalTables(database, session)) {
        yield {
          name: `queue_messages_${queueId}`,
          object_id: objectId,
          schema_id: 4,
          parent_object_id: queueId,
          type: 'IT',
          type_desc: 'INTERNAL_TABLE',
          create_date: viewTime(createdAt),
          modify_date: viewTime(modifiedAt),
          is_ms_shipped: 1,
          internal_type: 201,
          internal_type_desc: 'QUEUE_MESSAGES',
          parent_id: queueId,
        };
      }
    },
  ),
  defineView(
    'sys',
    'allocation_units',
    {
      allocation_unit_id: 'bigint',
      type: 'tinyint',
      type_desc: 'description',
      container_id: 'bigint',
      data_space_id: 'int',
      total_pages: 'bigint',
      used_pages: 'bigint',
      data_pages: 'bigint',
    },
    function* (database, session) {
      for (const { objectId, rows } of internalTables(database, session)) {
        const container = BigInt(objectId) * 256n + 1n;
        const pages = BigInt(Math.ceil(rows / messagesOfPage));
        yield {
          allocation_unit_id: container,
          type: 1,
          type_desc: 'IN_ROW_DATA',
          container_id: container,
          data_space_id: 1,
          total_pages: pages,
          used_pages: pages,
          data_pages: pages,
        };
      }
    },
  ),
];
