import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AzureEmulator, startAzureEmulator } from '@hartonomous/azure-emulator';
import { type LocalNeo4j, startLocalNeo4j } from '@hartonomous/local-neo4j';
import { type ServiceBrokerEmulator, startServiceBrokerEmulator } from '@hartonomous/service-broker-emulator';
import { repositoryRoot, UnitManager } from '@hartonomous/test-support';
import { buildArtifacts } from '../../src/build-artifacts.ts';

/** How a command of the command line ended. */
export interface CommandEnd {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const saPassword = 'Test-server!1';
const neo4jPassword = 'test-graph!1';
const commit = { id: '1'.repeat(40), seconds: 1_767_225_600 } as const;
const database = 'Hartonomous';

/**
 * The machine of an operator: artifacts that were downloaded, a SQL Server and a Neo4j that keep their data in folders, a stand-in for
 * systemd, and one for Azure. What is done to the servers themselves (a backup, a restore) is done to the folders of stopped ones; all
 * else is commands of `hartonomous`.
 */
export class InstalledSystem implements AsyncDisposable {
  readonly units: UnitManager;
  readonly azure: AzureEmulator;
  readonly #folder: string;
  #sql: ServiceBrokerEmulator;
  #neo4j: LocalNeo4j;
  #backups = 0;

  private constructor(parts: {
    folder: string;
    units: UnitManager;
    azure: AzureEmulator;
    sql: ServiceBrokerEmulator;
    neo4j: LocalNeo4j;
  }) {
    this.#folder = parts.folder;
    this.units = parts.units;
    this.azure = parts.azure;
    this.#sql = parts.sql;
    this.#neo4j = parts.neo4j;
  }

  /** Downloads the artifacts, so to speak, and starts servers without a database and without a graph. */
  static async start(): Promise<InstalledSystem> {
    await using stack = new AsyncDisposableStack();
    const folder = await mkdtemp(join(tmpdir(), 'runbooks-'));
    stack.defer(() => rm(folder, { recursive: true, force: true }));
    await buildArtifacts({
      ...{ root: repositoryRoot, out: join(folder, 'downloaded'), commit, archives: true },
      names: ['neo4j-sync', 'deploy-cli'],
    });
    const units = stack.use(await UnitManager.start());
    const azure = stack.use(await startAzureEmulator({ challenge: false }));
    const sql = stack.use(await startServiceBrokerEmulator({ port: 0, data: join(folder, 'sql'), saPassword }));
    const neo4j = stack.use(await startLocalNeo4j({ dataDir: join(folder, 'neo4j'), password: neo4jPassword }));
    const system = new InstalledSystem({ folder, units, azure, sql, neo4j });
    stack.move();
    return system;
  }

