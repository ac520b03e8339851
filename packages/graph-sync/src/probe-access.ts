import neo4j from 'neo4j-driver';
import { z } from 'zod';
import type { GraphConnection } from './connect.ts';
import { GraphStatementError, GraphSyncError } from './errors.ts';
import { translateError } from './translate-error.ts';

/** What a look by {@link probeGraphAccess} found. */
export interface GraphAccess {
  readonly user: string;
  /** Clock of the server, in milliseconds since 1970 UTC, between two checks of the clock of this machine. */
  readonly clock: { readonly before: number; readonly there: number; readonly after: number };
  /** Why the login may not write here; null where it may. */
  readonly writeRefusal: string | null;
}

const userRow = z.object({ user: z.string(), there: z.bigint().transform(Number) });

/** Milliseconds that each of the two statements may take on the server. */
const timeout = 10_000;

/**
 * Finds out who the login is, what time the server has, and whether the login may write to the graph: a node of a label that the graph
 * has is made, changed and removed in a transaction that is rolled back, so that nobody ever sees it. It takes no lock that others wait
 * for.
 *
 * @param label of the node
 * @throws GraphSyncError when the server can't be asked; that it refuses to write is part of the answer
 */
export async function probeGraphAccess(connection: GraphConnection, label: string): Promise<GraphAccess> {
  const { driver, database } = connection;
  await using session = driver.session({ database, defaultAccessMode: neo4j.session.WRITE });
  try {
    const before = Date.now();
    const { records } = await session.run(
      'SHOW CURRENT USER YIELD user RETURN user, datetime.realtime().epochMillis AS there',
      {},
      { timeout },
    );
    const after = Date.now();
    const { user, there } = userRow.parse(records[0]?.toObject());
    return { user, clock: { before, there, after }, writeRefusal: await writeRefusal(connection, label) };
  } catch (error) {
    throw translateError(error, connection);
  }
}

async function writeRefusal(connection: GraphConnection, label: string): Promise<string | null> {
  const { driver, database } = connection;
  await using session = driver.session({ database, defaultAccessMode: neo4j.session.WRITE });
  const transaction = session.beginTransaction({ timeout });
  try {
    await transaction.run(`CREATE (n:\`${label.replaceAll('`', '``')}\`) SET n.name = 'probe' DELETE n`);
    return null;
  } catch (error) {
    const translated = translateError(error, connection);
    // What the server refuses is the answer; that it is away is not.
    if (translated instanceof GraphStatementError) return translated.message;
    if (translated instanceof GraphSyncError && translated.code === 'NEO4J_AUTH_FAILED') return translated.message;
    throw translated;
  } finally {
    await transaction.rollback().catch(() => undefined);
  }
}
