export { RefusedEntityError, SyncWorkerError } from './errors.ts';
export { type Settings, settingsSchema } from './options.ts';
export { neo4jSync } from './worker.ts';
