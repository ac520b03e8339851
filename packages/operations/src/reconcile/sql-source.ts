import { checksumFields, type GraphDrift, type ReconcileSource } from '@hartonomous/graph-sync';
import { type AnyEntity, toGraphRecord } from '@hartonomous/provenance-schema';
import { z } from 'zod';
import type { SqlConnection } from '../database/sql-connection.ts';
import { ENQUEUE_DRIFT, reconcileQueries } from './reconcile-queries.ts';

// BIGINT comes as decimal text; a number would lose digits.
const bigint = z.string().transform((text) => BigInt(text));
const bound = z.object({ Id: bigint.nullable(), Rows: bigint });
const summaryRow = z.record(z.string(), bigint);

/** An entity's table as graph-sync compares it. Errors are broker-client's `BrokerError`s. */
export function sqlSource(connection: SqlConnection, entity: AnyEntity, signal: AbortSignal): ReconcileSource {
  const queries = reconcileQueries(entity);
  const context = { operation: `comparing ${entity.name} with the graph`, signal };
  const range = ({ after, to }: { after: bigint; to: bigint }) => ({ after: `${after}`, to: `${to}` });
  return {
    async upperBound(after, size) {
      const parameters = { after: `${after}`, size: `${size}` };
      const [row] = await connection.query(queries.upperBound, bound, context, parameters);
      return row === undefined || row.Rows < BigInt(size) ? null : row.Id;
    },
    async summary(ids) {
      const [row = {}] = await connection.query(queries.summary, summaryRow, context, range(ids));
      return { rows: row.Rows ?? 0n, checksums: checksumFields(entity).map((_, n) => row[`F${n}`] ?? 0n) };
    },
    async records(ids) {
      const rows = await connection.query(queries.records, z.unknown(), context, range(ids));
      return rows.map((row) => toGraphRecord(entity, row));
    },
  };
}

/** Has the worker sync entities anew, in the order given: a message each, all or none of a call. */
export async function enqueueDrift(
  connection: SqlConnection,
  entity: AnyEntity,
  drift: readonly GraphDrift[],
  signal: AbortSignal,
): Promise<void> {
  if (drift.length === 0) return;
  // Ids beyond 2^53 would lose digits as JSON numbers; OPENJSON converts text too.
  const requests = drift.map(({ kind, entityId, tenantId }) => ({
    type: entity.name,
    id: `${entityId}`,
    sync: kind === 'extra' ? 'DELETE' : kind === 'missing' ? 'CREATE' : 'UPDATE',
    tenant: tenantId,
  }));
  const context = { operation: `enqueuing ${drift.length} of ${entity.name}`, signal };
  await connection.query(ENQUEUE_DRIFT, z.unknown(), context, { requests: JSON.stringify(requests) });
}
