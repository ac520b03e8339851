import { eventually, type SeededRandom, seededRandom } from '@hartonomous/test-support';
import { expect } from 'vitest';
import { WorkerProcess } from '../worker-process.ts';
import type { ChaosWorld } from './chaos-world.ts';
import { allIsWell, type Expectations, type Tally } from './checker.ts';
import { form, longestWaitMs } from './form.ts';
import { type Changes, change, changeInTheEnd, type IdRanges, randomChanges, tenants } from './workload.ts';

/** Printed with each result; CHAOS_SEED plays a run's choices again. */
const baseSeed = Number(process.env.CHAOS_SEED || Date.now() % 1_000_000);

/** One scenario's own clean tables and graph, its workers, and its result. */
export class ChaosRun {
  readonly world: ChaosWorld;
  readonly name: string;
  readonly random: SeededRandom;
  /** Lowest ids of the run's own rows: identity values go on from run to run. */
  readonly firstAtom: number;
  readonly firstEdge: number;
  readonly #startedAt = performance.now();

  private constructor(
    world: ChaosWorld,
    name: string,
    first: { readonly firstAtom: number; readonly firstEdge: number },
  ) {
    this.world = world;
    this.name = name;
    this.firstAtom = first.firstAtom;
    this.firstEdge = first.firstEdge;
    this.random = seededRandom(baseSeed);
  }

  /** Servers up, ways open, tables and graph empty but for the tenants, whose messages are in the queue. */
  static async begin(world: ChaosWorld, name: string): Promise<ChaosRun> {
    await world.repair();
    await emptyQueue(world);
    await world.client.run(`
      IF OBJECT_ID(N'dbo.ChaosLedger') IS NULL
        CREATE TABLE dbo.ChaosLedger (LedgerId bigint IDENTITY (1, 1) NOT NULL PRIMARY KEY, Messages int NOT NULL);
      DELETE FROM dbo.AtomProvenance;
      DELETE FROM dbo.Atom;
      DELETE FROM dbo.Tenant;
      DELETE FROM dbo.Neo4jSyncLog;
      DELETE FROM dbo.Neo4jSyncDeadLetterQueue;
      DELETE FROM dbo.MessageRetry;
      DELETE FROM dbo.ChaosLedger;`);
    await world.cypher(`
      MATCH (n) WHERE n:Atom OR n:Tenant OR n:SyncTombstone
      CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS`);
    await world.client.run(
      `BEGIN TRANSACTION;
       INSERT INTO dbo.Tenant (TenantId, Name) SELECT j.[value], CONCAT(N'tenant ', j.[value]) FROM OPENJSON(@tenants) AS j;
       DECLARE @Requests dbo.Neo4jSyncRequestList;
       INSERT INTO @Requests (EntityType, EntityId) SELECT N'Tenant', t.TenantId FROM dbo.Tenant AS t;
       EXEC dbo.sp_EnqueueNeo4jSyncBatch @Requests = @Requests;
       INSERT INTO dbo.ChaosLedger (Messages) SELECT COUNT(*) FROM @Requests;
       COMMIT TRANSACTION;`,
      { tenants: JSON.stringify(tenants) },
    );
    const [row] = await world.sql(
      "SELECT IDENT_CURRENT(N'dbo.Atom') AS lastAtom, IDENT_CURRENT(N'dbo.AtomProvenance') AS lastEdge;",
    );
    return new ChaosRun(world, name, { firstAtom: Number(row?.lastAtom) + 1, firstEdge: Number(row?.lastEdge) + 1 });
  }

  /** A worker; the first settings are those of a worker on the world's servers. */
  worker(env: Readonly<Record<string, string>> = {}): WorkerProcess {
    return new WorkerProcess({ ...this.world.env(), ...env });
  }

  /** Atoms, in one transaction. */
  createAtoms(count: number): Promise<void> {
    const create = Array.from({ length: count }, (_, n) => ({ tenant: tenants[n % 3] ?? 1, text: `atom ${n}` }));
    return change(this.world, { create });
  }

