import { type DatabaseMigration, databaseMigrations } from './database-migration.ts';
import { deadLetterPurgeProcedure } from './queues/dead-letter-purge.ts';
import { objectName } from './queues/define-queue.ts';
import { embeddingQueue } from './queues/embedding-queue.ts';
import { queues, workerQueues } from './queues/queue-registry.ts';

/** What an object of the SQL project is; a deployer looks for it in the catalog view of that kind. */
export type DatabaseObjectKind =
  | 'user'
  | 'role'
  | 'messageType'
  | 'contract'
  | 'queue'
  | 'service'
  | 'tableType'
  | 'sequence'
  | 'table'
  | 'procedure';

/** One object of the SQL project, in a file of its own. */
export interface DatabaseObject {
  readonly kind: DatabaseObjectKind;
  /** Database-level objects (users, roles, message types, contracts, services) have none. */
  readonly schema: string | null;
  readonly name: string;
  /** Path of the file below the project's root, with `/`. */
  readonly path: string;
}

/** The SQL project as a deployer needs it. */
export interface DatabaseProject {
  /** Folder of the project, with a slash at the end; resolve the paths of objects and scripts against it. */
  readonly root: URL;
  /** Every object, each after those that it needs. */
  readonly objects: readonly DatabaseObject[];
  /** Changes of older databases, in the order of their numbers. */
  readonly migrations: readonly DatabaseMigration[];
  /** Idempotent scripts that run, in this order, after every deployment. */
  readonly postDeployment: readonly string[];
}

const activatedQueues = queues.filter(({ reader }) => reader.kind === 'procedure');

/** User without login that owns the Service Broker objects; procedures and activation run as it. */
export const brokerUser = 'HartonomousBroker';

/** Each name where it comes first. */
function withoutRepeats(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}

