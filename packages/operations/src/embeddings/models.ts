import type { BrokerClient } from '@hartonomous/broker-client';
import { embeddingModels, findModel, mayCutTo, modelKey } from '@hartonomous/embedding-providers';
import { z } from 'zod';
import { EmbeddingModelUnknownError, EmbeddingModelUnusableError } from './errors.ts';

/** A model of the database. */
export interface DatabaseModel {
  readonly id: number;
  readonly key: string;
  readonly name: string;
  readonly version: string;
  readonly dimension: number;
  readonly state: 'DISABLED' | 'ENABLED' | 'PAUSED';
  /** Whether searches take its vectors where nobody names a model. */
  readonly isRead: boolean;
  /** Types of atoms that get its embeddings. */
  readonly atomTypes: readonly string[];
}

/** Which model, and for what. */
export interface ModelChoice {
  /** In the table of models of embedding-providers. */
  readonly name: string;
  /** Fewer numbers than the model has. @default the model's */
  readonly dimension?: number | undefined;
  /** @default from the name, and the dimension where it is given */
  readonly key?: string | undefined;
  /** Counts up when the same name means other vectors. @default 1 */
  readonly version?: string | undefined;
  /** @default sections and paragraphs, or what the model has already */
  readonly atomTypes?: readonly string[] | undefined;
}

/** Not all four levels of the same words: a section has its paragraphs, and these their sentences. */
const defaultAtomTypes = ['section', 'paragraph'];

const modelRow = z
  .object({
    id: z.int(),
    key: z.string(),
    name: z.string(),
    version: z.string(),
    dimension: z.int(),
    state: z.enum(['DISABLED', 'ENABLED', 'PAUSED']),
    isRead: z.boolean(),
    atomTypes: z.string(),
  })
  .transform(({ atomTypes, ...row }): DatabaseModel => {
    return { ...row, atomTypes: z.array(z.string()).parse(JSON.parse(atomTypes)) };
  });

/** All models, by their keys. */
export async function listModels(client: BrokerClient, signal: AbortSignal): Promise<readonly DatabaseModel[]> {
  return await client.query(
    `SELECT m.[EmbeddingModelId] AS [id], m.[ModelKey] AS [key], m.[ModelName] AS [name], m.[ModelVersion] AS [version],
       m.[Dimension] AS [dimension], m.[State] AS [state], m.[IsRead] AS [isRead],
       CONCAT(N'[', (
         SELECT STRING_AGG(CONCAT(N'"', STRING_ESCAPE(t.[AtomType], 'json'), N'"'), N',') WITHIN GROUP (ORDER BY t.[AtomType])
         FROM [dbo].[EmbeddingModelAtomType] AS t WHERE t.[EmbeddingModelId] = m.[EmbeddingModelId]
       ), N']') AS [atomTypes]
     FROM [dbo].[EmbeddingModel] AS m ORDER BY m.[ModelKey];`,
    {},
    modelRow,
    { signal, context: { operation: 'listing embedding models' } },
  );
}

/** The model with a key. @throws EmbeddingModelUnknownError */
export async function requireModel(client: BrokerClient, key: string, signal: AbortSignal): Promise<DatabaseModel> {
  const models = await listModels(client, signal);
  const model = models.find((each) => each.key === key);
  if (model === undefined) {
    throw new EmbeddingModelUnknownError(
      key,
      models.map((each) => each.key),
    );
  }
  return model;
}

/**
 * What enabling a model would make of it; nothing is changed.
 *
 * @throws EmbeddingModelUnusableError for a name that isn't in the table of models, a dimension that its vectors can't be cut to, a
 * key that is another model's
 */
export async function planModel(
  client: BrokerClient,
  { name, dimension, key: givenKey, version, atomTypes }: ModelChoice,
  signal: AbortSignal,
): Promise<Omit<DatabaseModel, 'id' | 'isRead'> & { readonly known: DatabaseModel | undefined }> {
  const facts = findModel(name);
  if (facts === undefined) {
    const known = embeddingModels.map((each) => each.name).join(', ');
    throw new EmbeddingModelUnusableError(`There is no model ${name}.`, `Take one of these: ${known}.`);
  }
  if (dimension !== undefined && !mayCutTo(facts, dimension)) {
    throw new EmbeddingModelUnusableError(
      `Vectors of ${name} can't be cut to ${dimension} numbers without losing what they say.`,
      facts.smaller === 'any'
        ? `Give less than ${facts.dimension}.`
        : `Leave --dimension out${facts.smaller.map((each) => `, or give ${each}`).join('')}.`,
    );
  }
  const key = givenKey ?? modelKey(name, dimension);
  if (!/^[a-z0-9_]{1,40}$/.test(key)) {
    throw new EmbeddingModelUnusableError(`${key} can't be a key.`, 'Give up to 40 of a to z, 0 to 9 and _.');
  }
  const known = (await listModels(client, signal)).find((each) => each.key === key);
  const wanted = { name, dimension: dimension ?? facts.dimension, version: version ?? known?.version ?? '1' };
  const isOther =
    known !== undefined &&
    (known.name !== wanted.name || known.dimension !== wanted.dimension || known.version !== wanted.version);
  if (isOther) {
    throw new EmbeddingModelUnusableError(
      `The key ${key} is that of ${known.name}, version ${known.version}, with ${known.dimension} numbers.`,
      'Give another --key: vectors of different models or versions stand side by side.',
    );
  }
  const types = atomTypes ?? (known === undefined || known.atomTypes.length === 0 ? defaultAtomTypes : known.atomTypes);
  return { key, ...wanted, state: 'ENABLED', atomTypes: [...types].sort(), known };
}

