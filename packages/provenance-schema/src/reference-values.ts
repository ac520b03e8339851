/** Values of `ReasoningMode.type`: how a model comes to its answer. */
export const reasoningModes = [
  'vector_similarity',
  'spatial_query',
  'graph_traversal',
  'hybrid',
  'symbolic_logic',
] as const;

/** Values of `Context.domain`: what for an inference is made. */
export const contextDomains = [
  'text_generation',
  'image_generation',
  'audio_generation',
  'multimodal',
  'embedding_generation',
  'semantic_search',
] as const;

/** Values of `DataClassification.level`, from the least to the most sensitive. */
export const dataClassifications = ['public', 'internal', 'confidential', 'restricted'] as const;
