import { type BrokerClient, connectBroker, type SqlParameters, sqlParameter } from '@hartonomous/broker-client';
import { parseSqlConnectionString, toMssqlOptions } from '@hartonomous/config-loader';
import { deployDatabase } from '@hartonomous/operations';
import { type ServiceBrokerEmulator, startServiceBrokerEmulator } from '@hartonomous/service-broker-emulator';
import { asRoleLogin, createRoleLogins, eventually, readCommittedSnapshotUnderTest } from '@hartonomous/test-support';
import { afterAll, beforeAll, expect } from 'vitest';
import { z } from 'zod';

/** The test server listens on loopback and lives for one test file. */
const saPassword = 'Ces-consumer!1';

type Row = Readonly<Record<string, unknown>>;

/** How the server of a fixture is set. */
export interface FixtureOptions {
  /** READ_COMMITTED_SNAPSHOT of the database. @default as the whole run */
  readonly readCommittedSnapshot?: boolean;
}

/** A row of dbo.IngestionJob. */
export interface JobRow {
  readonly Status: string;
  readonly ErrorCode: string | null;
  readonly ErrorText: string | null;
  readonly Notes: string | null;
  readonly Letters: string | null;
  readonly ShareNotUnderstood: number | null;
  readonly DocumentAtomId: string | null;
  readonly Atomizer: string | null;
  readonly PieceCount: number | null;
  readonly AtomCount: number | null;
  readonly EdgeCount: number | null;
  readonly ByteCount: string | null;
  readonly Attempts: number;
}

/** What is enqueued in a test. */
export interface GivenFile {
  readonly name: string;
  readonly tenantId: number;
  readonly data?: Uint8Array | string;
  readonly uri?: string;
  readonly encoding?: string;
  readonly strict?: boolean;
  readonly classification?: string;
  readonly again?: boolean;
}

/** SQL Server with the database deployed, of the test file's own. */
export class Fixture implements AsyncDisposable {
  readonly emulator: ServiceBrokerEmulator;
  readonly client: BrokerClient;
  /** Of sa, who deploys and looks. */
  readonly connectionString: string;
  /** Enqueues with the rights of an application. */
  readonly sender: BrokerClient;
  #tenants = 0;

  private constructor(
    emulator: ServiceBrokerEmulator,
    client: BrokerClient,
    sender: BrokerClient,
    connectionString: string,
  ) {
    this.emulator = emulator;
    this.client = client;
    this.sender = sender;
    this.connectionString = connectionString;
  }

  static async start({
    readCommittedSnapshot = readCommittedSnapshotUnderTest(),
  }: FixtureOptions = {}): Promise<Fixture> {
    const emulator = await startServiceBrokerEmulator({
      port: 0,
      data: ':memory:',
      saPassword,
      databases: ['Hartonomous'],
      readCommittedSnapshot,
    });
    const connectionString = `Server=127.0.0.1,${emulator.port};Database=Hartonomous;User Id=sa;Password="${saPassword}";TrustServerCertificate=True;`;
    await deployDatabase({ connection: connectionString });
    const connect = (text: string) => connectBroker({ sql: { ...toMssqlOptions(parseSqlConnectionString(text)) } });
    const client = await connect(connectionString);
    await client.run(createRoleLogins());
    const sender = await connect(asRoleLogin(connectionString, 'sender'));
    return new Fixture(emulator, client, sender, connectionString);
  }

  /** Of a login with the rights of a worker. */
  get workerConnectionString(): string {
    return asRoleLogin(this.connectionString, 'worker');
  }

  /** Settings of a worker on this server. */
  get env(): Record<string, string> {
    return { DOTNET_ENVIRONMENT: 'Development', ConnectionStrings__HartonomousDb: this.workerConnectionString };
  }

  /** A tenant that no other test has, also none of another test file on the shared Neo4j. */
  async newTenant(): Promise<number> {
    this.#tenants += 1;
    const id = 1_000_000 + (process.pid % 1_000_000) * 1_000 + this.#tenants;
    await this.client.run('INSERT INTO dbo.Tenant (TenantId, Name) VALUES (@id, @name);', { id, name: `tenant ${id}` });
    return id;
  }

