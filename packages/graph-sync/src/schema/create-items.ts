import { setTimeout as pause } from 'node:timers/promises';
import { backOffMs } from '@hartonomous/back-off';
import type { GraphConnection } from '../connect.ts';
import { GraphStatementError, GraphTransientError } from '../errors.ts';
import { translateError } from '../translate-error.ts';
import { compareItem } from './compare-items.ts';
import { readSchema } from './read-schema.ts';
import { SchemaItemRefusedError } from './schema-errors.ts';
import { createStatement, type SchemaItem } from './schema-items.ts';

/** Longest wait for new indexes to be filled, in seconds; a large graph takes minutes, a hanging one forever. */
export const awaitIndexesSeconds = 300n;

/** What there is of one kind of items. */
export interface CreationCount {
  /** Found there or created. */
  readonly count: number;
  /** In the schema, items that the server can't have included. */
  readonly total: number;
}

/** What a step of a deployment has made of its items; supporting ones are not in the counts. */
export interface ItemCreation extends CreationCount {
  /** Names of the items that were missing, supporting ones included. */
  readonly created: readonly string[];
  /** Names of the items that the server can't have, each with the reason and what keeps the rule instead. */
  readonly leftOut: readonly string[];
  /** Indexes by which people search, counted apart. */
  readonly search: CreationCount;
}

/**
 * Creates the items that are missing; those that are there in another shape are left as they are.
 *
 * @throws SchemaItemRefusedError, other GraphSyncErrors; the reason of `signal` when aborted
 */
export async function createItems(
  connection: GraphConnection,
  items: readonly SchemaItem[],
  signal: AbortSignal | undefined,
): Promise<ItemCreation> {
  const present = await readSchema(connection);
  const own = { count: 0, total: 0 };
  const search = { count: 0, total: 0 };
  const created: string[] = [];
  const leftOut: string[] = [];
  for (const item of items) {
    signal?.throwIfAborted();
    const { name, state, detail } = compareItem(item, present, connection);
    if (state === 'left-out') leftOut.push(`${name}: ${detail}`);
    if (state === 'missing' && (await createItem(connection, item, signal))) created.push(name);
    if (item.supporting) continue;
    const tally = item.type === 'search index' ? search : own;
    tally.total += 1;
    if (state === 'found' || state === 'missing') tally.count += 1;
  }
  return { ...own, created, leftOut, search };
}

/**
 * Tries, with pauses in between, where Neo4j asks to try again: its locks of labels deadlock with those of who writes nodes. Too few: a
 * deployment beside working workers fails. Too many: one that can't succeed takes that much longer to say so.
 */
const maxAttempts = 6;
const pauses = { baseMs: 100, maxMs: 2_000 };

/** @returns false when another deployment was there first */
async function createItem(
  connection: GraphConnection,
  item: SchemaItem,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await connection.driver.executeQuery(createStatement(item, connection), {}, { database: connection.database });
      return true;
    } catch (error) {
      const translated = translateError(error, connection);
      const isRefused = translated instanceof GraphStatementError;
      if (!isRefused && !(translated instanceof GraphTransientError)) throw translated;
      // Of two deployments at a time, one may create it between the other's look and its statement.
      const { state } = compareItem(item, await readSchema(connection), connection);
      if (state === 'found') return false;
      if (isRefused) {
        throw new SchemaItemRefusedError(`${item.type} ${item.definition.name}`, translated.message, translated);
      }
      if (attempt === maxAttempts) throw translated;
      await pause(backOffMs(attempt, pauses), undefined, { signal });
    }
  }
}
