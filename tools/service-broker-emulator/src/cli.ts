#!/usr/bin/env node
import { Command, InvalidArgumentError } from 'commander';
import { DEVELOPMENT_SA_PASSWORD } from './options.ts';
import { startServiceBrokerEmulator } from './start.ts';

/** Exit code for anything that kept the emulator from starting. */
const startFailed = 1;

function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError('a port is a number from 0 to 65535');
  return port;
}

interface CliOptions {
  readonly port: number;
  readonly host: string;
  readonly data: string;
  readonly saPassword?: string;
  readonly database: readonly string[];
  readonly logSql?: boolean;
  readonly json?: boolean;
}

async function run(options: CliOptions): Promise<void> {
  const saPassword = options.saPassword ?? process.env.MSSQL_SA_PASSWORD ?? DEVELOPMENT_SA_PASSWORD;
  const log = (line: string): void => void process.stderr.write(`${line}\n`);
  const emulator = await startServiceBrokerEmulator(
    { port: options.port, host: options.host, data: options.data, saPassword, databases: [...options.database] },
    {
      onLog: log,
      ...(options.logSql === true ? { onSql: ({ sessionId, text }) => log(`[${sessionId}] ${text}`) } : {}),
    },
  );
  if (options.json === true)
    process.stdout.write(`${JSON.stringify({ host: emulator.host, port: emulator.port, data: options.data })}\n`);
  else {
    process.stdout.write(
      `service-broker-emulator listens on ${emulator.host}:${emulator.port} (data: ${options.data}). Log in as sa; trust the server certificate. Ctrl-C stops it.\n`,
    );
  }
  const { promise, resolve } = Promise.withResolvers<void>();
  process.once('SIGINT', () => resolve());
  process.once('SIGTERM', () => resolve());
  await promise;
  await emulator[Symbol.asyncDispose]();
}

const program = new Command('service-broker-emulator')
  .description(
    'A SQL Server stand-in for Service Broker development and tests: TDS, T-SQL and Service Broker on SQLite.',
  )
  .option('--port <number>', 'TCP port; 0 takes any free one', portNumber, 1433)
  .option('--host <address>', 'address to listen on', '127.0.0.1')
  .option('--data <folder>', 'folder in which databases are kept, or :memory:', ':memory:')
  .option(
    '--sa-password <text>',
    'password of the login sa; shows in process lists, so prefer the variable MSSQL_SA_PASSWORD',
  )
  .option(
    '--database <name>',
    'database to make when it is missing; may be repeated',
    (name: string, all: string[]) => [...all, name],
    [],
  )
  .option('--log-sql', 'write every batch and procedure call to standard error')
  .option('--json', 'print one JSON line with host and port once it listens')
  .addHelpText(
    'after',
    `
Examples:
  service-broker-emulator
  service-broker-emulator --port 1433 --data ./emulator-data --database Hartonomous
  MSSQL_SA_PASSWORD=secret service-broker-emulator --port 0 --json`,
  )
  .action(run);

try {
  await program.parseAsync();
} catch (error) {
  const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
  process.stderr.write(`service-broker-emulator: ${error instanceof Error ? error.message : String(error)}${code}\n`);
  process.exitCode = startFailed;
}
