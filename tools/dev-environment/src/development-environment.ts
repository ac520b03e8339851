import { createServer } from 'node:net';
import { join } from 'node:path';
import { embeddingSettings, type LocalModel, localModelIfPossible } from '@hartonomous/local-model';
import { type LocalNeo4j, startLocalNeo4j } from '@hartonomous/local-neo4j';
import { ChildService, describeExit, emulatorPort, sourceCommand } from '@hartonomous/test-support';
import { PortTakenError } from './errors.ts';
import { runHartonomous } from './hartonomous-command.ts';
import { databaseName, type EnvironmentOptions } from './options.ts';
import { findPortHolder } from './port-holder.ts';
import type { Report } from './report.ts';

/** The whole system on this machine: SQL emulator, Neo4j, both schemas deployed, the workers running. */
export interface DevelopmentEnvironment extends AsyncDisposable {
  readonly sqlPort: number;
  readonly neo4jUri: string;
  /** Settings of workers and command line, as environment variables. */
  readonly env: Readonly<Record<string, string>>;
  /** Name of the model that atoms are embedded with: a real one, or hashing where it can't be had. */
  readonly embeddingModel: string;
  /** What runs, each with a promise that resolves when it ends, with how it did. */
  readonly parts: readonly { readonly name: string; readonly exited: Promise<string> }[];
}

/** A worker's name and a line of its log. */
export type WorkerLineListener = (worker: string, line: string) => void;

/** The end of a worker's line that says it has started to receive (runbook R4). */
const workerReadyLine = 'Queue for messages...';

/** @throws {PortTakenError} now, and not after the other parts have been started */
async function requireFreePort(what: string, port: number): Promise<void> {
  if (port === 0) return;
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const probe = createServer();
  probe.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(false) : reject(error)));
  probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  if (!(await promise)) throw new PortTakenError(what, port, await findPortHolder(port));
}

function startSql(options: EnvironmentOptions, signal: AbortSignal) {
  const data = options.data === undefined ? ':memory:' : join(options.data, 'sql');
  const args = ['--port', String(options.sqlPort), '--data', data, '--json'];
  return ChildService.start({
    name: 'SQL Server emulator',
    args: sourceCommand('tools/service-broker-emulator/src/cli.ts', args),
    env: { ...process.env, MSSQL_SA_PASSWORD: options.saPassword },
    ownGroup: true,
    ready: emulatorPort,
    startTimeoutMs: 30_000,
    signal,
  });
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
function settings(
  sqlPort: number,
  neo4jUri: string,
  model: LocalModel | undefined,
  options: EnvironmentOptions,
): Record<string, string> {
  const password = options.saPassword.replaceAll('"', '""');
  return {
    DOTNET_ENVIRONMENT: 'Development',
    ConnectionStrings__HartonomousDb: `Server=127.0.0.1,${sqlPort};Database=${databaseName};User Id=sa;Password="${password}";Encrypt=True;TrustServerCertificate=True;`,
    Neo4j__Uri: neo4jUri,
    Neo4j__Username: 'neo4j',
    Neo4j__Password: options.neo4jPassword,
    ...embeddingSettings(model),
  };
}

/**
 * Starts everything, deploys both schemas with `hartonomous`, enables an embedding model, and starts each worker as a process of its own.
 *
 * @param onWorkerLine called with every line of the worker's log
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
  await requireFreePort("the embedding worker's health endpoint", options.generatorHealthPort);

  await using started = new AsyncDisposableStack();
  report.heading('Starting SQL Server emulator and Neo4j');
  // A failure is reported at once, and not after the other one is up.
  const givenUp = new AbortController();
  const giveUp = (error: unknown) => {
    givenUp.abort(error);
    throw error;
  };
  const either = AbortSignal.any([signal, givenUp.signal]);
  const [sqlStart, neo4jStart, modelStart] = await Promise.allSettled([
    startSql(options, either).catch(giveUp),
    startNeo4j(options, report, either).catch(giveUp),
    localModelIfPossible({ onProgress: (line) => report.progress(line), signal: either }).catch(giveUp),
  ]);
  if (neo4jStart.status === 'fulfilled') started.use(neo4jStart.value);
  if (sqlStart.status === 'fulfilled') started.use(sqlStart.value.service);
  givenUp.signal.throwIfAborted();
  if (sqlStart.status === 'rejected') throw sqlStart.reason;
  if (neo4jStart.status === 'rejected') throw neo4jStart.reason;
  if (modelStart.status === 'rejected') throw modelStart.reason;
  const { service: sql, found: sqlPort } = sqlStart.value;
  const neo4j = neo4jStart.value;
  report.success(`SQL Server emulator on 127.0.0.1:${sqlPort}`);
  report.success(`Neo4j ${neo4j.version} ${neo4j.edition} on ${neo4j.uri}`);

  const { model, problem } = modelStart.value;
  const env = settings(sqlPort, neo4j.uri, model, options);
  const embeddingModel = env.Embedding__Model ?? '';
  if (model === undefined) report.line(`  ! ${problem}`);
  else report.success(`embedding model ${model.name} in ${model.folder}`);
  report.heading('hartonomous database deploy');
  await runHartonomous(['database', 'deploy'], env, (line) => report.detail(line), signal);
  report.heading('hartonomous graph deploy');
  await runHartonomous(['graph', 'deploy', '--skip-backup'], env, (line) => report.detail(line), signal);

  report.heading(`hartonomous embeddings enable ${embeddingModel}`);
  await runHartonomous(['embeddings', 'enable', embeddingModel], env, (line) => report.detail(line), signal);

  report.heading('Starting neo4j-sync-worker, ces-consumer and embedding-generator');
  const start = (name: string, healthPort: number) => {
    const own = { LOG_LEVEL: options.workerLogLevel, LOG_FORMAT: 'json', Health__Port: String(healthPort) };
    return ChildService.start({
      name,
      args: sourceCommand(`apps/${name}/src/main.ts`),
      env: { ...process.env, ...env, ...own },
      ownGroup: true,
      ready: (line) => line.includes(workerReadyLine) || undefined,
      onLine: (line) => onWorkerLine(name, line),
      signal,
    });
  };
  const starts = await Promise.allSettled([
    start('neo4j-sync-worker', options.healthPort),
    start('ces-consumer', options.consumerHealthPort),
    start('embedding-generator', options.generatorHealthPort),
  ]);
  const workers = starts.flatMap((each) => (each.status === 'fulfilled' ? [started.use(each.value.service)] : []));
  for (const each of starts) if (each.status === 'rejected') throw each.reason;
  report.success('all receive');
  const resources = started.move();
  return {
    sqlPort,
    neo4jUri: neo4j.uri,
    env,
    embeddingModel,
    parts: [
      ...workers.map(({ name, exited }) => ({ name, exited: exited.then(describeExit) })),
      { name: 'the SQL Server emulator', exited: sql.exited.then(describeExit) },
      { name: 'Neo4j', exited: neo4j.exited },
    ],
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
