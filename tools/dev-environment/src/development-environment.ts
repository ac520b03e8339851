import { createServer } from 'node:net';
import { join } from 'node:path';
import { type LocalNeo4j, startLocalNeo4j } from '@hartonomous/local-neo4j';
import { z } from 'zod';
import { ChildService } from './child-service.ts';
import { PortTakenError } from './errors.ts';
import { runHartonomous } from './hartonomous-command.ts';
import { databaseName, type EnvironmentOptions } from './options.ts';
import type { Report } from './report.ts';

/** The whole system on this machine: SQL emulator, Neo4j, both schemas deployed, the worker running. */
export interface DevelopmentEnvironment extends AsyncDisposable {
  readonly sqlPort: number;
  readonly neo4jUri: string;
  readonly worker: ChildService;
  readonly sql: ChildService;
}

const listeningSchema = z.object({ host: z.string(), port: z.int().min(1) });

/** The worker's line that says it has started to receive (runbook R4). */
const workerReadyLine = 'Polling Neo4jSyncQueue for messages';

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

/** Settings of worker and command line, as environment variables over their appsettings.json. */
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
  onWorkerLine: (line: string) => void,
  signal: AbortSignal,
): Promise<DevelopmentEnvironment> {
  await requireFreePort('SQL Server', options.sqlPort);
  await requireFreePort('Neo4j', options.neo4jPort);
  await requireFreePort("the worker's health endpoint", options.healthPort);

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

  report.heading('Starting neo4j-sync-worker');
  const worker = started.use(
    await ChildService.start(
      {
        name: 'neo4j-sync-worker',
        script: 'apps/neo4j-sync-worker/src/main.ts',
        args: [],
        env: {
          ...env,
          LOG_LEVEL: options.workerLogLevel,
          LOG_FORMAT: 'json',
          Health__Port: String(options.healthPort),
        },
        isReady: (line) => line.includes(workerReadyLine),
        startTimeoutMs: 60_000,
        onLine: onWorkerLine,
      },
      signal,
    ),
  );
  report.success('worker receives');
  const resources = started.move();
  return { sqlPort, neo4jUri: neo4j.uri, worker, sql, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}
