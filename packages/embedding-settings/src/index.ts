export { createEmbedder } from './create-embedder.ts';
export { modelKeyOf } from './model-key-of.ts';
export { type EmbeddingSettings, embeddingShape } from './options.ts';
export { mayLeave, type SendingRule, sendingRule } from './sending-rule.ts';
