import { EmulatorServer } from './engine/emulator-server.ts';
import { runInitScripts } from './init/run-init-scripts.ts';
import { developmentSaPassword, type EmulatorSettings, emulatorOptionsSchema, parseOptions } from './options.ts';
import { startTdsServer } from './tds/server.ts';

/** Listeners for what the emulator has to tell; each is optional. */
export interface EmulatorListeners {
  /** Every batch and procedure call that clients send. */
  readonly onSql?: (entry: { readonly sessionId: number; readonly text: string }) => void;
  /** What SQL Server would write to its error log (messages of activated procedures, for example), and warnings. */
  readonly onLog?: (line: string) => void;
}

/** A running emulator; disposing it closes connections, port and files. */
export interface ServiceBrokerEmulator extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** ADO.NET connection string of `sa`, without a database. */
  readonly connectionString: string;
  /** The TLS certificate, PEM, for clients that are to trust it by name. */
  certificate(): Promise<string>;
  /**
   * Leaves a database as RESTORE on another server does: the login of its owner isn't there (15517 for what runs as dbo),
   * and its broker is off.
   *
   * @throws {SqlError} 911 when there is no such database
   */
  simulateRestore(database: string): void;
  /**
   * Gives a database the identity of a copy of another one, as BACKUP and RESTORE under another name on the same server do: its
   * broker is off and has the identifier of `original`, so that ENABLE_BROKER is 9772. What is in it stays as it is.
   *
   * @throws {SqlError} 911 when there is no such database
   */
  simulateCopy(database: string, original: string): void;
}

/**
 * Starts a SQL Server stand-in.
 *
 * @throws {PortInUseError} when another program listens on the port
 * @throws {ListenFailedError} when listening fails otherwise: an unknown host, a port without the right to use it
 * @throws {DataDirectoryInUseError} when another emulator has the data folder open
 * @throws {DataDirectoryUnusableError} when the data folder holds something else
 * @throws {InitFolderUnusableError} when the folder of init scripts cannot be read
 * @throws {InitScriptFailedError} when an init script fails
 * @throws {InvalidEmulatorOptionsError} for invalid options
 */
export async function startServiceBrokerEmulator(
  settings: EmulatorSettings = {},
  listeners: EmulatorListeners = {},
): Promise<ServiceBrokerEmulator> {
  const options = parseOptions(emulatorOptionsSchema, settings);
  const server = new EmulatorServer({
    data: options.data,
    administratorPassword: options.saPassword,
    serverName: options.serverName,
    maxDataMb: options.maxDataMb,
    readCommittedSnapshot: options.readCommittedSnapshot,
    ...listeners,
  });
  try {
    for (const name of options.databases) if (server.databases.find(name) === undefined) server.databases.create(name);
    if (options.init !== undefined) await runInitScripts(server, options.init, options.databases[0] ?? 'master');
    const tds = await startTdsServer({
      engine: server,
      host: options.host,
      port: options.port,
      onDefect: (error) =>
        server.log(`Defect: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
    });
    if (!isLoopback(tds.host)) server.log(networkWarning(tds.host, options.saPassword));
    return {
      host: tds.host,
      port: tds.port,
      connectionString: `Server=${tds.host},${tds.port};User Id=sa;Password="${options.saPassword.replaceAll('"', '""')}";Encrypt=True;TrustServerCertificate=True;`,
      certificate: () => tds.certificate(),
      simulateRestore: (database) => server.simulateRestore(database),
      simulateCopy: (database, original) => server.simulateCopy(database, original),
      async [Symbol.asyncDispose]() {
        await tds.close();
        await server[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

function networkWarning(host: string, saPassword: string): string {
  const advice =
    saPassword === developmentSaPassword
      ? 'with the development password of sa, which anybody can read in the documentation. Set MSSQL_SA_PASSWORD.'
      : 'with the password of sa. Listen on 127.0.0.1 unless other machines need it.';
  return `Warning: listening on ${host}. Everyone who reaches this machine over the network can log in ${advice}`;
}
