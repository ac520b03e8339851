import { setTimeout as delay } from 'node:timers/promises';
import { parseSqlConnectionString } from '@hartonomous/config-loader';
import { connectNeo4j } from '@hartonomous/graph-sync';
import type { TestNeo4j } from '@hartonomous/local-neo4j/shared-test-neo4j';
import { openSqlServer } from '@hartonomous/operations';
import type { TestServer } from '@hartonomous/test-sql-server';
import { eventually } from '@hartonomous/test-support';
import { expect } from 'vitest';
import { z } from 'zod';

/** What a load came to. */
export interface LoadFigures {
  readonly changes: number;
  readonly perSecond: number;
  /** Between two batches that reached the graph while changes came. */
  readonly longestGapMs: number;
  /** Versions of the workers that did it, in the order of their first batches. */
  readonly versions: readonly string[];
}

/** Changes that a hundred a second are made of: ten, ten times a second. */
const perBurst = 10;
const burstMs = 100;

type Client = Awaited<ReturnType<typeof openSqlServer>>;

/** A hundred changes a second of one tenant, row and message in one transaction, until it is finished. */
export class SyncLoad implements AsyncDisposable {
  readonly tenantId: number;
  readonly #client: Client;
  readonly #stop = new AbortController();
  readonly #begunAt = performance.now();
  #running: Promise<void>;
  #changes = 0;

  private constructor(client: Client, tenantId: number) {
    this.#client = client;
    this.tenantId = tenantId;
    this.#running = this.#run();
    this.#running.catch(() => undefined);
  }

  static async start(sql: TestServer, database: string, tenantId: number): Promise<SyncLoad> {
    const client = await openSqlServer(parseSqlConnectionString(sql.connectionString(database)));
    await client.run("INSERT INTO dbo.Tenant (TenantId, Name) VALUES (@id, N'load');", { id: tenantId });
    const load = new SyncLoad(client, tenantId);
    await eventually(() => expect(load.#changes).toBeGreaterThan(0));
    return load;
  }

  /** Ends the load, waits until everything was accounted for, and reads the figures. */
  async finish(): Promise<LoadFigures> {
    this.#stop.abort();
    await this.#running;
    const seconds = (performance.now() - this.#begunAt) / 1_000;
    const { tenantId } = this;
    await eventually(
      async () => {
        const [row] = await this.#client.query(
          "SELECT COUNT(DISTINCT l.EntityId) AS n FROM dbo.Neo4jSyncLog AS l WHERE l.TenantId = @tenantId AND l.EntityType = N'Atom';",
          { tenantId },
          z.object({ n: z.int() }),
        );
        expect(row?.n).toBe(this.#changes);
      },
      { timeoutMs: 60_000 },
    );
    const batches = await this.#client.query(
      `SELECT MIN(l.LoggedAt) AS [at], MIN(w.[Version]) AS [version]
       FROM dbo.Neo4jSyncLog AS l
       LEFT JOIN dbo.WorkerInstance AS w ON w.WorkerInstanceId = l.WorkerInstanceId
       WHERE l.TenantId = @tenantId
       GROUP BY l.SyncSequence
       ORDER BY MIN(l.LoggedAt);`,
      { tenantId },
      z.object({ at: z.date(), version: z.string() }),
    );
    const gaps = batches.slice(1).map(({ at }, place) => at.getTime() - (batches[place]?.at.getTime() ?? 0));
    return {
      changes: this.#changes,
      perSecond: this.#changes / seconds,
      longestGapMs: Math.max(0, ...gaps),
      versions: [...new Set(batches.map(({ version }) => version))],
    };
  }

  /** Number of atoms, when those in the graph are those in SQL. */
  async graphEqualsSql({ uri, username, password }: TestNeo4j): Promise<number> {
    await using graph = await connectNeo4j({ uri, username, password });
    const { tenantId } = this;
    const inSql = await this.#client.query(
      'SELECT a.AtomId AS id, a.CanonicalText AS text FROM dbo.Atom AS a WHERE a.TenantId = @tenantId ORDER BY a.AtomId;',
      { tenantId },
      z.object({ id: z.coerce.string(), text: z.string() }),
    );
    return await eventually(async () => {
      const { records } = await graph.driver.executeQuery(
        'MATCH (a:Atom {tenantId: $tenantId}) RETURN toString(a.id) AS id, a.canonicalText AS text ORDER BY a.id',
        { tenantId: BigInt(tenantId) },
      );
      expect(records.map((record) => record.toObject())).toEqual(inSql);
      return records.length;
    });
  }

  async #run(): Promise<void> {
    let dueAt = performance.now();
    while (!this.#stop.signal.aborted) {
      await this.#burst();
      this.#changes += perBurst;
      dueAt += burstMs;
      await delay(Math.max(0, dueAt - performance.now()));
    }
  }

  async #burst(): Promise<void> {
    await this.#client.run(
      `BEGIN TRANSACTION;
       DECLARE @Requests dbo.Neo4jSyncRequestList;
       INSERT INTO dbo.Atom (TenantId, ContentType, CanonicalText)
       SELECT @tenantId, N'text/plain', CONCAT(N'change ', @first + j.[key]) FROM OPENJSON(@places) AS j;
       INSERT INTO @Requests (EntityType, EntityId, SyncType)
       SELECT TOP (${perBurst}) N'Atom', a.AtomId, N'CREATE' FROM dbo.Atom AS a WHERE a.TenantId = @tenantId ORDER BY a.AtomId DESC;
       EXEC dbo.sp_EnqueueNeo4jSyncBatch @Requests = @Requests;
       COMMIT TRANSACTION;`,
      {
        tenantId: this.tenantId,
        first: this.#changes,
        places: JSON.stringify(Array.from({ length: perBurst }, () => 0)),
      },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running.catch(() => undefined);
    await this.#client.close();
  }
}
