import { EMBEDDING_DIMENSION } from './embedding.ts';

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

/** Finds atoms by their embedding. */
export const atomEmbeddingIndex: VectorIndex = {
  kind: 'vector',
  name: 'atom_embedding',
  label: 'Atom',
  properties: ['embedding'],
  dimensions: EMBEDDING_DIMENSION,
  similarity: 'cosine',
  since: '5.15',
};
