import { type BrokerClient, connectBroker, type SqlParameters, sqlParameter } from '@hartonomous/broker-client';
import { parseSqlConnectionString, toMssqlOptions } from '@hartonomous/config-loader';
import { connectNeo4j, type GraphConnection } from '@hartonomous/graph-sync';
import { type BorrowedTestNeo4j, borrowTestNeo4j } from '@hartonomous/local-neo4j/shared-test-neo4j';
import { deployDatabase, deployGraph } from '@hartonomous/operations';
import { messageRetries, syncQueue } from '@hartonomous/provenance-schema';
import { type ServiceBrokerEmulator, startServiceBrokerEmulator } from '@hartonomous/service-broker-emulator';
import { asRoleLogin, createRoleLogins, eventually, readCommittedSnapshotUnderTest } from '@hartonomous/test-support';
import { afterAll, beforeAll, expect } from 'vitest';
import { z } from 'zod';

/** The test server listens on loopback and lives for one test file. */
const saPassword = 'Sync-worker!1';

type Row = Readonly<Record<string, unknown>>;

/** How the servers of a fixture are set. */
export interface FixtureOptions {
  /** READ_COMMITTED_SNAPSHOT of the database. @default as the whole run */
  readonly readCommittedSnapshot?: boolean;
}

/**
 * SQL Server with the database deployed and a Neo4j with the graph schema, both the test file's own. The Neo4j is borrowed from
 * the run rather than shared with files that run at the same time: several databases on one graph have ids in common, and the
 * sequence of each would be behind the numbers of the others, so that their workers would stop.
 */
export class Fixture implements AsyncDisposable {
  readonly emulator: ServiceBrokerEmulator;
  readonly neo4j: BorrowedTestNeo4j;
  readonly client: BrokerClient;
  readonly graph: GraphConnection;
  /** Of sa, who deploys and looks. */
  readonly connectionString: string;
  /** Changes rows and enqueues with the rights of an application. */
  readonly sender: BrokerClient;
  #tenants = 0;

  private constructor(
    emulator: ServiceBrokerEmulator,
    neo4j: BorrowedTestNeo4j,
    client: BrokerClient,
    sender: BrokerClient,
    graph: GraphConnection,
    connectionString: string,
  ) {
    this.emulator = emulator;
    this.neo4j = neo4j;
    this.client = client;
    this.sender = sender;
    this.graph = graph;
    this.connectionString = connectionString;
  }

  static async start({
    readCommittedSnapshot = readCommittedSnapshotUnderTest(),
  }: FixtureOptions = {}): Promise<Fixture> {
    const [emulator, neo4j] = await Promise.all([
      startServiceBrokerEmulator({
        port: 0,
        data: ':memory:',
        saPassword,
        databases: ['Hartonomous'],
        readCommittedSnapshot,
      }),
      borrowTestNeo4j({ schema: 'any' }),
    ]);
    const connectionString = `Server=127.0.0.1,${emulator.port};Database=Hartonomous;User Id=sa;Password="${saPassword}";TrustServerCertificate=True;`;
    await deployDatabase({ connection: connectionString });
    const { uri, username, password } = neo4j;
    await deployGraph({ connection: { uri, username, password } });
    await neo4j.keepSchema();
    const connect = (text: string) => connectBroker({ sql: { ...toMssqlOptions(parseSqlConnectionString(text)) } });
    const client = await connect(connectionString);
    await client.run(createRoleLogins());
    const sender = await connect(asRoleLogin(connectionString, 'sender'));
    const graph = await connectNeo4j({ uri, username, password });
    return new Fixture(emulator, neo4j, client, sender, graph, connectionString);
  }

  /** Of a login with the rights of a worker. */
  get workerConnectionString(): string {
    return asRoleLogin(this.connectionString, 'worker');
  }

  /** Settings of a worker on these servers. */
  get env(): Record<string, string> {
    return {
      DOTNET_ENVIRONMENT: 'Development',
      ConnectionStrings__HartonomousDb: this.workerConnectionString,
      Neo4j__Uri: this.neo4j.uri,
      Neo4j__Username: this.neo4j.username,
      Neo4j__Password: this.neo4j.password,
    };
  }

  /** Settings of the operators' command line, which needs more rights than a worker has. */
  get operatorEnv(): Record<string, string> {
    return { ...this.env, ConnectionStrings__HartonomousDb: this.connectionString };
  }

  /** A tenant that no other test has. */
  async newTenant(): Promise<number> {
    this.#tenants += 1;
    const id = 100 + this.#tenants;
    await this.client.run('INSERT INTO dbo.Tenant (TenantId, Name) VALUES (@id, @name);', { id, name: `tenant ${id}` });
    return id;
  }

