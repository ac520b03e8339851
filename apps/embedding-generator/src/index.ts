export { modelKeyOf } from '@hartonomous/embedding-settings';
export { type Settings, settingsSchema } from './options.ts';
export { embeddingGenerator } from './worker.ts';
