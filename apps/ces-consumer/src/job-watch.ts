import { setTimeout as pause } from 'node:timers/promises';
import type { BrokerClient } from '@hartonomous/broker-client';
import { z } from 'zod';

/** States of jobs that have not ended. `queued`: in the queue still. `ready`: taken off it, waiting for a slot. */
const states = ['queued', 'ready', 'running', 'refused'] as const;

/** Jobs in one state. */
export interface JobCount {
  readonly state: (typeof states)[number];
  readonly jobs: number;
  /** Milliseconds since the oldest was enqueued, by the server's clock; null where there is none. */
  readonly oldestAgeMs: number | null;
}

const count = z.union([z.string(), z.number()]).transform(Number);
const countRow = z.object({ State: z.enum(states), Jobs: count, OldestAgeMs: count.nullable() });

/** Counts the jobs that have not ended, at intervals. */
export class JobWatch {
  readonly #client: Pick<BrokerClient, 'query'>;
  readonly #intervalMs: number;
  #latest: readonly JobCount[] | undefined;

  constructor(client: Pick<BrokerClient, 'query'>, intervalMs: number) {
    this.#client = client;
    this.#intervalMs = intervalMs;
  }

  /** Undefined while nobody knows: before the first look, and after one that failed. */
  get latest(): readonly JobCount[] | undefined {
    return this.#latest;
  }

  /** Looks until `signal` is aborted. A look that fails is left out: the receive loop reports that the server is away. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#latest = await this.#look(signal).catch(() => undefined);
      await pause(this.#intervalMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async #look(signal: AbortSignal): Promise<readonly JobCount[]> {
    const rows = await this.#client.query(
      // NOLOCK: what is being written counts as it is.
      `SELECT s.[State], COUNT_BIG(*) AS [Jobs], DATEDIFF_BIG(MILLISECOND, MIN(s.[EnqueuedAt]), SYSUTCDATETIME()) AS [OldestAgeMs]
       FROM (
         SELECT j.[EnqueuedAt],
           CASE j.[Status]
             WHEN N'QUEUED' THEN CASE WHEN j.[ReceivedAt] IS NULL THEN N'queued' ELSE N'ready' END
             WHEN N'RUNNING' THEN N'running'
             ELSE N'refused'
           END AS [State]
         FROM [dbo].[IngestionJob] AS j WITH (NOLOCK)
         WHERE j.[Status] IN (N'QUEUED', N'RUNNING', N'REFUSED')
       ) AS s
       GROUP BY s.[State];`,
      {},
      countRow,
      { signal, context: { operation: 'counting ingestion jobs' } },
    );
    return states.map((state) => {
      const row = rows.find(({ State }) => State === state);
      return { state, jobs: row?.Jobs ?? 0, oldestAgeMs: row?.OldestAgeMs ?? null };
    });
  }
}
