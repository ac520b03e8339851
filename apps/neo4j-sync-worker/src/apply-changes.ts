import { type ApplyResult, GraphStatementError, GraphSyncError, type GraphWriter } from '@hartonomous/graph-sync';
import type { AnyEntity, SyncOutcome } from '@hartonomous/provenance-schema';
import { applyBisecting } from './bisect.ts';
import { RefusedEntityError } from './errors.ts';
import { entityChanges, type PlannedChange, type RefusedRequest } from './plan-changes.ts';

/** The outcome of a planned change. */
export interface AppliedChange {
  readonly change: PlannedChange;
  readonly outcome: Extract<SyncOutcome, 'SYNCED' | 'DELETED' | 'STALE'>;
}

/** The writer, as far as a batch needs it. */
export type ChangeWriter = Pick<GraphWriter, 'apply'>;

/**
 * Writes the changes of a batch to the graph: in one transaction, or where Neo4j refuses that for one entity's sake, in
 * several, which leave out only what is refused alone.
 *
 * @param sequence the batch's fencing number
 * @throws GraphSyncError when Neo4j is away or refuses everything; then nothing is to be blamed on a message
 */
export async function applyChanges(
  writer: ChangeWriter,
  planned: readonly PlannedChange[],
  sequence: bigint,
  signal: AbortSignal,
): Promise<{ readonly applied: readonly AppliedChange[]; readonly refused: readonly RefusedRequest[] }> {
  const { results, refused } = await applyBisecting<PlannedChange, AppliedChange>(planned, {
    apply: async (changes) => outcomesOf(changes, await writer.apply(entityChanges(changes), sequence, { signal })),
    isRefusal: (error) =>
      !signal.aborted && (error instanceof GraphStatementError || !(error instanceof GraphSyncError)),
    confirm: () => probeGraph(writer, signal),
  });
  return {
    applied: results,
    refused: refused.map(({ item, error }) => ({ request: item.request, error: blame(error) })),
  };
}

/** Writes nothing but the writer's lock: shows that Neo4j answers, lets this user write, and commits. */
export async function probeGraph(writer: ChangeWriter, signal: AbortSignal): Promise<void> {
  await writer.apply([], 0n, { signal });
}

function outcomesOf(changes: readonly PlannedChange[], { outcomes }: ApplyResult): readonly AppliedChange[] {
  const stale = new Map<AnyEntity, Set<bigint>>();
  for (const { entity, stale: ids } of outcomes) {
    const known = stale.get(entity) ?? new Set();
    for (const id of ids) known.add(id);
    stale.set(entity, known);
  }
  return changes.map((change) => {
    const isStale = stale.get(change.request.entity)?.has(change.request.entityId) === true;
    return { change, outcome: isStale ? 'STALE' : change.isDelete ? 'DELETED' : 'SYNCED' };
  });
}

function blame(error: unknown): RefusedEntityError {
  const text = error instanceof Error ? error.message : String(error);
  return new RefusedEntityError(error instanceof GraphStatementError ? 'GRAPH_REFUSED' : 'UNEXPECTED', text, error);
}
