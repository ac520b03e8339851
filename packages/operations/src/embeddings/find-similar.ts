import { EmbeddingError } from '@hartonomous/embedding-providers';
import {
  createEmbedder,
  type EmbeddingSettings,
  mayLeave,
  modelKeyOf,
  sendingRule,
} from '@hartonomous/embedding-settings';
import {
  type AtomAtDepth,
  createLineageReader,
  type FoundAtom,
  type GraphConnection,
  type GraphEmbeddingModel,
  type HybridAtom,
  hybridAtoms,
  readEmbeddingModels,
  similarAtoms,
} from '@hartonomous/graph-sync';
import { modelEmbeddingIndex, type VectorIndex } from '@hartonomous/provenance-schema';
import { NoEmbeddingModelError, QuestionClassifiedError, QuestionNotEmbeddedError } from './errors.ts';

/** What atoms are to be similar to. */
export type SimilarTo =
  | { readonly kind: 'atom'; readonly id: bigint }
  | {
      readonly kind: 'question';
      /** At most 2000 characters. */
      readonly text: string;
      /** How sensitive the question is. @default what an atom without a level counts as */
      readonly classification?: 'public' | 'internal' | 'confidential' | 'restricted' | undefined;
    };

/** Options of {@link findSimilar}. */
export interface FindSimilarOptions {
  readonly to: SimilarTo;
  /** Atoms of other tenants are never found. */
  readonly tenantId: number;
  /** Most results, 1 to 1000. */
  readonly top: number;
  /** 0 (opposite) to 1 (the same); 0.5 is unrelated. Not together with `isHybrid`, whose scores are of places. @default 0 */
  readonly minimumScore?: number | undefined;
  /** Key of a model. @default the one that searches read */
  readonly modelKey?: string | undefined;
  /** By words too; both answers are put together by their places. */
  readonly isHybrid: boolean;
  /** Most ancestors to show of each; 0 looks for none. */
  readonly ancestors: number;
  /** Those of the generator. Needed for questions, and asked for by nothing else. */
  readonly settings?: () => EmbeddingSettings;
  /** After this Neo4j ends a statement, in milliseconds. @default 10000 */
  readonly timeoutMs?: number | undefined;
}

/** An atom that was found. */
export type SimilarAtom = (FoundAtom | HybridAtom) & {
  /** What it was made from, the nearest first; left out where nobody asked. */
  readonly ancestors?: readonly AtomAtDepth[];
};

/** What was found, and by the vectors of which model. */
export interface SimilarAtoms {
  readonly model: GraphEmbeddingModel;
  readonly atoms: readonly SimilarAtom[];
}

/** Steps that are walked up from an atom. */
const ancestorDepth = 10;

/**
 * Finds a tenant's atoms that mean nearly the same as an atom or a question. A question is embedded by the provider of the settings,
 * unless its classification keeps it in the house.
 *
 * @throws QuestionClassifiedError, NoEmbeddingModelError (after AtomNotFoundError), QuestionNotEmbeddedError; InvalidEmbeddingOptionsError; what
 * graph-sync's `similarAtoms` and `hybridAtoms` throw
 */
export async function findSimilar(
  graph: GraphConnection,
  {
    to,
    tenantId,
    top,
    minimumScore,
    modelKey,
    isHybrid,
    ancestors,
    settings = noSettings,
    timeoutMs,
  }: FindSimilarOptions,
  signal: AbortSignal,
): Promise<SimilarAtoms> {
  if (to.kind === 'question' && !mayLeave(to.classification ?? null, tenantId, sendingRule(settings()))) {
    throw new QuestionClassifiedError(to.classification ?? null);
  }
  const reader = createLineageReader(graph);
  // Whether there is a model says nothing of an atom that isn't the tenant's.
  if (to.kind === 'atom') await reader.ancestors({ tenantId, atomId: to.id, depth: 1, limit: 1, signal });
  const models = await readEmbeddingModels(graph);
  const model = chosenModel(models, modelKey, to.kind === 'question' ? modelKeyOf(settings()) : undefined);
  const index = modelEmbeddingIndex(model.key, model.dimension);
  const target = to.kind === 'atom' ? to.id : await vectorOf(to.text, { settings: settings(), index }, signal);
  const common = { tenantId, to: target, index, limit: top, timeoutMs };
  const found = isHybrid
    ? await hybridAtoms(graph, { ...common, text: to.kind === 'question' ? to.text : undefined }, signal)
    : await similarAtoms(graph, { ...common, minimumScore }, signal);
  if (ancestors === 0) return { model, atoms: found };
  const atoms: SimilarAtom[] = [];
  for (const atom of found) {
    const query = { tenantId, atomId: atom.id, depth: ancestorDepth, limit: ancestors, signal };
    atoms.push({ ...atom, ancestors: (await reader.ancestors(query)).items });
  }
  return { model, atoms };
}

function noSettings(): never {
  throw new TypeError('A question needs the settings of its provider.');
}

function chosenModel(
  models: readonly GraphEmbeddingModel[],
  wanted: string | undefined,
  ofQuestions: string | undefined,
): GraphEmbeddingModel {
  const known = models.map(({ key }) => key).join(', ');
  const key = wanted ?? models.find(({ isRead }) => isRead)?.key ?? ofQuestions;
  if (key === undefined) {
    throw new NoEmbeddingModelError(
      'Searches read no model.',
      known === ''
        ? 'Enable one (hartonomous embeddings enable). Where embeddings status shows legacy_384, the vectors of the version before are ' +
            'there: hartonomous embeddings read legacy_384.'
        : `Have them read one (hartonomous embeddings read), or take one with --model: the graph has vectors of ${known}.`,
    );
  }
  const model = models.find((each) => each.key === key);
  if (model === undefined) {
    throw new NoEmbeddingModelError(
      `The graph has no vectors of the model ${key}.`,
      known === ''
        ? 'It has none at all: enable a model (hartonomous embeddings enable), and wait for the generator and the sync worker.'
        : `It has those of ${known}: take one of these with --model.`,
    );
  }
  if (ofQuestions !== undefined && ofQuestions !== key) {
    throw new NoEmbeddingModelError(
      `Searches read the model ${key}, and the settings embed questions with ${ofQuestions}.`,
      `Set Embedding:Model (and Dimension, ModelKey, Provider) to those of ${key}, or take the other one with --model ${ofQuestions}.`,
    );
  }
  return model;
}

async function vectorOf(
  text: string,
  { settings, index }: { readonly settings: EmbeddingSettings; readonly index: VectorIndex },
  signal: AbortSignal,
): Promise<readonly number[]> {
  try {
    await using embedder = await createEmbedder(settings, {}, signal);
    for await (const done of embedder.embed([text], 'query', signal)) {
      for (const outcome of done) {
        if ('refused' in outcome) throw outcome.refused;
        if (outcome.vector.length === index.dimensions) return [...outcome.vector];
        throw new NoEmbeddingModelError(
          `The settings embed with ${outcome.vector.length} numbers, and the model in the graph has ${index.dimensions}.`,
          'Set Embedding:Dimension to that of the model.',
        );
      }
    }
  } catch (error) {
    if (error instanceof EmbeddingError) throw new QuestionNotEmbeddedError(error);
    throw error;
  }
  throw new NoEmbeddingModelError('The question has no content.', 'Ask with words.');
}