const folders: readonly {
  kind: DatabaseObjectKind;
  folder: string;
  schema: string | null;
  names: readonly string[];
}[] = [
  { kind: 'user', folder: 'Security', schema: null, names: [brokerUser] },
  {
    kind: 'role',
    folder: 'Security',
    schema: null,
    names: ['HartonomousWorker', 'HartonomousSender', 'HartonomousApi'],
  },
  {
    kind: 'messageType',
    folder: 'ServiceBroker/MessageTypes',
    schema: null,
    names: workerQueues.map(({ messageType }) => messageType),
  },
  {
    kind: 'contract',
    folder: 'ServiceBroker/Contracts',
    schema: null,
    names: workerQueues.map(({ contract }) => contract),
  },
  {
    kind: 'queue',
    folder: 'ServiceBroker/Queues',
    schema: 'dbo',
    names: workerQueues.map(({ queue }) => objectName(queue).name),
  },
  {
    kind: 'service',
    folder: 'ServiceBroker/Services',
    schema: null,
    names: workerQueues.map(({ service }) => service),
  },
  {
    kind: 'tableType',
    folder: 'Types',
    schema: 'dbo',
    names: [
      'Neo4jSyncRequestList',
      'IngestedAtomList',
      'IngestedEdgeList',
      'IngestionMessageList',
      'EmbeddingAtomList',
      'EmbeddingResultList',
    ],
  },
  { kind: 'sequence', folder: 'Sequences', schema: 'dbo', names: ['GraphSyncSequence'] },
  {
    kind: 'table',
    folder: 'Tables',
    schema: 'dbo',
    // A table after those that its foreign keys refer to.
    names: [
      'SchemaMigration',
      'Tenant',
      'User',
      'Model',
      'ModelVersion',
      'Atom',
      'AtomProvenance',
      'Operation',
      'Inference',
      'Decision',
      'GenerationStream',
      'DialogPool',
      'MessageRetry',
      'Neo4jSyncLog',
      'QueuePause',
      'WorkerInstance',
      'Schedule',
      'ScheduleRun',
      'ReconcileRun',
      'IngestionFile',
      'IngestionFileSlice',
      'IngestionJob',
      'EmbeddingModel',
      'EmbeddingModelAtomType',
      'BackgroundJob',
      'AtomEmbedding',
      'EmbeddingUsage',
      'IngestionLease',
      'IngestedDocument',
      'DocumentReading',
      'IngestionUndo',
      'ApiKey',
      'ApiAudit',
      'ApiRequest',
      ...workerQueues.map(({ deadLetters }) => objectName(deadLetters.table).name),
    ],
  },
  {
    kind: 'procedure',
    folder: 'Procedures',
    schema: 'dbo',
    // A procedure after those that it calls; SQL Server would resolve them later, but with a warning each.
    names: withoutRepeats([
      'sp_SendOnPooledDialog',
      'sp_ClaimDeadLetter',
      'sp_ResendDeadLetter',
      'sp_EndConversations',
      'sp_BrokerHealth',
      'sp_TouchApiKey',
      'sp_LogApiAudit',
      'sp_PurgeApiAudit',
      'sp_PurgeApiRequests',
      'sp_PutMessageRetries',
      'sp_TakeMessageRetries',
      'sp_SendNeo4jSync',
      // Called by those that enqueue for sync.
      ...embeddingQueue.enqueueProcedures.map((name) => objectName(name).name),
      'sp_EnqueueEmbeddingJobs',
      'sp_EnqueueEmbeddingJob',
      ...workerQueues.flatMap(({ enqueueProcedures }) => enqueueProcedures.map((name) => objectName(name).name)),
      'sp_SyncEmbeddedAtoms',
      'sp_ForwardToNeo4j_Activated',
      'sp_HandleInitiatorMessages_Activated',
      'sp_LogNeo4jSync',
      'sp_PurgeNeo4jSyncLog',
      'sp_PauseQueue',
      'sp_ResumeQueue',
      'sp_ReadQueuePause',
      'sp_ReportWorker',
      'sp_AddSchedule',
      'sp_ChangeSchedule',
      'sp_EnableSchedule',
      'sp_TriggerSchedule',
      'sp_RemoveSchedule',
      'sp_ClaimSchedule',
      'sp_RenewSchedule',
      'sp_FinishSchedule',
      'sp_PurgeReconcileRuns',
      'sp_StartReconcileRun',
      'sp_ReportReconcileRun',
      'sp_FinishReconcileRun',
      'sp_CancelReconcileRun',
      'sp_BeginIngestionFile',
      'sp_AppendIngestionFile',
      'sp_CompleteIngestionFile',
      'sp_EnqueueApiIngestion',
      'sp_StartIngestionJob',
      'sp_ReleaseIngestionJob',
      'sp_BeginIngestedDocument',
      'sp_WriteIngestedAtoms',
      'sp_FinishIngestion',
      'sp_TakeInIngestion',
      'sp_ClaimIngestionJobs',
      'sp_RenewIngestionLeases',
      'sp_HoldIngestionLease',
      'sp_YieldIngestionJob',
      'sp_BeginIngestion',
      'sp_WriteIngestedSlice',
      'sp_UndoIngestion',
      'sp_PurgeIngestion',
      'sp_BackfillEmbeddings',
      'sp_ClaimEmbeddingJobs',
      'sp_ClassifyAtoms',
      'sp_RenewEmbeddingLeases',
      'sp_ReleaseEmbeddingJobs',
      'sp_FinishEmbeddingJobs',
      'sp_ReopenEmbeddingJobs',
      'sp_RecordEmbeddingUsage',
      'sp_SwitchEmbeddingReads',
      'sp_PurgeBackgroundJobs',
      ...workerQueues.map(({ deadLetters }) => objectName(deadLetters.procedure).name),
      objectName(deadLetterPurgeProcedure).name,
    ]),
  },
  // A queue that SQL Server activates a procedure on, after that procedure, which exists when it is named.
  {
    kind: 'queue',
    folder: 'ServiceBroker/Queues',
    schema: 'dbo',
    names: activatedQueues.map(({ queue }) => objectName(queue).name),
  },
  {
    kind: 'service',
    folder: 'ServiceBroker/Services',
    schema: null,
    names: activatedQueues.map(({ service }) => service),
  },
];

/**
 * Where the SQL project is and in which order its files are deployed. Each object's file has one CREATE statement:
 * a deployer runs it where the object is missing, and for procedures rewrites CREATE to CREATE OR ALTER. Listed, not
 * read from the folder, because this package does no I/O; a test compares the list with the folder.
 */
export const databaseProject: DatabaseProject = {
  // The same from src/ and from dist/.
  root: new URL('../database/', import.meta.url),
  objects: folders.flatMap(({ kind, folder, schema, names }) =>
    names.map((name) => ({ kind, schema, name, path: `${folder}/${name}.sql` })),
  ),
  migrations: databaseMigrations,
  postDeployment: ['Scripts/Post-Deployment/Script.PostDeployment.sql'],
};
