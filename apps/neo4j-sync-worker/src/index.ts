export { neo4jSyncCommand } from './command.ts';
export { RefusedEntityError, SyncWorkerError } from './errors.ts';
export { neo4jSyncWorker, syncQueue, workerDisplayName, workerName } from './neo4j-sync-worker.ts';
export { type Settings, settingsSchema } from './options.ts';
