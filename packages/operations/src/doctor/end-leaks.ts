import { endLeakedConversations } from '@hartonomous/broker-client';
import type { SqlConnectionSettings } from '@hartonomous/config-loader';
import { workerQueues } from '@hartonomous/provenance-schema';
import { openSqlServer } from '../servers/sql-server.ts';

/** What was done about one queue. */
export interface EndedLeaks {
  readonly queue: string;
  /** Leaked conversations, at most the limit. */
  readonly found: number;
  /** How many of them were ended; the others were in a reader's hands or gone by then. */
  readonly ended: number;
}

/** Options of {@link endLeaks}. */
export interface EndLeaksOptions {
  readonly database: SqlConnectionSettings;
  /** Only of this one. @default all that workers read */
  readonly queue?: string;
  /** Most conversations of each queue. */
  readonly limit: number;
  /** Only counts them. */
  readonly isDryRun: boolean;
  /** Told what was counted, before anything is ended. */
  readonly onCounted: (queue: string, found: number) => void;
  /** Told after each that was ended or left alone. */
  readonly onProgress: (queue: string, ended: number, found: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Ends the leaked conversations of the workers' queues; safe while workers run.
 *
 * @throws BrokerError; what was ended before stays so
 */
export async function endLeaks(options: EndLeaksOptions): Promise<readonly EndedLeaks[]> {
  const { database, queue: chosen, limit, isDryRun, onCounted, onProgress, signal } = options;
  await using client = await openSqlServer(database, { signal });
  const results: EndedLeaks[] = [];
  for (const { queue } of workerQueues) {
    if (chosen !== undefined && chosen !== queue) continue;
    const { found } = await endLeakedConversations(client, { queue, limit, isDryRun: true, signal });
    onCounted(queue, found.length);
    if (isDryRun || found.length === 0) {
      results.push({ queue, found: found.length, ended: 0 });
      continue;
    }
    const done = await endLeakedConversations(client, {
      queue,
      limit,
      signal,
      onProgress: (progress) => onProgress(queue, progress.ended, progress.found),
    });
    results.push({ queue, found: done.found.length, ended: done.ended });
  }
  return results;
}