  /** Creates atoms and enqueues them, all in one transaction. */
  async createAtoms(tenantId: number, count: number): Promise<bigint[]> {
    const texts = JSON.stringify(Array.from({ length: count }, (_, index) => `text ${index} of ${tenantId}`));
    await this.sender.run(
      `BEGIN TRANSACTION;
       INSERT INTO dbo.Atom (TenantId, ContentType, CanonicalText)
       SELECT @tenantId, N'text/plain', j.[value] FROM OPENJSON(@texts) AS j;
       DECLARE @Requests dbo.Neo4jSyncRequestList;
       INSERT INTO @Requests (EntityType, EntityId, SyncType)
       SELECT N'Atom', a.AtomId, N'CREATE' FROM dbo.Atom AS a WHERE a.TenantId = @tenantId;
       EXEC dbo.sp_EnqueueNeo4jSyncBatch @Requests = @Requests;
       COMMIT TRANSACTION;`,
      { tenantId, texts: sqlParameter.nvarchar(texts) },
    );
    const rows = await this.sql('SELECT AtomId AS id FROM dbo.Atom WHERE TenantId = @tenantId ORDER BY AtomId;', {
      tenantId,
    });
    return rows.map(({ id }) => BigInt(String(id)));
  }

  /** Rows of a T-SQL query. */
  sql(text: string, parameters: SqlParameters = {}): Promise<Row[]> {
    return this.client.query(text, parameters, z.record(z.string(), z.unknown()));
  }

  /** Rows of a Cypher query, integers as `bigint`. */
  async cypher(text: string, parameters: Row = {}): Promise<Row[]> {
    const { records } = await this.graph.driver.executeQuery(text, parameters);
    return records.map((record) => record.toObject());
  }

  /** Puts bodies on the queue as some other program would: past the procedure and its checks. */
  async sendBodies(...bodies: readonly (string | Uint8Array | null)[]): Promise<void> {
    await this.client.send({
      fromService: 'HartonomousInitiatorService',
      toService: 'Neo4jSyncService',
      contract: 'Neo4jSyncContract',
      messages: bodies.map((body) => ({ messageType: 'Neo4jSyncRequest', body })),
    });
  }

  /** Sync requests of a tenant in the queue or waiting for another try: a worker that was killed between its two commits leaves those of others. */
  async requestsInQueue(tenantId: number): Promise<number> {
    const [row] = await this.sql(
      `SELECT COUNT(*) AS n
       FROM (
         SELECT message_body AS body FROM dbo.Neo4jSyncQueue WITH (NOLOCK) WHERE message_type_name = N'Neo4jSyncRequest'
         UNION ALL
         SELECT MessageBody FROM dbo.MessageRetry WITH (NOLOCK) WHERE QueueName = N'dbo.Neo4jSyncQueue'
       ) AS waiting
       WHERE TRY_CONVERT(xml, body).value('(/Neo4jSync/TenantId)[1]', 'int') = @tenantId;`,
      { tenantId },
    );
    return Number(row?.n);
  }

  /** Waits until nothing is in the queue any more; what a transaction has received that is still open isn't there. */
  async queueIsEmpty(timeoutMs = 60_000): Promise<void> {
    await eventually(
      async () => {
        expect(await this.client.queueDepth(syncQueue.queue)).toBe(0);
        expect(await this.client.waitingRetries(syncQueue.queue, messageRetries)).toMatchObject({ messages: 0 });
      },
      { timeoutMs, intervalMs: 50 },
    );
  }

  /** Waits until a tenant's atoms in the graph are those in SQL, with their texts and their tenant. */
  async graphEqualsSql(tenantId: number, timeoutMs = 60_000): Promise<number> {
    return await eventually(
      async () => {
        const inSql = await this.sql(
          'SELECT AtomId AS id, CanonicalText AS text FROM dbo.Atom WHERE TenantId = @tenantId ORDER BY AtomId;',
          { tenantId },
        );
        const inGraph = await this.cypher(
          `MATCH (a:Atom {tenantId: $tenantId}) WHERE NOT coalesce(a.placeholder, false)
           OPTIONAL MATCH (a)-[:BELONGS_TO_TENANT]->(t:Tenant {tenantId: a.tenantId})
           RETURN a.id AS id, a.canonicalText AS text, count(t) AS tenants ORDER BY id`,
          { tenantId: BigInt(tenantId) },
        );
        expect(inGraph).toEqual(inSql.map(({ id, text }) => ({ id: BigInt(String(id)), text, tenants: 1n })));
        return inGraph.length;
      },
      { timeoutMs, intervalMs: 100 },
    );
  }

  /** Number of dead letters of a tenant. */
  async deadLetters(tenantId: number): Promise<number> {
    const [row] = await this.sql('SELECT COUNT(*) AS n FROM dbo.Neo4jSyncDeadLetterQueue WHERE TenantId = @tenantId;', {
      tenantId,
    });
    return Number(row?.n);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.client.close(), this.sender.close(), this.graph.close()]);
    await Promise.all([this.neo4j[Symbol.asyncDispose](), this.emulator[Symbol.asyncDispose]()]);
  }
}

/** A fixture for all tests of a file, started before the first and closed after the last; they keep apart by tenant. */
export function fixtureOfFile(options: FixtureOptions = {}): () => Fixture {
  let fixture: Fixture | undefined;
  beforeAll(async () => {
    fixture = await Fixture.start(options);
  });
  afterAll(() => fixture?.[Symbol.asyncDispose]());
  return () => {
    if (fixture === undefined) throw new Error('The servers have not been started.');
    return fixture;
  };
}
