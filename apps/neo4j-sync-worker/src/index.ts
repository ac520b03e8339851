export { RefusedEntityError, SettingsFolderError, SyncWorkerError, UsageError } from './errors.ts';
export { neo4jSyncWorker, workerDisplayName, workerName } from './neo4j-sync-worker.ts';
export { type Settings, settingsSchema } from './options.ts';
export { syncQueue } from './reader.ts';
export { type CommandHost, runCommand, usageExitCode } from './run-command.ts';
