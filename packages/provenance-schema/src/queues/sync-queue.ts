import { deadLetterPurgeProcedure } from './dead-letter-purge.ts';
import { defineQueue } from './define-queue.ts';
import { initiatorQueue } from './initiator-queue.ts';

/** Changes of entities that the graph is to follow. */
export const syncQueue = defineQueue({
  name: 'sync',
  description: 'entities for the graph',
  queue: 'dbo.Neo4jSyncQueue',
  service: 'Neo4jSyncService',
  reader: { kind: 'worker', program: 'neo4j-sync-worker' },
  messageType: 'Neo4jSyncRequest',
  contract: 'Neo4jSyncContract',
  initiatorService: initiatorQueue.service,
  enqueueProcedures: ['dbo.sp_EnqueueNeo4jSync', 'dbo.sp_EnqueueNeo4jSyncBatch'],
  dialog: { maxMessages: 1_000, maxAgeMinutes: 60 },
  deadLetters: {
    table: 'dbo.Neo4jSyncDeadLetterQueue',
    procedure: 'dbo.sp_DeadLetterNeo4jSync',
    purgeProcedure: deadLetterPurgeProcedure,
    fields: ['EntityType', 'EntityId', 'TenantId', 'SyncType'],
    retention: { replayedDays: 30, pendingDays: null },
  },
});
