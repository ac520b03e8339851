import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { DataDirectoryInUseError, DataDirectoryUnusableError } from './engine/storage/errors.ts';
import { InvalidEmulatorOptionsError } from './errors.ts';
import { checkHealth } from './health-check.ts';
import { InitFolderUnusableError, InitScriptFailedError } from './init/errors.ts';
import { maskedSql } from './masked-sql.ts';
import { developmentSaPassword } from './options.ts';
import { startServiceBrokerEmulator } from './start.ts';
import { stopRequested } from './stop-signal.ts';
import { ListenFailedError, PortInUseError } from './tds/errors.ts';
import { productVersion } from './tds/product-version.ts';

/** Exit codes, as the help text lists them. */
const exit = { failed: 1, usage: 2, port: 3, data: 4, init: 5, forced: 6 } as const;

/** Below the 10 s after which `docker stop` kills; sessions need milliseconds to end, so more would only hide a fault. */
const stopDeadlineMs = 8_000;
/** A check on the own machine takes milliseconds; a server busy with one long statement may need seconds. */
const healthTimeoutMs = 5_000;

interface CliOptions {
  readonly port: number;
  readonly host: string;
  readonly data: string;
  readonly maxDataMb?: number;
  readonly readCommittedSnapshot: boolean;
  readonly saPassword?: string;
  readonly database: readonly string[];
  readonly init?: string;
  readonly logSql?: boolean;
  readonly json?: boolean;
  readonly healthcheck?: boolean;
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('A port is a number from 0 to 65535.');
  return port;
}

function megabytes(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('It is a whole number of mebibytes, from 1.');
  return Number(text);
}

function onOrOff(text: string): boolean {
  if (text !== 'on' && text !== 'off') throw new InvalidArgumentError('It is on or off.');
  return text === 'on';
}

function exitCodeOf(error: unknown): number {
  if (error instanceof PortInUseError || error instanceof ListenFailedError) return exit.port;
  if (error instanceof DataDirectoryInUseError || error instanceof DataDirectoryUnusableError) return exit.data;
  if (error instanceof InitScriptFailedError || error instanceof InitFolderUnusableError) return exit.init;
  return error instanceof InvalidEmulatorOptionsError ? exit.usage : exit.failed;
}

type Report = (kind: 'log' | 'sql' | 'error', text: string, fields?: object) => void;

/** Writes to standard error: text, or with --json one object per line. */
function reporter(json: boolean): Report {
  return (kind, text, fields = {}) => {
    const line = json ? JSON.stringify({ event: kind, ...fields, text }) : text;
    process.stderr.write(`${line}\n`);
  };
}

function reportSql(report: Report, entry: { readonly sessionId: number; readonly text: string }): void {
  report('sql', `[${entry.sessionId}] ${maskedSql(entry.text)}`, { sessionId: entry.sessionId });
}

function reportFailure(error: unknown, json: boolean): void {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  const message = error instanceof Error ? error.message : error;
  const text = `service-broker-emulator: ${String(message)}${code === undefined ? '' : ` (${code})`}`;
  reporter(json)('error', text, code === undefined ? {} : { code });
  process.exitCode = exitCodeOf(error);
}

async function run(options: CliOptions): Promise<void> {
  const report = reporter(options.json === true);
  const { port, host, data, init, maxDataMb, readCommittedSnapshot } = options;
  const saPassword = options.saPassword ?? process.env.MSSQL_SA_PASSWORD ?? developmentSaPassword;
  if (options.healthcheck === true) {
    await checkHealth({ host, port, saPassword, timeoutMs: healthTimeoutMs });
    process.stdout.write('healthy\n');
    return;
  }
  if (options.saPassword !== undefined) {
    report(
      'log',
      'Warning: --sa-password shows the password in process lists. Prefer the environment variable MSSQL_SA_PASSWORD.',
    );
  }
  // Taken before the start: a signal that comes while init scripts run is not lost.
  const stop = stopRequested(stopDeadlineMs);
  const served = (async () => {
    await using emulator = await startServiceBrokerEmulator(
      {
        ...{ port, host, data, saPassword, readCommittedSnapshot, databases: [...options.database] },
        ...(init === undefined ? {} : { init }),
        ...(maxDataMb === undefined ? {} : { maxDataMb }),
      },
      {
        onLog: (line) => report('log', line),
        ...(options.logSql === true ? { onSql: (entry) => reportSql(report, entry) } : {}),
      },
    );
    process.stdout.write(
      options.json === true
        ? `${JSON.stringify({ event: 'listening', host: emulator.host, port: emulator.port, data, pid: process.pid })}\n`
        : `service-broker-emulator listens on ${emulator.host}:${emulator.port} (data: ${data}). Log in as sa; trust the server certificate. Ctrl-C stops it.\n`,
    );
    const { signal } = await stop;
    report('log', `${signal}: stopping.`);
    return 'clean' as const;
  })();
  const outcome = await Promise.race([served, stop.then(({ forced }) => forced)]);
  if (outcome !== 'clean') {
    report('log', `Stopped by force (${outcome}); committed work is safe, the next start reads it from the log.`);
    // Work that does not end is what holds the process, so nothing gentler ends it.
    process.exit(exit.forced);
  }
}

const program = new Command('service-broker-emulator')
  .description(
    'A SQL Server stand-in for Service Broker development and tests: TDS, T-SQL and Service Broker on SQLite.',
  )
  .version(
    `SQL Server ${productVersion.major}.${productVersion.minor}.${productVersion.build}`,
    '--version',
    'print the version of SQL Server that it answers as',
  )
  .option('--port <number>', 'TCP port; 0 takes any free one', portNumber, 1433)
  .option('--host <address>', 'address to listen on; 0.0.0.0 in a container', '127.0.0.1')
  .option('--data <folder>', 'folder in which databases are kept, or :memory:', ':memory:')
  .option(
    '--max-data-mb <number>',
    'most mebibytes of data; beyond it error 1105, as from a full filegroup (default: what the disk holds)',
    megabytes,
  )
  .option(
    '--read-committed-snapshot <on|off>',
    'whether readers of new databases see the last committed row instead of waiting for an open change of it',
    onOrOff,
    false,
  )
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
  .option(
    '--init <folder>',
    'run its *.sql files in the order of their names, batches cut at GO, each once per data folder',
  )
  .option('--log-sql', 'write every batch and procedure call to standard error, without passwords of logins')
  .option('--json', 'one JSON line with host and port once it listens; all other lines as JSON too')
  .option('--healthcheck', 'log in to the emulator that runs on --host and --port: exit code 0 healthy, 1 not')
  .addHelpText(
    'after',
    `
Examples:
  service-broker-emulator
  service-broker-emulator --port 1433 --data ./emulator-data --database Hartonomous
  service-broker-emulator --database App --init ./sql --log-sql
  MSSQL_SA_PASSWORD=secret service-broker-emulator --port 0 --json
  MSSQL_SA_PASSWORD=secret service-broker-emulator --healthcheck --port 1433

Exit codes: 0 stopped cleanly, or healthy; 1 unhealthy, or an unexpected failure; 2 wrong options; 3 cannot listen on
the port; 4 data folder in use or unusable; 5 init script failed; 6 stopped by force: a second Ctrl-C, or a stop that
took longer than ${stopDeadlineMs / 1000} seconds.`,
  )
  .exitOverride()
  .action(run);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : exit.usage;
  else reportFailure(error, process.argv.includes('--json'));
}
