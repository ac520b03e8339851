import { atomVectors, checkModelKey } from './atom-vectors.ts';

/**
 * An index by which people find nodes: by words of a text (`fulltext`), or by closeness of a vector (`vector`).
 */
export type GraphSearchIndex = FulltextIndex | VectorIndex;

interface SearchIndexOf {
  readonly name: string;
  readonly label: string;
  /** Oldest version of Neo4j that has indexes of this kind, for example `5.15`. */
  readonly since: string;
}

/** Finds nodes by words, the best ones first. */
export interface FulltextIndex extends SearchIndexOf {
  readonly kind: 'fulltext';
  readonly properties: readonly string[];
  /** One of `db.index.fulltext.listAvailableAnalyzers()`. */
  readonly analyzer: string;
}

/** Finds nodes whose vector points nearly the same way, the nearest first. */
export interface VectorIndex extends SearchIndexOf {
  readonly kind: 'vector';
  readonly properties: readonly [string];
  /** Length of every vector; nodes with others are not in the index. */
  readonly dimensions: number;
  readonly similarity: 'cosine' | 'euclidean';
  /** How it is built. Left out: as the server does by default, which differs between versions, and is not compared. */
  readonly settings?: VectorIndexSettings;
}

/** How a vector index is built; see Neo4j's manual, "Vector indexes". */
export interface VectorIndexSettings {
  /**
   * How numbers are shortened in memory. `none` finds most; `scalar` takes a quarter of the memory. (`binary` is the default of
   * Neo4j 2026.08, and older versions can't have it.)
   */
  readonly quantization: 'none' | 'scalar';
  /** Neighbours that a vector is linked to, 1 to 512. More find more, and take more memory. */
  readonly m: number;
  /** Candidates that are looked at while a vector is linked, 1 to 3200. More find more, and make writing slower. */
  readonly efConstruction: number;
}

/** Finds atoms by the words of their canonical text. */
export const atomTextIndex: FulltextIndex = {
  kind: 'fulltext',
  name: 'atom_text',
  label: 'Atom',
  properties: ['canonicalText'],
  // The texts are in any language: no word is too common in all of them to be looked for.
  analyzer: 'standard-no-stop-words',
  since: '5.0',
};

/** Index and property of the version before, whose atoms had one vector each. Nothing reads them; `database contract` takes them away. */
export const legacyEmbeddingIndex = { name: 'atom_embedding', label: 'Atom', property: 'embedding' } as const;

/**
 * Finds atoms by their vectors of one model. Not part of the graph schema: there is one for each model in use, and enabling a model
 * creates it.
 *
 * @param key of the model: 1 to 40 of a to z, 0 to 9 and _
 * @param dimensions 1 to 4096
 * @throws RangeError for another key
 */
export function modelEmbeddingIndex(key: string, dimensions: number): VectorIndex {
  checkModelKey(key);
  return {
    kind: 'vector',
    name: `${modelIndexPrefix}${key}`,
    label: 'Atom',
    properties: [`${atomVectors.prefix}${key}`],
    dimensions,
    similarity: 'cosine',
    // The linking numbers are Neo4j's own. Without quantization: what it would cost in recall has not been measured.
    settings: { quantization: 'none', m: 16, efConstruction: 100 },
    since: '5.15',
  };
}

const modelIndexPrefix = 'atom_embedding_';

/** Whether an index of the graph has the name of one of {@link modelEmbeddingIndex}. */
export function isModelEmbeddingIndex(name: string): boolean {
  return name.startsWith(modelIndexPrefix);
}
