/**
 * Numbers of an atom's embedding. A vector index has one dimension, so all embeddings of a database have it; another
 * model with another dimension means another column, property and index.
 */
export const embeddingDimension = 384;
