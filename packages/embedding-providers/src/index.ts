export { createProvider } from './create-provider.ts';
export {
  type EmbeddingModelFacts,
  embeddingModels,
  findModel,
  lexicalModel,
  mayCutTo,
  modelKey,
  type Pooling,
} from './embedding-models.ts';
export type { EmbeddingProvider, ProviderAnswer, RateState } from './embedding-provider.ts';
export {
  CallTooLargeError,
  EmbeddingError,
  InputRefusedError,
  InvalidAnswerError,
  InvalidEmbeddingOptionsError,
  ModelDimensionMismatchError,
  ModelFilesMissingError,
  ModelNotFoundError,
  ModelUnusableError,
  OnnxRuntimeMissingError,
  ProviderAccessError,
  ProviderUnavailableError,
  QuotaExhaustedError,
  RateLimitedError,
  type RateLimitKind,
} from './errors.ts';
export type { OnnxProvider } from './onnx/onnx-provider.ts';
export { type ProviderOptions, providerOptionsSchema } from './options.ts';
export { type CallLimits, planBatches } from './plan-batches.ts';
export {
  type EmbeddedText,
  TextEmbedder,
  type TextEmbedderHooks,
  type TextEmbedderOptions,
  type TextRole,
} from './text-embedder.ts';
export { cut } from './vectors.ts';
