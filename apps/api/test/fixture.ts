import { type BrokerClient, connectBroker } from '@hartonomous/broker-client';
import { parseSqlConnectionString, toMssqlOptions } from '@hartonomous/config-loader';
import { sharedTestNeo4j, type TestNeo4j } from '@hartonomous/local-neo4j/shared-test-neo4j';
import { type ApiRole, createApiKey, deployDatabase, deployGraph } from '@hartonomous/operations';
import { startTestServer } from '@hartonomous/test-sql-server';
import { asRoleLogin, createRoleLogins } from '@hartonomous/test-support';
import { WorkerProgram } from '@hartonomous/test-support/worker-program';
import neo4jDriver, { type Driver } from 'neo4j-driver';

const database = 'Hartonomous';

/** An answer, read. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into it
  readonly body: any;
}

/** The API as a process, with the rights of its role, on a SQL Server of the test file's own and the Neo4j that files share. */
export class ApiFixture implements AsyncDisposable {
  readonly client: BrokerClient;
  readonly driver: Driver;
  readonly env: Readonly<Record<string, string>>;
  readonly #stack: AsyncDisposableStack;
  #program: WorkerProgram;

  private constructor(
    client: BrokerClient,
    driver: Driver,
    env: Readonly<Record<string, string>>,
    stack: AsyncDisposableStack,
  ) {
    this.client = client;
    this.driver = driver;
    this.env = env;
    this.#stack = stack;
    this.#program = this.#start();
  }

  /**
   * @param tenants that the database gets
   * @param neo4j instead of the one that files share
   */
  static async start(
    tenants: readonly number[],
    settings: Readonly<Record<string, string>> = {},
    neo4j: Promise<TestNeo4j> = sharedTestNeo4j(),
  ): Promise<ApiFixture> {
    await using stack = new AsyncDisposableStack();
    const [sql, { uri, username, password }] = await Promise.all([startTestServer(), neo4j]);
    const graph = { uri, username, password };
    stack.use(sql);
    const connection = sql.connectionString(database);
    await Promise.all([deployDatabase({ connection }), deployGraph({ connection: graph, backupFolder: null })]);
    await sql.run(
      database,
      createRoleLogins(),
      ...tenants.map((id) => `INSERT INTO dbo.Tenant (TenantId, Name) VALUES (${id}, N'tenant ${id}');`),
    );
    const client = stack.use(await connectBroker({ sql: { ...toMssqlOptions(parseSqlConnectionString(connection)) } }));
    const driver = stack.adopt(
      neo4jDriver.driver(graph.uri, neo4jDriver.auth.basic(graph.username, graph.password)),
      (opened) => opened.close(),
    );
    const env = {
      DOTNET_ENVIRONMENT: 'Test',
      ConnectionStrings__HartonomousDb: asRoleLogin(connection, 'api'),
      Neo4j__Uri: graph.uri,
      Neo4j__Username: graph.username,
      Neo4j__Password: graph.password,
      Api__Port: '0',
      LOG_LEVEL: 'debug',
      ...settings,
    };
    return new ApiFixture(client, driver, env, stack.move());
  }

  get program(): WorkerProgram {
    return this.#program;
  }

  /** Makes a key. */
  async key(role: ApiRole, tenantId: number, expiresAt?: Date): Promise<string> {
    const choice = { name: `${role} of ${tenantId}`, role, tenantId, expiresAt };
    return (await createApiKey(this.client, choice, AbortSignal.timeout(30_000))).key;
  }

  /** Where the API listens. */
  async address(): Promise<string> {
    const { port } = await this.#program.logged('API at http');
    return `http://127.0.0.1:${port}`;
  }

  /** Sends a request. */
  async send(path: string, key?: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (key !== undefined) headers.set('authorization', `Bearer ${key}`);
    return await fetch(`${await this.address()}${path}`, { ...init, headers });
  }

  /** Sends a request and reads its answer of JSON. */
  async ask(path: string, key?: string, init: RequestInit = {}): Promise<Answer> {
    const response = await this.send(path, key, init);
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
  }

  /** Posts JSON and reads its answer. */
  post(path: string, key: string, body: object): Promise<Answer> {
    const headers = { 'content-type': 'application/json' };
    return this.ask(path, key, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  /** What the rows of dbo.ApiAudit of an action have in detail, the oldest first. */
  async audit(action: string): Promise<readonly unknown[]> {
    const sql = 'SELECT a.Detail FROM dbo.ApiAudit AS a WHERE a.Action = @action ORDER BY a.ApiAuditId;';
    const [rows = []] = await this.client.querySets(sql, { action });
    return rows.map(({ Detail }) => JSON.parse(String(Detail)));
  }

  /** Kills the process and starts another one. */
  async killAndRestart(): Promise<void> {
    await this.#program.end();
    this.#program = this.#start();
    await this.address();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program.end();
    await this.#stack.disposeAsync();
  }

  #start(): WorkerProgram {
    return new WorkerProgram('api', this.env, { keptBy: 'suite' });
  }
}
