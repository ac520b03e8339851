import { createEmbedder, embeddingShape, modelKeyOf } from '@hartonomous/embedding-settings';
import { connectNeo4j, createVectorIndexes } from '@hartonomous/graph-sync';
import { atomVectors, modelEmbeddingIndex } from '@hartonomous/provenance-schema';
import { z } from 'zod';

/** Where to write. */
interface Graph {
  readonly uri: string;
  readonly username: string;
  readonly password: string;
}

/**
 * Gives atoms of the graph vectors of the model that settings without a section `Embedding` name, and an index: as the generator
 * and the sync worker would, without either.
 */
export async function embedAtoms(
  { uri, username, password }: Graph,
  atoms: readonly { readonly id: number; readonly text: string }[],
): Promise<void> {
  const signal = AbortSignal.timeout(60_000);
  const settings = z.object(embeddingShape).parse({ Provider: {} });
  await using embedder = await createEmbedder(settings, {}, signal);
  const vectors: (readonly number[])[] = [];
  for (const { text } of atoms) vectors.push([...(await embedder.embedOne(text, 'document', signal))]);
  const key = modelKeyOf(settings);
  const dimension = vectors[0]?.length ?? 0;
  await using graph = await connectNeo4j({ uri, username, password });
  const { label, key: keyName } = atomVectors.model;
  await graph.driver.executeQuery(
    `MERGE (m:${label} {${keyName}: $key}) SET m.name = $key, m.version = '1', m.dimension = $dimension, m.isRead = true,
       m.syncSequence = coalesce(m.syncSequence, 1)
     WITH m UNWIND $rows AS row MATCH (a:Atom {id: row.id}) SET a.${atomVectors.prefix}${key} = row.vector`,
    {
      ...{ key, dimension: BigInt(dimension) },
      rows: atoms.map(({ id }, index) => ({ id: BigInt(id), vector: vectors[index] })),
    },
  );
  await createVectorIndexes(graph, [modelEmbeddingIndex(key, dimension)], signal);
}
