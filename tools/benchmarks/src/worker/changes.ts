import { setTimeout as pause } from 'node:timers/promises';
import mssql from 'mssql';
import type { Driver } from 'neo4j-driver';
import { atomsTenant } from './atoms.ts';
import type { BenchServers } from './bench-servers.ts';
import { type ExpectedText, GraphWatch } from './graph-watch.ts';
import { pace } from './pace.ts';

/** Atoms that are changed, one after the other; more than are ever under way at a time. */
export const changedAtoms = 2_000;

// Row and message in one transaction, in one round trip: what an application does.
const changeOneStatement = `
  SET XACT_ABORT ON;
  BEGIN TRANSACTION;
  UPDATE dbo.Atom SET CanonicalText = @text WHERE AtomId = @id;
  EXEC dbo.sp_EnqueueNeo4jSync @EntityType = N'Atom', @EntityId = @id, @SyncType = N'UPDATE';
  COMMIT TRANSACTION;`;

const directStatement = `
  MERGE (a:Atom {id: $id, tenantId: $tenantId}) SET a.canonicalText = $text
  MERGE (t:Tenant {tenantId: $tenantId})
  MERGE (a)-[:BELONGS_TO_TENANT]->(t)`;

/** Changes of atoms, each followed from its row to the graph. */
export class Changes {
  readonly #servers: BenchServers;
  readonly #watch: GraphWatch;
  #sent = 0;

  constructor(servers: BenchServers) {
    this.#servers = servers;
    this.#watch = new GraphWatch(servers.graph);
  }

  /** Changes made so far. */
  get sent(): number {
    return this.#sent;
  }

  /** Milliseconds of single changes, each beside a direct MERGE, with pauses in which the worker comes to rest. */
  async oneByOne(count: number, signal: AbortSignal) {
    const latencies: number[] = [];
    const direct: number[] = [];
    for (let index = 0; index < count; index += 1) {
      signal.throwIfAborted();
      const start = performance.now();
      latencies.push((await this.#change()) - start);
      await pause(10, undefined, { signal });
      direct.push(await directMerge(this.#servers.graph, index));
      await pause(10, undefined, { signal });
    }
    return { latencies, direct };
  }

  /**
   * Milliseconds of changes on a fixed timetable, from the moment at which each was due.
   *
   * @param onArrived called with each as it arrives
   */
  steady(
    perSecond: number,
    count: number,
    signal: AbortSignal,
    onArrived: (latencyMs: number) => void = () => undefined,
  ): Promise<readonly number[]> {
    return pace({ perSecond, count, signal }, async (_, dueAt) => {
      const latencyMs = (await this.#change()) - dueAt;
      onArrived(latencyMs);
      return latencyMs;
    });
  }

  /** Makes the next change and gives the moment of its arrival. */
  async #change(): Promise<number> {
    const index = this.#sent;
    this.#sent += 1;
    const id = (index % changedAtoms) + 1;
    const text = `change ${index}`;
    await this.#servers.sql
      .request()
      .input('id', mssql.BigInt, id)
      .input('text', mssql.NVarChar(mssql.MAX), text)
      .query(changeOneStatement);
    return await this.#watch.arrival({ id: BigInt(id), tenantId: BigInt(atomsTenant(id)), text });
  }
}

async function directMerge(graph: Driver, index: number): Promise<number> {
  // Atoms of its own, so that it meets the worker in no lock but the tenant's.
  const row: ExpectedText = {
    id: BigInt(1_000_000 + (index % changedAtoms)),
    tenantId: BigInt(atomsTenant(1)),
    text: `direct ${index}`,
  };
  const start = performance.now();
  await using session = graph.session();
  await session.executeWrite((transaction) => transaction.run(directStatement, row));
  return performance.now() - start;
}
