import { z } from 'zod';
import type { VectorProjection } from './define-entity.ts';

/** Where the vectors of atoms are in the graph; rows of `dbo.AtomEmbedding`. */
export const atomVectors: VectorProjection = {
  prefix: 'embedding_',
  type: 'EMBEDDED_BY',
  model: { label: 'EmbeddingModel', key: 'modelKey' },
};

/** A key of `dbo.EmbeddingModel`, which becomes part of names in the graph. Its table has the same rule. */
export const modelKeySchema: z.ZodType<string> = z.string().regex(/^[a-z0-9_]{1,40}$/);

/**
 * Checks the key of a model against {@link modelKeySchema}.
 *
 * @throws RangeError when the key can't be part of a name
 */
export function checkModelKey(key: string): void {
  if (modelKeySchema.safeParse(key).success) return;
  throw new RangeError(`${JSON.stringify(key)} isn't a key of an embedding model: 1 to 40 of a to z, 0 to 9 and _.`);
}

/** A model as the graph has it; a row of `dbo.EmbeddingModel`. */
export interface AtomVectorModel {
  readonly key: string;
  readonly name: string;
  readonly version: string;
  readonly dimension: number;
  /** Whether its vectors go into the graph: it is in use, or read. */
  readonly isInGraph: boolean;
  /** Whether searches take it where nobody names another one. At most one model is. */
  readonly isRead: boolean;
}

/** A vector and where it came from; a row of `dbo.AtomEmbedding`. */
export interface AtomVector {
  readonly atomId: bigint;
  readonly modelKey: string;
  /** As `encodeVector` makes them: 4 bytes for each number. */
  readonly vector: Uint8Array;
  /** The job that wrote it; `null`: nobody knows. */
  readonly jobId: bigint | null;
  readonly createdAt: Date;
}

const bigint = z.string().transform((text) => BigInt(text));

/** A row of the first result set of {@link atomVectorsQuery}. */
export const atomVectorModelRow: z.ZodType<AtomVectorModel> = z
  .object({
    ModelKey: modelKeySchema,
    ModelName: z.string(),
    ModelVersion: z.string(),
    Dimension: z.int(),
    State: z.string(),
    IsRead: z.boolean(),
  })
  .transform(({ ModelKey, ModelName, ModelVersion, Dimension, State, IsRead }) => ({
    ...{ key: ModelKey, name: ModelName, version: ModelVersion, dimension: Dimension },
    ...{ isInGraph: State !== 'DISABLED' || IsRead, isRead: IsRead },
  }));

/** A row of its second result set. */
export const atomVectorRow: z.ZodType<AtomVector> = z
  .object({
    AtomId: bigint,
    ModelKey: modelKeySchema,
    Vector: z.instanceof(Uint8Array),
    BackgroundJobId: bigint.nullable(),
    CreatedAt: z.date(),
  })
  .transform(({ AtomId, ModelKey, Vector, BackgroundJobId, CreatedAt }) => ({
    ...{ atomId: AtomId, modelKey: ModelKey, vector: Vector },
    ...{ jobId: BackgroundJobId, createdAt: CreatedAt },
  }));

/** Result sets of {@link atomVectorsQuery}. */
export const atomVectorsSets = 2;

/**
 * T-SQL that reads the models, and the vectors of the given atoms that the graph is to have. For a batch that reads the atoms
 * too, under the same rules as `loadQuery`: after the batch's fencing number, at READ COMMITTED. Where there are no models, it
 * costs one look at an empty table.
 *
 * @param parameter as for `loadQuery`
 */
export function atomVectorsQuery(parameter: string): string {
  return [
    'SELECT m.[ModelKey], m.[ModelName], m.[ModelVersion], m.[Dimension], m.[State], m.[IsRead]',
    'FROM [dbo].[EmbeddingModel] AS m;',
    'IF @@ROWCOUNT > 0',
    '    SELECT e.[AtomId], m.[ModelKey], e.[Vector], e.[BackgroundJobId], e.[CreatedAt]',
    `    FROM OPENJSON(@${parameter}) WITH ([Id] BIGINT '$') AS k`,
    '    INNER LOOP JOIN [dbo].[AtomEmbedding] AS e WITH (FORCESEEK) ON e.[AtomId] = k.[Id]',
    '    INNER JOIN [dbo].[EmbeddingModel] AS m ON m.[EmbeddingModelId] = e.[EmbeddingModelId]',
    "    WHERE m.[State] <> N'DISABLED' OR m.[IsRead] = 1;",
    'ELSE',
    '    SELECT 0 AS [None] WHERE 1 = 0;',
  ].join('\n');
}