/** Enables a model: from now on changed atoms get jobs. Atoms that are there already get theirs by a backfill. @throws as planModel */
export async function enableModel(
  client: BrokerClient,
  choice: ModelChoice,
  signal: AbortSignal,
): Promise<DatabaseModel> {
  const { key, name, version, dimension, atomTypes } = await planModel(client, choice, signal);
  await client.run(
    `SET XACT_ABORT ON;
     BEGIN TRANSACTION;
     UPDATE [dbo].[EmbeddingModel] SET [State] = N'ENABLED' WHERE [ModelKey] = @Key;
     IF @@ROWCOUNT = 0
       INSERT INTO [dbo].[EmbeddingModel] ([ModelKey], [ModelName], [ModelVersion], [Dimension], [State])
       VALUES (@Key, @Name, @Version, @Dimension, N'ENABLED');
     DECLARE @Id INT;
     SELECT @Id = m.[EmbeddingModelId] FROM [dbo].[EmbeddingModel] AS m WHERE m.[ModelKey] = @Key;
     -- Where searches have read nothing so far, there is nothing to go on with until the model has all vectors.
     IF NOT EXISTS (SELECT 1 FROM [dbo].[EmbeddingModel] AS m WHERE m.[IsRead] = 1)
       UPDATE [dbo].[EmbeddingModel] SET [IsRead] = 1 WHERE [EmbeddingModelId] = @Id;
     DELETE FROM [dbo].[EmbeddingModelAtomType] WHERE [EmbeddingModelId] = @Id;
     INSERT INTO [dbo].[EmbeddingModelAtomType] ([EmbeddingModelId], [AtomType])
     SELECT DISTINCT @Id, t.[AtomType] FROM OPENJSON(@AtomTypes) WITH ([AtomType] NVARCHAR(64) '$') AS t;
     -- What waited while the model was paused.
     EXEC [dbo].[sp_EnqueueEmbeddingRequest];
     COMMIT TRANSACTION;`,
    { Key: key, Name: name, Version: version, Dimension: dimension, AtomTypes: JSON.stringify(atomTypes) },
    { signal, context: { operation: `enabling the embedding model ${key}` } },
  );
  return await requireModel(client, key, signal);
}

/** Pauses a model that is enabled, or lets it go on: jobs are made, and done from the resumption on. */
export async function setPaused(
  client: BrokerClient,
  { id, key, state }: DatabaseModel,
  isPaused: boolean,
  signal: AbortSignal,
): Promise<void> {
  if (state === 'DISABLED') {
    throw new EmbeddingModelUnusableError(
      `The model ${key} is disabled.`,
      'Enable it first: hartonomous embeddings enable.',
    );
  }
  await client.run(
    `SET XACT_ABORT ON;
     BEGIN TRANSACTION;
     UPDATE [dbo].[EmbeddingModel] SET [State] = @State WHERE [EmbeddingModelId] = @Id;
     IF @State = N'ENABLED' EXEC [dbo].[sp_EnqueueEmbeddingRequest];
     COMMIT TRANSACTION;`,
    { Id: id, State: isPaused ? 'PAUSED' : 'ENABLED' },
    { signal, context: { operation: `${isPaused ? 'pausing' : 'resuming'} the embedding model ${key}` } },
  );
}

const deletedRow = z.object({ deleted: z.coerce.number() });

/** Disables a model and deletes the jobs that wait; its vectors stay. Gives how many jobs that were. */
export async function disableModel(
  client: BrokerClient,
  { id, key }: DatabaseModel,
  signal: AbortSignal,
): Promise<number> {
  const options = { signal, context: { operation: `disabling the embedding model ${key}` } };
  await client.run(
    `UPDATE [dbo].[EmbeddingModel] SET [State] = N'DISABLED' WHERE [EmbeddingModelId] = @Id;`,
    { Id: id },
    options,
  );
  let deleted = 0;
  for (;;) {
    // In slices: locks of one big DELETE would escalate to the whole table.
    const [row] = await client.query(
      `DELETE TOP (4000) FROM [dbo].[BackgroundJob] WHERE [EmbeddingModelId] = @Id AND [Status] = N'PENDING';
       SELECT @@ROWCOUNT AS [deleted];`,
      { Id: id },
      deletedRow,
      options,
    );
    deleted += row?.deleted ?? 0;
    if ((row?.deleted ?? 0) < 4_000) return deleted;
  }
}
