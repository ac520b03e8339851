import { randomUUID } from 'node:crypto';
import { type BrokerClient, connectBroker } from '@hartonomous/broker-client';
import { parseSqlConnectionString, toMssqlOptions } from '@hartonomous/config-loader';
import { borrowTestNeo4j } from '@hartonomous/local-neo4j/shared-test-neo4j';
import { WorkerProgram } from '@hartonomous/test-support/worker-program';
import { hartonomous } from '../hartonomous.ts';
import { type Login, newLogin, type ServerUnderTest } from './server-under-test.ts';

/**
 * An installation as operators make it: every program with a login of its own that has the rights of docs/operating.md and no
 * others.
 */
export class Installation implements AsyncDisposable {
  readonly database = `Hartonomous_${randomUUID().slice(0, 8)}`;
  readonly #server: ServerUnderTest;
  readonly #neo4j: Readonly<Record<string, string>>;
  readonly #stack: AsyncDisposableStack;
  readonly #logins = {
    deployer: newLogin('deployer'),
    worker: newLogin('worker'),
    sender: newLogin('sender'),
  };

  private constructor(server: ServerUnderTest, neo4j: Readonly<Record<string, string>>, stack: AsyncDisposableStack) {
    this.#server = server;
    this.#neo4j = neo4j;
    this.#stack = stack;
  }

  /** Makes the deployer's login, which may create databases; everything else is the deployer's and the tests' to do. */
  static async prepare(server: ServerUnderTest): Promise<Installation> {
    await using stack = new AsyncDisposableStack();
    const { uri, username, password } = stack.use(await borrowTestNeo4j());
    const neo4j = { Neo4j__Uri: uri, Neo4j__Username: username, Neo4j__Password: password };
    const installation = new Installation(server, neo4j, stack.move());
    const { deployer } = installation.#logins;
    await installation.administrate(
      createLogin(deployer),
      `ALTER SERVER ROLE [dbcreator] ADD MEMBER [${deployer.name}];`,
    );
    return installation;
  }

  /** Runs statements as the administrator, in master. */
  async administrate(...statements: readonly string[]): Promise<void> {
    for (const statement of statements) await this.#server.administrator.runBatch(statement);
  }

  /** Logins of the worker and of an application, with the roles of docs/operating.md, made by those who may. */
  async createRoleLogins(): Promise<void> {
    const { worker, sender } = this.#logins;
    await this.administrate(createLogin(worker), createLogin(sender));
    await using client = await this.connect('deployer');
    await client.runBatch(
      `CREATE USER [${worker.name}] FOR LOGIN [${worker.name}];
       ALTER ROLE [HartonomousWorker] ADD MEMBER [${worker.name}];
       CREATE USER [${sender.name}] FOR LOGIN [${sender.name}];
       ALTER ROLE [HartonomousSender] ADD MEMBER [${sender.name}];
       GRANT SELECT, INSERT, UPDATE ON [dbo].[Atom] TO [${sender.name}];
       GRANT SELECT, INSERT ON [dbo].[Tenant] TO [${sender.name}];`,
    );
  }

  /** Gives the worker's user a right besides those of its role. */
  async grantWorker(right: string): Promise<void> {
    await using client = await this.connect('deployer');
    await client.runBatch(`GRANT ${right} TO [${this.#logins.worker.name}];`);
  }

  /** Settings of a program that logs in as one of them. */
  env(who: 'deployer' | 'worker' | 'sender' | 'administrator'): Record<string, string> {
    const login = who === 'administrator' ? undefined : this.#logins[who];
    return {
      DOTNET_ENVIRONMENT: 'Development',
      ConnectionStrings__HartonomousDb: this.#server.connectionString(this.database, login),
      ...this.#neo4j,
    };
  }

  /** One connection, so one session and one pooled dialog. */
  async connect(who: 'deployer' | 'sender' | 'administrator'): Promise<BrokerClient & AsyncDisposable> {
    const settings = parseSqlConnectionString(this.env(who).ConnectionStrings__HartonomousDb ?? '');
    return await connectBroker({
      sql: { ...toMssqlOptions(settings) },
      singleSession: true,
      requestTimeoutMs: 120_000,
    });
  }

  /** Runs the command line as one of them. */
  cli(who: Parameters<Installation['env']>[0], ...args: readonly string[]) {
    return hartonomous(args, this.env(who));
  }

  /** Starts the workers with the worker's login and waits until they receive. */
  async startWorkers(): Promise<readonly WorkerProgram[]> {
    const workers = ['neo4j-sync-worker', 'ces-consumer', 'embedding-generator'].map((app) => {
      const worker = new WorkerProgram(app, this.env('worker'), { keptBy: 'suite' });
      return this.#stack.adopt(worker, (each) => each.end());
    });
    await Promise.all(workers.map((worker) => worker.polling()));
    return workers;
  }

  /** Ends what still runs, and removes database and logins where the server outlives the test file. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
    if (!this.#server.isReal) return;
    await this.administrate(
      `IF DB_ID(N'${this.database}') IS NOT NULL
       BEGIN
         ALTER DATABASE [${this.database}] SET SINGLE_USER WITH ROLLBACK IMMEDIATE;
         DROP DATABASE [${this.database}];
       END;`,
      ...Object.values(this.#logins).map(({ name }) => `IF SUSER_ID(N'${name}') IS NOT NULL DROP LOGIN [${name}];`),
    );
  }
}

function createLogin({ name, password }: Login): string {
  return `CREATE LOGIN [${name}] WITH PASSWORD = N'${password}';`;
}
