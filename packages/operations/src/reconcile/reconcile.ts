import type { SqlConnectionSettings } from '@hartonomous/config-loader';
import {
  type GraphConnectionOptions,
  type GraphDrift,
  type RangeReport,
  reconcileEntity,
  reconcileVectors,
} from '@hartonomous/graph-sync';
import { type AnyEntity, atom, type FencingState, SequenceBehindError } from '@hartonomous/provenance-schema';
import { DatabaseNameMissingError } from '../errors.ts';
import { compareSequence } from '../sequence/compare-sequence.ts';
import { openGraph } from '../servers/graph.ts';
import { longStatementMs, openSqlServer } from '../servers/sql-server.ts';
import { modelDrift } from './model-drift.ts';
import { enqueueDrift, sqlSource } from './sql-source.ts';
import { vectorSource } from './vector-source.ts';

/** Options of {@link reconcile}. */
export interface ReconcileRunOptions {
  readonly database: SqlConnectionSettings;
  readonly graph: GraphConnectionOptions;
  readonly entities: readonly AnyEntity[];
  /** Enqueue what differs, so that the worker syncs it anew. */
  readonly repair: boolean;
  /** Compare every value instead of checksums. */
  readonly deep: boolean;
  /** `name`: of the entity, or {@link vectorsName}. */
  readonly onRange?: (name: string, report: ComparedRange) => void;
  readonly onDrift?: (name: string, drift: GraphDrift) => void;
  readonly signal: AbortSignal;
}

/** What a range came to. */
export type ComparedRange = Pick<RangeReport, 'to' | 'sqlRows' | 'graphRows' | 'drift'> &
  Partial<Pick<RangeReport, 'compared'>>;

/** What the comparison of the atoms' vectors is called: their table. They are compared where atoms are. */
const vectorsName = 'AtomEmbedding';

/** The outcome of one entity. */
export interface EntityReconciliation {
  /** Its name, or {@link vectorsName}. */
  readonly entity: string;
  readonly sqlRows: number;
  readonly graphRows: number;
  readonly missing: number;
  readonly extra: number;
  readonly different: number;
  readonly enqueued: number;
  /**
   * Of those that differ, how many a sync would leave as they are, because the graph has them with greater numbers than the
   * sequence has handed out. They are not enqueued.
   */
  readonly stale: number;
}

/** The outcome of all of them. */
export interface Reconciliation {
  readonly entities: readonly EntityReconciliation[];
  /** How the sequence of fencing numbers stands to the graph. */
  readonly sequence: FencingState;
}

/**
 * Compares tables with the graph, and enqueues what differs when asked to. Memory is bounded by a range of rows.
 *
 * @throws SequenceBehindError before anything is compared when it is to repair: nothing that is enqueued would change the graph
 * @throws GraphSyncError, BrokerError; DatabaseNameMissingError
 */
export async function reconcile(options: ReconcileRunOptions): Promise<Reconciliation> {
  const { database, signal, entities, repair, deep } = options;
  if (database.database === undefined) throw new DatabaseNameMissingError();
  await using sql = await openSqlServer(database, { requestTimeoutMs: longStatementMs, signal });
  await using graph = await openGraph(options.graph, signal);
  let sequence = await compareSequence(graph, sql, signal);
  if (repair && sequence.state === 'behind') throw new SequenceBehindError(sequence);
  const isStale = ({ syncSequence }: GraphDrift) =>
    syncSequence !== null && sequence.state !== 'unseen' && syncSequence > sequence.current;
  const reconciliations: EntityReconciliation[] = [];
  async function* vectorsAndModels(): AsyncGenerator<ComparedRange> {
    let to = 0n;
    for await (const range of reconcileVectors(graph, vectorSource(sql, signal), { deep, signal })) {
      ({ to } = range);
      yield range;
    }
    const drift = await modelDrift(sql, graph, signal);
    if (drift.length > 0) yield { to, sqlRows: 0n, graphRows: 0n, drift };
  }
  const compare = async (name: string, entity: AnyEntity, ranges: AsyncIterable<ComparedRange>) => {
    const counts = { sqlRows: 0, graphRows: 0, missing: 0, extra: 0, different: 0, enqueued: 0, stale: 0 };
    for await (const report of ranges) {
      counts.sqlRows += Number(report.sqlRows);
      counts.graphRows += Number(report.graphRows);
      for (const drift of report.drift) {
        counts[drift.kind] += 1;
        options.onDrift?.(name, drift);
      }
      // A worker may have written it with a number that is newer than the one looked at.
      if (report.drift.some(isStale)) sequence = await compareSequence(graph, sql, signal);
      const mendable = report.drift.filter((drift) => !isStale(drift));
      counts.stale += report.drift.length - mendable.length;
      if (repair) {
        await enqueueDrift(sql, entity, mendable, signal);
        counts.enqueued += mendable.length;
      }
      options.onRange?.(name, report);
    }
    reconciliations.push({ entity: name, ...counts });
  };
  for (const entity of entities) {
    await compare(
      entity.name,
      entity,
      reconcileEntity(graph, entity, sqlSource(sql, entity, signal), { deep, signal }),
    );
    if (entity === atom) await compare(vectorsName, atom, vectorsAndModels());
  }
  return { entities: reconciliations, sequence };
}
