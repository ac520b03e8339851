export {
  type AtomVector,
  type AtomVectorModel,
  atomVectorModelRow,
  atomVectorRow,
  atomVectors,
  atomVectorsQuery,
  atomVectorsSets,
  checkModelKey,
  modelKeySchema,
} from './atom-vectors.ts';
export { brokerProcedures } from './broker-procedures.ts';
export type { Column, ColumnKind, ColumnOptions, GraphValue } from './column.ts';
export {
  bigintColumn,
  choiceColumn,
  datetime2Column,
  floatColumn,
  intColumn,
  nvarcharColumn,
  varbinaryColumn,
  vectorColumn,
  wordColumn,
} from './column.ts';
export type {
  DatabaseMigration,
  DatabaseMigrationClass,
  DatabaseMigrationPhase,
  SettledDifference,
} from './database-migration.ts';
export type { DatabaseObject, DatabaseObjectKind, DatabaseProject } from './database-project.ts';
export { brokerUser, databaseProject } from './database-project.ts';
export type {
  AnyEntity,
  ColumnEdge,
  EdgeProjection,
  EndPoint,
  EntityDefinition,
  KeyProperty,
  NodeProjection,
  VectorProjection,
} from './define-entity.ts';
export { defineEntity } from './define-entity.ts';
export { embeddingDimension } from './embedding.ts';
export { endOfDialogElement, isLastOfDialog } from './end-of-dialog.ts';
export { atom } from './entities/atom.ts';
export { atomProvenance } from './entities/atom-provenance.ts';
export { decision } from './entities/decision.ts';
export { generationStream } from './entities/generation-stream.ts';
export { inference } from './entities/inference.ts';
export { model } from './entities/model.ts';
export { modelVersion } from './entities/model-version.ts';
export { operation } from './entities/operation.ts';
export { tenant } from './entities/tenant.ts';
export { user } from './entities/user.ts';
export type { EntityType } from './entity-registry.ts';
export { entities, entityOf, entityTypes, isEntityType } from './entity-registry.ts';
export type { MessageDecodeErrorCode, PartialMessage } from './errors.ts';
export { MessageDecodeError } from './errors.ts';
export type { FencingBehind, FencingState } from './fencing-sequence.ts';
export { currentFencingNumber, fencingSequence, fencingState, SequenceBehindError } from './fencing-sequence.ts';
export { graphColumns } from './graph-columns.ts';
export type { GraphMigration, MigrationStatement } from './graph-migration.ts';
export type { EdgeRecord, GraphKey, GraphProperties, GraphRecord, NodeRecord, RowValues } from './graph-record.ts';
export { nodeKey, propertyColumns, rowSchema, toGraphRecord } from './graph-record.ts';
export type { GraphConstraint, GraphEdition, GraphIndex, GraphSchema, ReferenceNode } from './graph-schema.ts';
export { graphSchema } from './graph-schema.ts';
export type { FulltextIndex, GraphSearchIndex, VectorIndex, VectorIndexSettings } from './graph-search-index.ts';
export {
  atomTextIndex,
  isModelEmbeddingIndex,
  legacyEmbeddingIndex,
  modelEmbeddingIndex,
} from './graph-search-index.ts';
export type {
  IngestionRequest,
  IngestionRequestErrorCode,
  IngestionRequestResult,
  IngestionSource,
  PartialIngestionRequest,
} from './ingestion-request.ts';
export {
  decodeIngestionRequest,
  encodeIngestionRequest,
  IngestionRequestError,
  ingestionLimits,
} from './ingestion-request.ts';
export { endedJobStatuses, type JobStatus, jobStatuses } from './job-statuses.ts';
export { loadQuery, loadQueryIds, loadQueryParameter } from './load-query.ts';
export { messageRetries } from './message-retries.ts';
export { migrationTextHash } from './migration-text-hash.ts';
export { programName, schemaOfProgram } from './program-name.ts';
export { deadLetterClaimProcedure } from './queues/dead-letter-claim.ts';
export type {
  DeadLetters,
  DialogLimits,
  ProcedureQueue,
  QueueDefinition,
  QueueReader,
  WorkerQueue,
} from './queues/define-queue.ts';
export { defineQueue, isWorkerQueue, objectName } from './queues/define-queue.ts';
export { embeddingQueue } from './queues/embedding-queue.ts';
export { ingestionQueue } from './queues/ingestion-queue.ts';
export { initiatorQueue } from './queues/initiator-queue.ts';
export { queues, type WorkerQueueName, workerQueues } from './queues/queue-registry.ts';
export { syncQueue } from './queues/sync-queue.ts';
export { contextDomains, dataClassifications, reasoningModes } from './reference-values.ts';
export { type ScheduleKind, type ScheduleOutcome, scheduleKinds, scheduleOutcomes } from './schedule-kinds.ts';
export type { DeadLetterEntry, SyncLogEntry, SyncOutcome } from './sync-log.ts';
export {
  deadLetterParameter,
  syncLogParameter,
  syncLogProcedure,
  syncOutcomes,
} from './sync-log.ts';
export type { SyncRequest, SyncRequestResult, SyncType } from './sync-request.ts';
export { decodeSyncRequest, encodeSyncRequest, syncTypes } from './sync-request.ts';
export { decodeVector, encodeVector } from './vector.ts';
export { workerFrame } from './worker-frame.ts';
export { workerPresence } from './worker-presence.ts';
