import { setTimeout as pause } from 'node:timers/promises';
import type { BrokerClient } from '@hartonomous/broker-client';
import { type GraphConnection, pingGraph } from '@hartonomous/graph-sync';
import { type DependencyReadiness, reasonOf } from '@hartonomous/worker-host';

/** What is looked at. */
export interface ProbeOptions {
  readonly client: BrokerClient;
  readonly graph: GraphConnection;
  readonly readiness: { readonly sql: DependencyReadiness; readonly graph: DependencyReadiness };
  /** Milliseconds between two checks. */
  readonly intervalMs: number;
  readonly signal: AbortSignal;
}

/** Milliseconds between two checks while a server is away. */
const awayIntervalMs = 1_000;

/** Checks both servers at intervals until `signal` is aborted, and reports to health. Never rejects. */
export async function probe({ client, graph, readiness, intervalMs, signal }: ProbeOptions): Promise<void> {
  while (!signal.aborted) {
    const areUp = await Promise.all([
      look(readiness.sql, signal, () => client.run('SELECT 1 AS [one];', {}, { signal })),
      // Bounded: of a server that is silent it would never be known that it is away.
      look(readiness.graph, signal, () => pingGraph(graph)),
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
