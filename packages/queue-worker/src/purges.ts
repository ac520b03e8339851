import { setTimeout as pause } from 'node:timers/promises';
import {
  type BrokerClient,
  quoteQualifiedName,
  type ReceiveGate,
  type SqlParameters,
} from '@hartonomous/broker-client';
import { type Logger, reasonOf } from '@hartonomous/worker-host';
import { z } from 'zod';

/** Something that grows and is cut back at times. */
export interface Purge {
  /** What is removed, in the plural: `rows of dbo.Neo4jSyncLog`. */
  readonly what: string;
  /** Removes what is too old; returns how many. */
  run(signal: AbortSignal): Promise<number>;
}

/** What {@link runPurges} needs. */
export interface PurgesContext {
  readonly logger: Logger;
  /** Milliseconds between two purges. */
  readonly intervalMs: number;
  /** No purge begins while it is closed. @default always open */
  readonly gate?: ReceiveGate;
  /** Ends it; a purge that is under way is given up, and the next one does the rest. */
  readonly signal: AbortSignal;
}

/** Time from start to the first purge, in milliseconds: not in the rush of the start, but before a daily restart. */
const firstPurgeMs = 60_000;

/**
 * Purges at intervals until `signal` is aborted, each purge independently of the others. Never rejects: a purge that fails is
 * logged with its reason and tried again at the next interval.
 */
export async function runPurges(purges: readonly Purge[], context: PurgesContext): Promise<void> {
  const { signal, intervalMs } = context;
  let waitMs = Math.min(firstPurgeMs, intervalMs);
  while (!signal.aborted) {
    await pause(waitMs, undefined, { signal }).catch(() => undefined);
    for (const purge of purges) if (!signal.aborted) await runPurge(purge, context);
    waitMs = intervalMs;
  }
}

async function runPurge({ what, run }: Purge, { logger, intervalMs, gate, signal }: PurgesContext): Promise<void> {
  try {
    using _pass = await gate?.enter(signal);
    const removed = await run(signal);
    if (removed > 0) logger.info({ what, removed }, `Purged ${what}: ${removed}`);
  } catch (error) {
    if (signal.aborted) return;
    const minutes = Math.round(intervalMs / 6_000) / 10;
    const reason = reasonOf(error);
    logger.warn({ what, reason }, `Purging ${what} failed: ${reason} The next attempt is in ${minutes} minutes`);
  }
}

/** A procedure that purges and returns in `@Purged BIGINT OUTPUT` how many rows it has deleted. */
export interface PurgeProcedure {
  readonly what: string;
  /** With its schema. */
  readonly procedure: string;
  /** Its other parameters; names without `@`. */
  readonly parameters: SqlParameters;
}

const purgedRow = z.object({ purged: z.coerce.number() });

/** A {@link Purge} by a procedure of the database. */
export function procedurePurge(client: Pick<BrokerClient, 'query'>, options: PurgeProcedure): Purge {
  const { what, procedure, parameters } = options;
  const named = Object.keys(parameters).map((name) => `@${name} = @${name}, `);
  const statement = `DECLARE @Purged BIGINT;
EXEC ${quoteQualifiedName(procedure)} ${named.join('')}@Purged = @Purged OUTPUT;
SELECT @Purged AS [purged];`;
  return {
    what,
    run: async (signal) => {
      const context = { operation: `purging ${what}` };
      const [row] = await client.query(statement, parameters, purgedRow, { signal, context });
      return row?.purged ?? 0;
    },
  };
}
