export { ConsumerError, DraftContractError, type RefusalCode, RefusedFileError } from './errors.ts';
export { type IngestedFile, type IngestionContext, ingestFile } from './ingest-file.ts';
export { type Settings, settingsSchema } from './options.ts';
export { cesConsumer } from './worker.ts';