  /** Where releases are placed. */
  get root(): string {
    return join(this.#folder, 'workers');
  }

  /** A file that was downloaded. */
  downloaded(name: string): string {
    return join(this.#folder, 'downloaded', name);
  }

  /** Connection string of the administrator, or of a login of its own. */
  connectionString(user = 'sa', password = saPassword): string {
    return `Server=127.0.0.1,${this.#sql.port};Database=${database};User Id=${user};Password="${password}";TrustServerCertificate=True;`;
  }

  /** How the graph is reached. */
  get neo4j(): { readonly uri: string; readonly username: string; readonly password: string } {
    const { uri, username, password } = this.#neo4j;
    return { uri, username, password };
  }

  /** A file of settings beside those that `hartonomous service install` writes, as `systemctl edit` makes it. */
  async editService(worker: string, variables: Readonly<Record<string, string>>): Promise<void> {
    const folder = join(this.units.unitFolder, `hartonomous-worker@${worker}.service.d`);
    await mkdir(folder, { recursive: true });
    const lines = Object.entries(variables).map(([name, value]) => `Environment="${name}=${value}"\n`);
    await writeFile(join(folder, 'override.conf'), `[Service]\n${lines.join('')}`);
  }

  /** Runs a command of the downloaded command line, as the administrator of both servers, and gives how it ended. */
  async run(...args: readonly string[]): Promise<CommandEnd> {
    const { uri, username, password } = this.neo4j;
    const child = spawn(process.execPath, ['main.js', ...args], {
      cwd: this.downloaded('deploy-cli'),
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: this.units.path,
        HOME: this.#folder,
        ConnectionStrings__HartonomousDb: this.connectionString(),
        Neo4j__Uri: uri,
        Neo4j__Username: username,
        Neo4j__Password: password,
        AzureAppConfiguration__Enabled: 'False',
        KeyVault__Enabled: 'False',
      },
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const { promise, resolve, reject } = Promise.withResolvers<number | null>();
    child.once('error', reject).once('close', resolve);
    return { exitCode: await promise, stdout, stderr };
  }

  /** Runs a command that has to succeed. @returns what it printed */
  async done(...args: readonly string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await this.run(...args);
    if (exitCode !== 0) throw new Error(`hartonomous ${args.join(' ')} ended with ${exitCode}:\n${stdout}${stderr}`);
    return stdout;
  }

  /** `hartonomous service ...` and `release ...` on this machine's folders. */
  serviceOptions(): readonly string[] {
    return ['--manager', 'systemd', '--root', this.root, '--unit-folder', this.units.unitFolder];
  }

  /** Rows of a query, as `hartonomous sql --json` gives them. */
  async sql(text: string): Promise<readonly Record<string, unknown>[]> {
    const { sets } = JSON.parse(await this.done('sql', text, '--write', '--json')) as {
      sets: { rows: Record<string, unknown>[] }[];
    };
    return sets.at(-1)?.rows ?? [];
  }

  /** The first value of a query of the graph, as `hartonomous cypher --json` gives it. */
  async cypher(text: string): Promise<unknown> {
    const { rows } = JSON.parse(await this.done('cypher', text, '--json')) as { rows: unknown[][] };
    return rows[0]?.[0];
  }

  /** Copies the folder of SQL Server, which is stopped meanwhile. @returns the backup */
  async backUpSqlServer(): Promise<string> {
    const { port } = this.#sql;
    await this.#sql[Symbol.asyncDispose]();
    const backup = await this.#copy('sql');
    await this.#startSql(port);
    return backup;
  }

  /**
   * Has SQL Server have what a backup has, in the state that RESTORE on another server leaves it in: the broker is off, and the login of
   * the database's owner isn't there.
   */
  async restoreSqlServer(backup: string): Promise<void> {
    const { port } = this.#sql;
    await this.#sql[Symbol.asyncDispose]();
    await this.#replace('sql', backup);
    await this.#startSql(port);
    this.#sql.simulateRestore(database);
  }

  /** Copies the folder of Neo4j, which is stopped meanwhile. @returns the backup */
  async backUpNeo4j(): Promise<string> {
    await this.#neo4j.stop();
    const backup = await this.#copy('neo4j');
    await this.#startNeo4j();
    return backup;
  }

  /** Has Neo4j have what a backup has; without one, nothing. */
  async restoreNeo4j(backup: string | undefined): Promise<void> {
    await this.#neo4j.stop();
    await this.#replace('neo4j', backup);
    await this.#startNeo4j();
  }

  async #startSql(port: number): Promise<void> {
    this.#sql = await startServiceBrokerEmulator({ port, data: join(this.#folder, 'sql'), saPassword });
  }

  async #startNeo4j(): Promise<void> {
    const port = Number(new URL(this.#neo4j.uri).port);
    this.#neo4j = await startLocalNeo4j({ port, dataDir: join(this.#folder, 'neo4j'), password: neo4jPassword });
  }

  async #copy(server: string): Promise<string> {
    this.#backups += 1;
    const backup = join(this.#folder, 'backups', `${this.#backups}-${server}`);
    await cp(join(this.#folder, server), backup, { recursive: true });
    return backup;
  }

  async #replace(server: string, backup: string | undefined): Promise<void> {
    await rm(join(this.#folder, server), { recursive: true });
    if (backup === undefined) await mkdir(join(this.#folder, server));
    else await cp(backup, join(this.#folder, server), { recursive: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await using stack = new AsyncDisposableStack();
    stack.defer(() => rm(this.#folder, { recursive: true, force: true }));
    stack.use(this.azure);
    stack.defer(() => this.#sql[Symbol.asyncDispose]());
    stack.defer(() => this.#neo4j.stop());
    stack.use(this.units);
  }
}
