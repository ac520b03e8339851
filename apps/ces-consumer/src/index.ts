export { cesConsumer, ingestionQueue, workerDisplayName, workerName } from './ces-consumer.ts';
export { cesConsumerCommand } from './command.ts';
export { ConsumerError, DraftContractError, type RefusalCode, RefusedFileError } from './errors.ts';
export { type IngestedFile, type IngestionContext, ingestFile } from './ingest-file.ts';
export { type Settings, settingsSchema } from './options.ts';