  /** Enqueues a file by the procedure; gives its job. */
  async enqueue({ name, tenantId, data, uri, encoding, strict, again, classification }: GivenFile): Promise<bigint> {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data;
    const [row] = await this.sender.query(
      `DECLARE @Job BIGINT;
       EXEC dbo.sp_EnqueueIngestion @FileName = @name, @FileData = @data, @TenantId = @tenantId, @SourceUri = @uri,
         @Encoding = @encoding, @Strict = @strict, @Again = @again, @Classification = @classification, @IngestionJobId = @Job OUTPUT;
       SELECT @Job AS job;`,
      {
        ...{ name, data: sqlParameter.varbinary(bytes ?? null), tenantId, uri: uri ?? null },
        ...{ encoding: encoding ?? null, strict: strict === true, again: again === true },
        classification: classification ?? null,
      },
      z.record(z.string(), z.unknown()),
    );
    return BigInt(String(row?.job));
  }

  /** Puts bodies on the queue as some other program would: past the procedure and its checks. */
  async sendBodies(...bodies: readonly (string | Uint8Array | null)[]): Promise<void> {
    await this.client.send({
      fromService: 'HartonomousInitiatorService',
      toService: 'IngestionService',
      contract: 'IngestionContract',
      messages: bodies.map((body) => ({ messageType: 'IngestionRequest', body })),
    });
  }

  /** Rows of a T-SQL query. */
  sql(text: string, parameters: SqlParameters = {}): Promise<Row[]> {
    return this.client.query(text, parameters, z.record(z.string(), z.unknown()));
  }

  async job(id: bigint): Promise<JobRow> {
    const [row] = await this.sql('SELECT * FROM dbo.IngestionJob WHERE IngestionJobId = @id;', { id });
    return row as unknown as JobRow;
  }

  /** Waits until a job has come to an end. */
  ended(id: bigint, timeoutMs = 60_000): Promise<JobRow> {
    return eventually(
      async () => {
        const job = await this.job(id);
        expect(job.Status).toMatch(/^(COMPLETED|UNCHANGED|DEAD_LETTERED)$/);
        return job;
      },
      { timeoutMs, intervalMs: 50 },
    );
  }

  async count(from: string, parameters: SqlParameters = {}): Promise<number> {
    const [row] = await this.sql(`SELECT COUNT(*) AS n FROM ${from};`, parameters);
    return Number(row?.n);
  }

  /**
   * What must hold of a tenant's atoms whatever has happened: no content twice (but documents, of which each reading has one), as many references as edges, no edge
   * twice, and nothing without its message to the sync.
   */
  async isSound(tenantId: number): Promise<void> {
    const twice = await this.sql(
      `SELECT a.AtomType, COUNT(*) AS n FROM dbo.Atom AS a WHERE a.TenantId = @tenantId
         AND NOT EXISTS (SELECT 1 FROM dbo.DocumentReading AS r WHERE r.TenantId = @tenantId AND r.ContentHash = a.ContentHash)
       GROUP BY a.AtomType, a.ContentHash HAVING COUNT(*) > 1;`,
      { tenantId },
    );
    expect(twice).toEqual([]);
    const miscounted = await this.sql(
      `SELECT a.AtomId, a.ReferenceCount, ISNULL(p.n, 0) AS edges
       FROM dbo.Atom AS a
       LEFT JOIN (SELECT ChildAtomId, COUNT(*) AS n FROM dbo.AtomProvenance GROUP BY ChildAtomId) AS p
         ON p.ChildAtomId = a.AtomId
       WHERE a.TenantId = @tenantId
         AND a.ReferenceCount <> CASE WHEN a.AtomType = N'document' THEN 1 ELSE ISNULL(p.n, 0) END;`,
      { tenantId },
    );
    expect(miscounted).toEqual([]);
    const edgesTwice = await this.sql(
      `SELECT ChildAtomId, ParentAtomId FROM dbo.AtomProvenance WHERE TenantId = @tenantId
       GROUP BY ChildAtomId, ParentAtomId, SequenceNumber, DerivationType HAVING COUNT(*) > 1;`,
      { tenantId },
    );
    expect(edgesTwice).toEqual([]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.client.close(), this.sender.close()]);
    await this.emulator[Symbol.asyncDispose]();
  }
}

/**
 * A fixture for all tests of a file, started before the first and closed after the last. Each file has a server of its own
 * (the stand-in costs no more than its deployment); the tests of a file keep apart by tenant and run one after another.
 */
export function fixtureOfFile(options: FixtureOptions = {}): () => Fixture {
  let fixture: Fixture | undefined;
  beforeAll(async () => {
    fixture = await Fixture.start(options);
  });
  afterAll(() => fixture?.[Symbol.asyncDispose]());
  return () => {
    if (fixture === undefined) throw new Error('The server has not been started.');
    return fixture;
  };
}
