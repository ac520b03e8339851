import { modelKey } from '@hartonomous/embedding-providers';
import type { EmbeddingSettings } from './options.ts';

/** ModelKey of the row in dbo.EmbeddingModel: the one that is set, or the model's name and, if it is a smaller one, its dimension. */
export function modelKeyOf({
  Model,
  Dimension,
  ModelKey,
}: Pick<EmbeddingSettings, 'Model' | 'Dimension' | 'ModelKey'>): string {
  return ModelKey ?? modelKey(Model, Dimension);
}
