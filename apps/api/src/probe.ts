import { setTimeout as pause } from 'node:timers/promises';
import type { BrokerClient } from '@hartonomous/broker-client';
import { type GraphConnection, translateError } from '@hartonomous/graph-sync';
import { type DependencyReadiness, reasonOf } from '@hartonomous/worker-host';

/** What is looked at. */
export interface ProbeOptions {
  readonly client: BrokerClient;
  readonly graph: GraphConnection;
  readonly readiness: { readonly sql: DependencyReadiness; readonly graph: DependencyReadiness };
  /** Milliseconds between two looks. */
  readonly intervalMs: number;
  readonly signal: AbortSignal;
}

/** Milliseconds between two looks while a server is away. */
const awayIntervalMs = 1_000;

/** Looks at both servers at intervals until `signal` is aborted, and tells health. Never rejects. */
export async function probe({ client, graph, readiness, intervalMs, signal }: ProbeOptions): Promise<void> {
  const { uri, database } = graph;
  while (!signal.aborted) {
    const areUp = await Promise.all([
      look(readiness.sql, signal, () => client.run('SELECT 1 AS [one];', {}, { signal })),
      look(readiness.graph, signal, async () => {
        try {
          await graph.driver.executeQuery('RETURN 1', {}, { database });
        } catch (error) {
          throw translateError(error, { uri, database });
        }
      }),
    ]);
    const waitMs = areUp.every(Boolean) ? intervalMs : Math.min(intervalMs, awayIntervalMs);
    await pause(waitMs, undefined, { signal }).catch(() => undefined);
  }
}

async function look(state: DependencyReadiness, signal: AbortSignal, ask: () => Promise<unknown>): Promise<boolean> {
  try {
    await ask();
    state.up();
    return true;
  } catch (error) {
    if (!signal.aborted) state.down(reasonOf(error));
    return false;
  }
}
