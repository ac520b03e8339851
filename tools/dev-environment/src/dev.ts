import { once } from 'node:events';
import { Command, InvalidArgumentError } from 'commander';
import mssql from 'mssql';
import { startDevelopmentEnvironment } from './development-environment.ts';
import { ServiceEndedError } from './errors.ts';
import { databaseName, environmentOptionsSchema } from './options.ts';
import { Report } from './report.ts';
import { runUntilStopped } from './run-until-stopped.ts';
import { connectSql } from './sql-database.ts';
import { startApi } from './start-api.ts';
import { readableLogLine } from './worker-log.ts';

interface DevOptions {
  readonly sqlPort: number;
  readonly neo4jPort: number;
  readonly healthPort: number;
  readonly consumerHealthPort: number;
  readonly apiPort: number;
  readonly generatorHealthPort: number;
  readonly data?: string;
  readonly logLevel: string;
}

/** Development password of the README; MSSQL_SA_PASSWORD gives another. */
const developmentSaPassword = 'Hartonomous!1';
const developmentNeo4jPassword = 'neo4jneo4j';

function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError('a port is a number from 0 to 65535');
  return port;
}

/** The account that the runbook grants RECEIVE to (R3); on a real server its administrator makes it. */
const createServiceAccount = `
IF DATABASE_PRINCIPAL_ID(N'WorkerServiceAccount') IS NULL
    CREATE USER [WorkerServiceAccount] WITHOUT LOGIN;`;

async function dev(options: DevOptions, report: Report, signal: AbortSignal): Promise<void> {
  const settings = environmentOptionsSchema.parse({
    sqlPort: options.sqlPort,
    neo4jPort: options.neo4jPort,
    healthPort: options.healthPort,
    consumerHealthPort: options.consumerHealthPort,
    generatorHealthPort: options.generatorHealthPort,
    saPassword: process.env.MSSQL_SA_PASSWORD ?? developmentSaPassword,
    neo4jPassword: process.env.NEO4J_PASSWORD ?? developmentNeo4jPassword,
    data: options.data,
    workerLogLevel: options.logLevel,
  });
  let shown = false;
  const early: string[] = [];
  await using environment = await startDevelopmentEnvironment(
    settings,
    report,
    (worker, line) => {
      const text = `${worker} ${readableLogLine(line)}`;
      if (shown) report.detail(text);
      else early.push(text);
    },
    signal,
  );
  {
    await using pool = await connectSql(environment.sqlPort, settings);
    await new mssql.Request(pool).batch(createServiceAccount);
  }
  report.heading('Starting hartonomous-api');
  await using api = await startApi({
    ...{ port: options.apiPort, env: environment.env, logLevel: options.logLevel, signal },
    onLine: (line) => {
      const text = `hartonomous-api ${readableLogLine(line)}`;
      if (shown) report.detail(text);
      else early.push(text);
    },
  });
  report.success(`it listens at ${api.address}`);
  report.heading('Ready');
  report.line(
    `  SQL Server  localhost,${environment.sqlPort}  database ${databaseName}  login sa  password ${process.env.MSSQL_SA_PASSWORD === undefined ? developmentSaPassword : '(MSSQL_SA_PASSWORD)'}`,
  );
  report.line(
    `  Neo4j       ${environment.neo4jUri}  login neo4j  password ${process.env.NEO4J_PASSWORD === undefined ? developmentNeo4jPassword : '(NEO4J_PASSWORD)'}`,
  );
  report.line(`  API, page   ${api.address}  key ${api.key}`);
  report.line(`  embeddings  ${environment.embeddingModel}`);
  report.line(`  data        ${options.data ?? 'kept in memory only; --data DIR keeps it'}`);
  report.line('  Ctrl-C stops all of it. What the workers log:');
  for (const line of early) report.detail(line);
  shown = true;
  const ended = [...environment.parts, { name: 'hartonomous-api', exited: api.exited }].map(
    async ({ name, exited }) => {
      throw new ServiceEndedError(name, await exited);
    },
  );
  await Promise.race([once(signal, 'abort'), ...ended]);
  report.heading('Stopping');
}

const program = new Command('pnpm dev')
  .description('SQL Server emulator, Neo4j, the workers and the HTTP API on this machine, until Ctrl-C.')
  .option('--sql-port <number>', 'port of the SQL Server emulator; 0 takes a free one', portNumber, 1433)
  .option('--neo4j-port <number>', 'bolt port of Neo4j; 0 takes a free one', portNumber, 7687)
  .option('--health-port <number>', "port of the sync worker's health endpoint; 0 takes a free one", portNumber, 0)
  .option('--consumer-health-port <number>', "port of the ingestion worker's; 0 takes a free one", portNumber, 0)
  .option('--api-port <number>', 'port of the HTTP API and its page; 0 takes a free one', portNumber, 8080)
  .option('--generator-health-port <number>', "port of the embedding worker's; 0 takes a free one", portNumber, 0)
  .option('--data <folder>', 'keep the data of both servers there')
  .option('--log-level <level>', "the workers' log level: debug shows every message", 'debug')
  .addHelpText(
    'after',
    `
Passwords: MSSQL_SA_PASSWORD and NEO4J_PASSWORD replace the development passwords.

Examples:
  pnpm dev
  pnpm dev --data .hartonomous/dev
  pnpm dev --sql-port 11433 --neo4j-port 17687`,
  )
  .action(async (options: DevOptions) => {
    const report = new Report(process.stdout);
    const exitCode = await runUntilStopped(report, (signal) => dev(options, report, signal));
    // Ctrl-C is how this program is meant to end.
    process.exitCode = exitCode === 130 ? 0 : exitCode;
    if (process.exitCode === 0) report.success('everything is stopped');
  });
await program.parseAsync();
