import { createServer } from 'node:net';
import { join } from 'node:path';
import { type LocalNeo4j, startLocalNeo4j } from '@hartonomous/local-neo4j';
import { z } from 'zod';
import { ChildService } from './child-service.ts';
import { PortTakenError } from './errors.ts';
import { runHartonomous } from './hartonomous-command.ts';
import { databaseName, type EnvironmentOptions } from './options.ts';
import type { Report } from './report.ts';

/** The whole system on this machine: SQL emulator, Neo4j, both schemas deployed, the workers running. */
export interface DevelopmentEnvironment extends AsyncDisposable {
  readonly sqlPort: number;
  readonly neo4jUri: string;
  /** Settings of workers and command line, as environment variables. */
  readonly env: Readonly<Record<string, string>>;
  readonly worker: ChildService;
  readonly consumer: ChildService;
  readonly sql: ChildService;
}

/** A worker's name and a line of its log. */
export type WorkerLineListener = (worker: string, line: string) => void;

const listeningSchema = z.object({ host: z.string(), port: z.int().min(1) });

/** The end of a worker's line that says it has started to receive (runbook R4). */
const workerReadyLine = 'Queue for messages...';

/** @throws {PortTakenError} now, and not after the other parts have been started */
async function requireFreePort(what: string, port: number): Promise<void> {
  if (port === 0) return;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const probe = createServer();
  probe.once('error', (error: NodeJS.ErrnoException) =>
    reject(error.code === 'EADDRINUSE' ? new PortTakenError(what, port) : error),
  );
  probe.listen(port, '127.0.0.1', () => probe.close(() => resolve()));
  await promise;
}

function startSql(options: EnvironmentOptions, signal: AbortSignal): Promise<ChildService> {
  const data = options.data === undefined ? ':memory:' : join(options.data, 'sql');
  return ChildService.start(
    {
      name: 'SQL Server emulator',
      script: 'tools/service-broker-emulator/src/cli.ts',
      args: ['--port', String(options.sqlPort), '--data', data, '--json'],
      env: { MSSQL_SA_PASSWORD: options.saPassword },
      isReady: (line) => line.startsWith('{'),
      startTimeoutMs: 30_000,
    },
    signal,
  );
}

function startNeo4j(options: EnvironmentOptions, report: Report, signal: AbortSignal): Promise<LocalNeo4j> {
  return startLocalNeo4j({
    port: options.neo4jPort,
    password: options.neo4jPassword,
    onProgress: (line) => report.progress(line),
    signal,
    ...(options.data === undefined ? {} : { dataDir: join(options.data, 'neo4j') }),
  });
}

/** Settings of workers and command line, as environment variables over their appsettings.json. */
function settings(sqlPort: number, neo4jUri: string, options: EnvironmentOptions): Record<string, string> {
  const password = options.saPassword.replaceAll('"', '""');
  return {
    DOTNET_ENVIRONMENT: 'Development',
    ConnectionStrings__HartonomousDb: `Server=127.0.0.1,${sqlPort};Database=${databaseName};User Id=sa;Password="${password}";Encrypt=True;TrustServerCertificate=True;`,
    Neo4j__Uri: neo4jUri,
    Neo4j__Username: 'neo4j',
    Neo4j__Password: options.neo4jPassword,
  };
}

/**
 * Starts everything, deploys both schemas with `hartonomous`, and starts the worker as a process of its own.
 *
 * @param onWorkerLine told of every line of the worker's log
 */
export async function startDevelopmentEnvironment(
  options: EnvironmentOptions,
  report: Report,
  onWorkerLine: WorkerLineListener,
  signal: AbortSignal,
): Promise<DevelopmentEnvironment> {
  await requireFreePort('SQL Server', options.sqlPort);
  await requireFreePort('Neo4j', options.neo4jPort);
  await requireFreePort("the sync worker's health endpoint", options.healthPort);
  await requireFreePort("the consumer's health endpoint", options.consumerHealthPort);

  await using started = new AsyncDisposableStack();
  report.heading('Starting SQL Server emulator and Neo4j');
  const [sqlStart, neo4jStart] = await Promise.allSettled([
    startSql(options, signal),
    startNeo4j(options, report, signal),
  ]);
  if (neo4jStart.status === 'fulfilled') started.use(neo4jStart.value);
  if (sqlStart.status === 'fulfilled') started.use(sqlStart.value);
  if (sqlStart.status === 'rejected') throw sqlStart.reason;
  if (neo4jStart.status === 'rejected') throw neo4jStart.reason;
  const sql = sqlStart.value;
  const neo4j = neo4jStart.value;
  const { port: sqlPort } = listeningSchema.parse(JSON.parse(sql.readyLine));
  report.success(`SQL Server emulator on 127.0.0.1:${sqlPort}`);
  report.success(`Neo4j ${neo4j.version} ${neo4j.edition} on ${neo4j.uri}`);

  const env = settings(sqlPort, neo4j.uri, options);
  report.heading('hartonomous database deploy');
  await runHartonomous(['database', 'deploy'], env, (line) => report.detail(line), signal);
  report.heading('hartonomous graph deploy');
  await runHartonomous(['graph', 'deploy', '--skip-backup'], env, (line) => report.detail(line), signal);

  report.heading('Starting neo4j-sync-worker and ces-consumer');
  const start = (name: string, healthPort: number) => {
    const own = { LOG_LEVEL: options.workerLogLevel, LOG_FORMAT: 'json', Health__Port: String(healthPort) };
    return ChildService.start(
      {
        name,
        script: `apps/${name}/src/main.ts`,
        args: [],
        env: { ...env, ...own },
        isReady: (line) => line.includes(workerReadyLine),
        startTimeoutMs: 60_000,
        onLine: (line) => onWorkerLine(name, line),
      },
      signal,
    );
  };
  const [workerStart, consumerStart] = await Promise.allSettled([
    start('neo4j-sync-worker', options.healthPort),
    start('ces-consumer', options.consumerHealthPort),
  ]);
  if (workerStart.status === 'fulfilled') started.use(workerStart.value);
  if (consumerStart.status === 'fulfilled') started.use(consumerStart.value);
  if (workerStart.status === 'rejected') throw workerStart.reason;
  if (consumerStart.status === 'rejected') throw consumerStart.reason;
  report.success('both receive');
  const resources = started.move();
  return {
    sqlPort,
    neo4jUri: neo4j.uri,
    env,
    worker: workerStart.value,
    consumer: consumerStart.value,
    sql,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
