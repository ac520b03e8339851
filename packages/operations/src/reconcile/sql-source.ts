import type { SqlSession } from '@hartonomous/broker-client';
import { checksumFields, type GraphDrift, type ReconcileSource } from '@hartonomous/graph-sync';
import { type AnyEntity, toGraphRecord } from '@hartonomous/provenance-schema';
import { z } from 'zod';
import { enqueueDriftStatement, reconcileQueries } from './reconcile-queries.ts';

// BIGINT comes as decimal text; a number would lose digits.
const bigint = z.string().transform((text) => BigInt(text));
const bound = z.object({ Id: bigint.nullable(), Rows: bigint });
const summaryRow = z.record(z.string(), bigint);

/** An entity's table as graph-sync compares it. Errors are broker-client's `BrokerError`s. */
export function sqlSource(session: SqlSession, entity: AnyEntity, signal: AbortSignal): ReconcileSource {
  const queries = reconcileQueries(entity);
  const options = { signal, context: { operation: `comparing ${entity.name} with the graph` } };
  const range = ({ after, to }: { after: bigint; to: bigint }) => ({ after: `${after}`, to: `${to}` });
  return {
    async upperBound(after, size) {
      const parameters = { after: `${after}`, size: `${size}` };
      const [row] = await session.query(queries.upperBound, parameters, bound, options);
      return row === undefined || row.Rows < BigInt(size) ? null : row.Id;
    },
    async summary(ids) {
      const [row = {}] = await session.query(queries.summary, range(ids), summaryRow, options);
      return { rows: row.Rows ?? 0n, checksums: checksumFields(entity).map((_, n) => row[`F${n}`] ?? 0n) };
    },
    async records(ids) {
      const rows = await session.query(queries.records, range(ids), z.unknown(), options);
      return rows.map((row) => toGraphRecord(entity, row));
    },
  };
}

/** Has the worker sync entities anew, in the order given: a message each, all or none of a call. */
export async function enqueueDrift(
  session: SqlSession,
  entity: AnyEntity,
  drift: readonly GraphDrift[],
  signal: AbortSignal,
): Promise<void> {
  if (drift.length === 0) return;
  // Ids beyond 2^53 would lose digits as JSON numbers; OPENJSON converts text too.
  // An atom may differ in several vectors.
  const once = new Map(drift.map((each) => [`${each.entityId}/${each.tenantId}`, each]));
  const requests = [...once.values()].map(({ kind, entityId, tenantId }) => ({
    type: entity.name,
    id: `${entityId}`,
    sync: kind === 'extra' ? 'DELETE' : kind === 'missing' ? 'CREATE' : 'UPDATE',
    tenant: tenantId,
  }));
  const context = { operation: `enqueuing ${drift.length} of ${entity.name}` };
  await session.run(enqueueDriftStatement, { requests: JSON.stringify(requests) }, { signal, context });
}
