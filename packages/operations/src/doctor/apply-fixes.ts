import type { SqlConnectionSettings } from '@hartonomous/config-loader';
import type { GraphConnectionOptions } from '@hartonomous/graph-sync';
import { deployDatabase } from '../database/deploy-database.ts';
import { type Failure, failureOf } from '../failure.ts';
import { type Fix, fixText } from '../fix.ts';
import { deployGraph } from '../graph/deploy-graph.ts';
import { openSqlServer } from '../servers/sql-server.ts';
import { endLeaks } from './end-leaks.ts';
import type { Finding } from './finding.ts';

/**
 * Milliseconds that a statement waits for a lock: altering a queue waits for its schema lock, and every SEND behind it. Too short: a
 * busy queue is never altered. Too long: applications stand still so long.
 */
const lockTimeoutMs = 5_000;

/** Most leaked conversations of one queue that are ended at a time. */
const mostLeaks = 10_000;

/** A fix with the findings that it is for. */
export interface PlannedFix {
  readonly fix: Fix;
  /** What is run, as a person would. */
  readonly text: string;
  readonly findings: readonly string[];
}

/** The outcome of a fix. */
export interface AppliedFix extends PlannedFix {
  /** Null where it was carried out. */
  readonly failure: Failure | null;
}

/** Where fixes are made. */
export interface FixTargets {
  readonly database: SqlConnectionSettings;
  readonly graph: GraphConnectionOptions | undefined;
}

/**
 * The safe fixes of what was found, each once, statements first: a deployment may fix the same and then finds nothing to do.
 */
export function planFixes(findings: readonly Finding[]): readonly PlannedFix[] {
  const planned = new Map<string, { fix: Fix; text: string; findings: string[] }>();
  for (const { id, fix } of findings) {
    if (fix === null) continue;
    const text = fixText(fix);
    const known = planned.get(text);
    if (known === undefined) planned.set(text, { fix, text, findings: [id] });
    else known.findings.push(id);
  }
  const order: readonly Fix['kind'][] = ['sql', 'deploy-database', 'deploy-graph', 'end-leaked-conversations'];
  return [...planned.values()].sort((a, b) => order.indexOf(a.fix.kind) - order.indexOf(b.fix.kind));
}

/**
 * Makes fixes one after another; one that fails keeps no other from being made.
 *
 * @throws only what nobody expects, and the signal's reason
 */
export async function* applyFixes(
  fixes: readonly PlannedFix[],
  targets: FixTargets,
  signal: AbortSignal,
): AsyncGenerator<AppliedFix> {
  for (const planned of fixes) {
    signal.throwIfAborted();
    let failure: Failure | null = null;
    try {
      await applyFix(planned.fix, targets, signal);
    } catch (error) {
      signal.throwIfAborted();
      failure = failureOf(error) ?? null;
      if (failure === null) throw error;
    }
    yield { ...planned, failure };
  }
}

async function applyFix(fix: Fix, { database, graph }: FixTargets, signal: AbortSignal): Promise<void> {
  switch (fix.kind) {
    case 'sql': {
      await using session = await openSqlServer(database, { singleSession: true, signal });
      for (const statement of fix.statements) {
        await session.runBatch(`SET LOCK_TIMEOUT ${lockTimeoutMs}; ${statement}`, {
          signal,
          context: { operation: statement },
        });
      }
      return;
    }
    case 'deploy-database':
      // What differs in a way that needs a person is found again; it keeps nothing else from being fixed.
      await deployDatabase({ connection: database, allowDrift: true, signal });
      return;
    case 'deploy-graph':
      if (graph !== undefined) await deployGraph({ connection: graph, signal });
      return;
    case 'end-leaked-conversations':
      await endLeaks({
        ...{ database, queue: fix.queue, limit: mostLeaks, isDryRun: false, signal },
        ...{ onCounted: () => undefined, onProgress: () => undefined },
      });
  }
}
