import { type BrokerClient, connectBroker, type SqlParameters } from '@hartonomous/broker-client';
import { parseSqlConnectionString, toMssqlOptions } from '@hartonomous/config-loader';
import { deployDatabase } from '@hartonomous/operations';
import { decodeVector } from '@hartonomous/provenance-schema';
import { type ServiceBrokerEmulator, startServiceBrokerEmulator } from '@hartonomous/service-broker-emulator';
import { asRoleLogin, createRoleLogins, eventually, readCommittedSnapshotUnderTest } from '@hartonomous/test-support';
import { WorkerProgram } from '@hartonomous/test-support/worker-program';
import { afterAll, beforeAll, expect } from 'vitest';
import { z } from 'zod';

/** The test server listens on loopback and lives for one test file. */
const saPassword = 'Embedding-generator!1';

type Row = Readonly<Record<string, unknown>>;

/** SQL Server with the database deployed and a model of 8 numbers enabled, of the test file's own. */
export class Fixture implements AsyncDisposable {
  readonly emulator: ServiceBrokerEmulator;
  readonly client: BrokerClient;
  /** Of sa, who deploys and looks. */
  readonly connectionString: string;
  /** Changes atoms with the rights of an application. */
  readonly application: BrokerClient;

  private constructor(
    emulator: ServiceBrokerEmulator,
    client: BrokerClient,
    application: BrokerClient,
    connectionString: string,
  ) {
    this.emulator = emulator;
    this.client = client;
    this.application = application;
    this.connectionString = connectionString;
  }

  static async start(): Promise<Fixture> {
    const emulator = await startServiceBrokerEmulator({
      port: 0,
      data: ':memory:',
      saPassword,
      databases: ['Hartonomous'],
      readCommittedSnapshot: readCommittedSnapshotUnderTest(),
    });
    const connectionString = `Server=127.0.0.1,${emulator.port};Database=Hartonomous;User Id=sa;Password="${saPassword}";TrustServerCertificate=True;`;
    await deployDatabase({ connection: connectionString });
    const connect = (text: string) => connectBroker({ sql: { ...toMssqlOptions(parseSqlConnectionString(text)) } });
    const client = await connect(connectionString);
    await client.run(createRoleLogins());
    await client.run("INSERT INTO dbo.Tenant (TenantId, Name) VALUES (1, N'one');");
    return new Fixture(emulator, client, await connect(asRoleLogin(connectionString, 'sender')), connectionString);
  }

  /** Takes jobs and vectors away and has one model, enabled for paragraphs. */
  async enable(modelName: string, dimension: number): Promise<void> {
    await this.client.run(
      `DELETE FROM dbo.EmbeddingUsage; DELETE FROM dbo.AtomEmbedding; DELETE FROM dbo.BackgroundJob; DELETE FROM dbo.EmbeddingModelAtomType;
       DELETE FROM dbo.EmbeddingModel; DELETE FROM dbo.AtomProvenance; DELETE FROM dbo.Atom;
       INSERT INTO dbo.EmbeddingModel (ModelKey, ModelName, Dimension, State)
       VALUES ('under_test', @modelName, @dimension, N'ENABLED');
       INSERT INTO dbo.EmbeddingModelAtomType (EmbeddingModelId, AtomType)
       SELECT m.EmbeddingModelId, N'paragraph' FROM dbo.EmbeddingModel AS m;`,
      { modelName, dimension },
    );
  }