  /** Changes of all kinds among what is there, in transactions of about 40 rows, until `messages` more are enqueued. */
  async changeAtRandom(messages: number): Promise<void> {
    const target = (await this.enqueued()) + messages;
    for (;;) {
      const left = target - (await this.inTheEnd(() => this.enqueued()));
      if (left <= 0) return;
      const changes = randomChanges(this.random, Math.min(left, 40), await this.inTheEnd(() => this.#ids()));
      await changeInTheEnd(this.world, changes);
    }
  }

  /** Messages that senders have committed. */
  async enqueued(): Promise<number> {
    const [row] = await this.world.sql('SELECT ISNULL(SUM(Messages), 0) AS n FROM dbo.ChaosLedger;');
    return Number(row?.n);
  }

  /** Messages that workers have accounted for. */
  async logged(): Promise<number> {
    const [row] = await this.world.sql('SELECT ISNULL(SUM(MessageCount), 0) AS n FROM dbo.Neo4jSyncLog;');
    return Number(row?.n);
  }

  /** Waits until workers have accounted for more than `messages`: they are in the middle of their work. */
  async progressBeyond(messages: number): Promise<number> {
    return await eventually(
      async () => {
        const logged = await this.logged();
        expect(logged).toBeGreaterThan(messages);
        return logged;
      },
      { timeoutMs: longestWaitMs, intervalMs: 5 },
    );
  }

  /** Tries again while the servers are away, or until what is expected has come. */
  async inTheEnd<T>(work: () => Promise<T>): Promise<T> {
    return await eventually(work, { timeoutMs: longestWaitMs, intervalMs: 50 });
  }

  /** A change that was chosen by hand. */
  change(changes: Changes): Promise<void> {
    return change(this.world, changes);
  }

  /** Asks for readiness until it is what it should be. */
  async readiness(worker: WorkerProcess, status: 200 | 503, timeoutMs = longestWaitMs): Promise<string> {
    return await eventually(
      async () => {
        const ready = await worker.ready();
        expect(ready.status, JSON.stringify(ready.entries)).toBe(status);
        return ready.entries
          .filter(({ state }) => state !== 'up')
          .map(({ name, reason }) => `${name}: ${reason}`)
          .join('; ');
      },
      { timeoutMs, intervalMs: 50 },
    );
  }

  /** Waits for the end of the work, checks everything, and prints the counts in one line. */
  async isWell(facts: Readonly<Record<string, number | string>>, expectations: Expectations = {}): Promise<Tally> {
    const tally = await allIsWell(this.world, expectations);
    const seconds = ((performance.now() - this.#startedAt) / 1000).toFixed(1);
    const said = Object.entries({ ...facts, ...tally, seed: this.random.seed }).map(
      ([name, value]) => `${name} ${value}`,
    );
    process.stdout.write(`chaos ${form}: ${this.name}: ${said.join(', ')}; all equal, ${seconds} s\n`);
    return tally;
  }

  async #ids(): Promise<IdRanges> {
    const [row] = await this.world.sql(
      `SELECT (SELECT ISNULL(MAX(AtomId), 0) FROM dbo.Atom) AS lastAtom,
        (SELECT ISNULL(MAX(AtomProvenanceId), 0) FROM dbo.AtomProvenance) AS lastEdge;`,
    );
    return {
      firstAtom: this.firstAtom,
      lastAtom: Math.max(this.firstAtom, Number(row?.lastAtom)),
      firstEdge: this.firstEdge,
      lastEdge: Math.max(this.firstEdge, Number(row?.lastEdge)),
    };
  }
}

/** What a scenario that failed has left. */
async function emptyQueue({ client }: ChaosWorld): Promise<void> {
  for (;;) {
    await using batch = await client.receiveBatch({ queue: 'dbo.Neo4jSyncQueue', batchSize: 2_000, waitMs: 0 });
    if (batch.isEmpty) return;
    await batch.endFinishedConversations();
    await batch.commit();
  }
}
