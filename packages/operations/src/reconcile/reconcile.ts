import type { SqlConnectionSettings } from '@hartonomous/config-loader';
import {
  type GraphConnectionOptions,
  type GraphDrift,
  type RangeReport,
  reconcileEntity,
} from '@hartonomous/graph-sync';
import type { AnyEntity } from '@hartonomous/provenance-schema';
import { DatabaseNameMissingError } from '../errors.ts';
import { openGraph } from '../servers/graph.ts';
import { longStatementMs, openSqlServer } from '../servers/sql-server.ts';
import { enqueueDrift, sqlSource } from './sql-source.ts';

/** Options of {@link reconcile}. */
export interface ReconcileRunOptions {
  readonly database: SqlConnectionSettings;
  readonly graph: GraphConnectionOptions;
  readonly entities: readonly AnyEntity[];
  /** Enqueue what differs, so that the worker syncs it anew. */
  readonly repair: boolean;
  /** Compare every value instead of checksums. */
  readonly deep: boolean;
  readonly onRange?: (entity: AnyEntity, report: RangeReport) => void;
  readonly onDrift?: (entity: AnyEntity, drift: GraphDrift) => void;
  readonly signal: AbortSignal;
}

/** What became of one entity. */
export interface EntityReconciliation {
  readonly entity: string;
  readonly sqlRows: number;
  readonly graphRows: number;
  readonly missing: number;
  readonly extra: number;
  readonly different: number;
  readonly enqueued: number;
}

/**
 * Compares tables with the graph, and enqueues what differs when asked to. Memory is bounded by a range of rows.
 *
 * @throws GraphSyncError, BrokerError; DatabaseNameMissingError
 */
export async function reconcile(options: ReconcileRunOptions): Promise<readonly EntityReconciliation[]> {
  const { database, signal, entities, repair, deep } = options;
  if (database.database === undefined) throw new DatabaseNameMissingError();
  await using sql = await openSqlServer(database, { requestTimeoutMs: longStatementMs, signal });
  await using graph = await openGraph(options.graph, signal);
  const reconciliations: EntityReconciliation[] = [];
  for (const entity of entities) {
    const counts = { sqlRows: 0, graphRows: 0, missing: 0, extra: 0, different: 0, enqueued: 0 };
    for await (const report of reconcileEntity(graph, entity, sqlSource(sql, entity, signal), { deep, signal })) {
      counts.sqlRows += Number(report.sqlRows);
      counts.graphRows += Number(report.graphRows);
      for (const drift of report.drift) {
        counts[drift.kind] += 1;
        options.onDrift?.(entity, drift);
      }
      if (repair) {
        await enqueueDrift(sql, entity, report.drift, signal);
        counts.enqueued += report.drift.length;
      }
      options.onRange?.(entity, report);
    }
    reconciliations.push({ entity: entity.name, ...counts });
  }
  return reconciliations;
}