  /** Inserts atoms and enqueues them in one transaction; gives their ids in order. */
  async insert(texts: readonly (string | null)[]): Promise<string[]> {
    const rows = await this.application.query(
      `SET XACT_ABORT ON;
       BEGIN TRANSACTION;
       DECLARE @Requests dbo.Neo4jSyncRequestList;
       INSERT INTO dbo.Atom (TenantId, AtomType, CanonicalText)
       OUTPUT N'Atom', inserted.AtomId, N'CREATE', 1 INTO @Requests (EntityType, EntityId, SyncType, TenantId)
       SELECT 1, N'paragraph', t.[text] FROM OPENJSON(@texts) WITH ([text] NVARCHAR(MAX) '$.text', [place] INT '$.place') AS t
       ORDER BY t.[place];
       EXEC dbo.sp_EnqueueNeo4jSyncBatch @Requests = @Requests;
       COMMIT TRANSACTION;
       SELECT r.EntityId AS id FROM @Requests AS r ORDER BY r.EntityId;`,
      { texts: JSON.stringify(texts.map((text, place) => ({ text, place }))) },
      z.object({ id: z.string() }),
    );
    return rows.map(({ id }) => id);
  }

  /** Changes the text of an atom and enqueues it. */
  async change(id: string, text: string | null): Promise<void> {
    await this.application.run(
      `UPDATE dbo.Atom SET CanonicalText = @text WHERE AtomId = @id;
       EXEC dbo.sp_EnqueueNeo4jSync @EntityType = N'Atom', @EntityId = @id, @SyncType = N'UPDATE';`,
      { id, text },
    );
  }

  /** Rows of a T-SQL query. */
  sql(text: string, parameters: SqlParameters = {}): Promise<Row[]> {
    return this.client.query(text, parameters, z.record(z.string(), z.unknown()));
  }

  /** Waits until no job is pending or running. */
  async idle(timeoutMs = 90_000): Promise<void> {
    await eventually(
      async () => {
        const open = await this.sql(
          `SELECT TOP (3) j.AtomId, j.Status, j.Attempts, j.ErrorText FROM dbo.BackgroundJob AS j
           WHERE j.Status IN (N'PENDING', N'RUNNING');`,
        );
        expect(open).toEqual([]);
      },
      { timeoutMs, intervalMs: 50 },
    );
  }

  /** Vectors by atom. */
  async vectors(): Promise<Map<string, number[]>> {
    const rows = await this.client.query(
      'SELECT e.AtomId AS atom, e.Vector AS vector FROM dbo.AtomEmbedding AS e;',
      {},
      z.object({ atom: z.string(), vector: z.instanceof(Buffer) }),
    );
    return new Map(rows.map(({ atom, vector }) => [atom, decodeVector(vector)]));
  }

  /** Jobs by status. */
  async statuses(): Promise<Row> {
    const rows = await this.sql(
      'SELECT j.Status AS status, COUNT(*) AS n FROM dbo.BackgroundJob AS j GROUP BY j.Status;',
    );
    return Object.fromEntries(rows.map(({ status, n }) => [status, n]));
  }

  /** The worker as a process of its own, with the rights of a worker, on a server in OpenAI's shape if one is given. */
  worker(endpoint: string | undefined, env: Readonly<Record<string, string>> = {}): WorkerProgram {
    const key: Record<string, string> =
      'Embedding__Provider__ApiKeyFile' in env ? {} : { Embedding__Provider__ApiKey: 'sk-under-test' };
    return new WorkerProgram('embedding-generator', {
      DOTNET_ENVIRONMENT: 'Development',
      ConnectionStrings__HartonomousDb: asRoleLogin(this.connectionString, 'worker'),
      Embedding__Model: 'text-embedding-3-small',
      Embedding__Dimension: '8',
      Embedding__ModelKey: 'under_test',
      ...(endpoint === undefined
        ? {}
        : { Embedding__Provider__Kind: 'openai', Embedding__Provider__Endpoint: endpoint, ...key }),
      ...env,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.client.close(), this.application.close()]);
    await this.emulator[Symbol.asyncDispose]();
  }
}

/** A fixture for all tests of a file, started before the first and closed after the last. */
export function fixtureOfFile(): () => Fixture {
  let fixture: Fixture | undefined;
  beforeAll(async () => {
    fixture = await Fixture.start();
  });
  afterAll(() => fixture?.[Symbol.asyncDispose]());
  return () => {
    if (fixture === undefined) throw new Error('The server has not been started.');
    return fixture;
  };
}
