import type { GraphSchema } from '@hartonomous/provenance-schema';
import type { GraphConnection } from '../connect.ts';
import { compareItem } from './compare-items.ts';
import { readSchema } from './read-schema.ts';
import { constraintItems } from './schema-items.ts';

/**
 * Names of the schema's constraints that the graph lacks or has otherwise, those that its server can't have left out. While there are
 * any, two workers may write one node twice.
 *
 * @param timeoutMs longest wait for each of two answers, in milliseconds @default 10000
 * @throws GraphSyncError
 */
export async function missingConstraints(
  connection: GraphConnection,
  schema: GraphSchema,
  timeoutMs = 10_000,
): Promise<readonly string[]> {
  const present = await readSchema(connection, timeoutMs);
  return constraintItems(schema)
    .map((item) => compareItem(item, present, connection))
    .filter(({ state }) => state !== 'found' && state !== 'left-out')
    .map(({ name }) => name);
}
