import type mssql from 'mssql';
import type { Driver, Integer, Node } from 'neo4j-driver';
import { z } from 'zod';
import { GraphBehindError } from './errors.ts';

/** The runbook's own snippet (R4), as an operator pastes it. */
export const changeSnippet = `INSERT INTO dbo.Atom (TenantId, ContentType, ContentHash, CreatedAt)
VALUES (0, 'application/json', 0xDEADBEEF, GETUTCDATE());
DECLARE @AtomId BIGINT = SCOPE_IDENTITY();
EXEC dbo.sp_EnqueueNeo4jSync @EntityType = 'Atom', @EntityId = @AtomId, @SyncType = 'CREATE';
SELECT @AtomId AS TestAtomId;`;

const result = z.object({ TestAtomId: z.coerce.number().int().positive() });

/** Longest time for one change to reach the graph. */
const timeoutMs = 15_000;

export interface ChangedAtom {
  readonly atomId: number;
  readonly properties: Readonly<Record<string, unknown>>;
  /** From the snippet's answer to the node in the graph, in milliseconds. */
  readonly latencyMs: number;
}

/** Runs R4's snippet and waits for the node. @throws {GraphBehindError} when it does not come */
export async function changeOneAtom(
  pool: mssql.ConnectionPool,
  driver: Driver,
  signal: AbortSignal,
): Promise<ChangedAtom> {
  const answer = await pool.request().batch(changeSnippet);
  const { TestAtomId: atomId } = result.parse(answer.recordset[0]);
  const startedAt = performance.now();
  for (;;) {
    signal.throwIfAborted();
    const { records } = await driver.executeQuery(
      'MATCH (a:Atom) WHERE a.id = $id AND a.placeholder IS NULL RETURN a',
      { id: BigInt(atomId) },
    );
    const node: Node<Integer> | undefined = records[0]?.get('a');
    if (node !== undefined) return { atomId, properties: node.properties, latencyMs: performance.now() - startedAt };
    if (performance.now() - startedAt > timeoutMs)
      throw new GraphBehindError(timeoutMs / 1000, `atom ${atomId} is missing`);
  }
}
