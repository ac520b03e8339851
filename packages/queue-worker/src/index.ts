export { queueWorkerCommand, runQueueWorker, type WorkerProcessHost } from './command.ts';
export {
  type Check,
  type ConnectContext,
  type Dependency,
  defineQueueWorker,
  type QueueWork,
  type QueueWorker,
  type QueueWorkerContext,
  type QueueWorkerDeclaration,
  type SettingsSchema,
  type WorkedQueue,
} from './definition.ts';
export { InvalidQueueWorkerError, QueueWorkerError } from './errors.ts';
export {
  applicationInsightsSection,
  healthSection,
  type QueueWorkerSettings,
  receiveAgeRule,
  type WorkerDefaults,
  workerShape,
} from './options.ts';
export { type PatienceOptions, patiently } from './patience.ts';
export type { PresenceProcedures } from './presence.ts';
export { type Purge, type PurgeProcedure, procedurePurge, runPurges } from './purges.ts';
export { writeSettingsSchema } from './write-settings-schema.ts';
