export { modelKeyOf } from './create-embedder.ts';
export { type Settings, settingsSchema } from './options.ts';
export { embeddingGenerator } from './worker.ts';
