export {
  LocalModelError,
  type LocalModelErrorCode,
  MavenNotFoundError,
  ModelChecksumMismatchError,
  ModelDownloadFailedError,
  UnknownModelError,
} from './errors.ts';
export { defaultModel, type LocalModelName, type ModelFile, type ModelSource, modelSources } from './models.ts';
export {
  embeddingSettings,
  type LocalModel,
  type LocalModelOptions,
  localModelIfPossible,
  type PossibleModel,
  provideLocalModel,
} from './provide-local-model.ts';
