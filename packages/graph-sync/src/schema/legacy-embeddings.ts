import { legacyEmbeddingIndex } from '@hartonomous/provenance-schema';
import { z } from 'zod';
import type { GraphConnection } from '../connect.ts';
import { translateError } from '../translate-error.ts';

/** What the graph has of the version before, which gave each atom one vector. */
export interface LegacyEmbeddings {
  /** Whether its index is there. */
  readonly hasIndex: boolean;
  /** Atoms with its property. */
  readonly atoms: number;
}

const { name: Index, label, property } = legacyEmbeddingIndex;
const matchWithProperty = `MATCH (a:${label}) WHERE a.${property} IS NOT NULL`;
/** Atoms of a transaction. Too many: sync batches wait for their locks; too few: each costs more than its work. */
const batchSize = 2_000;

const indexRow = z.object({ name: z.string() });
const countRow = z.object({ atoms: z.bigint().transform(Number) });

/** Looks; changes nothing. @throws GraphSyncError */
export async function readLegacyEmbeddings(connection: GraphConnection): Promise<LegacyEmbeddings> {
  const { driver, database } = connection;
  try {
    const show = 'SHOW VECTOR INDEXES YIELD name WHERE name = $name RETURN name';
    const { records: indexes } = await driver.executeQuery(show, { name: Index }, { database });
    const { records } = await driver.executeQuery(`${matchWithProperty} RETURN count(a) AS atoms`, {}, { database });
    const [count] = records.map((record) => countRow.parse(record.toObject()));
    return {
      hasIndex: indexes.map((record) => indexRow.parse(record.toObject())).length > 0,
      atoms: count?.atoms ?? 0,
    };
  } catch (error) {
    throw translateError(error, connection);
  }
}

/**
 * Drops the index `atom_embedding` and removes the property `embedding` of atoms, in transactions of 2000. It may be ended anywhere and run
 * again. Vectors of models are not touched.
 *
 * @returns what was there and is gone
 * @throws GraphSyncError; the reason of `signal` when aborted
 */
export async function removeLegacyEmbeddings(
  connection: GraphConnection,
  signal?: AbortSignal,
): Promise<LegacyEmbeddings> {
  const { hasIndex } = await readLegacyEmbeddings(connection);
  const { driver, database } = connection;
  let atoms = 0;
  try {
    await driver.executeQuery(`DROP INDEX ${Index} IF EXISTS`, {}, { database });
    for (;;) {
      signal?.throwIfAborted();
      const remove = `${matchWithProperty} WITH a LIMIT ${batchSize} SET a.${property} = null RETURN count(a) AS atoms`;
      const { records } = await driver.executeQuery(remove, {}, { database });
      const [done] = records.map((record) => countRow.parse(record.toObject()));
      atoms += done?.atoms ?? 0;
      if ((done?.atoms ?? 0) < batchSize) return { hasIndex, atoms };
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw translateError(error, connection);
  }
}
