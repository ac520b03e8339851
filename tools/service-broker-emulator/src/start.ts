import { EmulatorServer } from './engine/server/emulator-server.ts';
import { type EmulatorSettings, emulatorOptionsSchema } from './options.ts';
import { startTdsServer } from './tds/server.ts';

/** Listeners for what the emulator has to tell; each is optional. */
export interface EmulatorListeners {
  /** Every batch and procedure call that clients send. */
  readonly onSql?: (entry: { readonly sessionId: number; readonly text: string }) => void;
  /** What SQL Server would write to its error log: messages of activated procedures, for example. */
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
}

/**
 * Starts a SQL Server stand-in.
 *
 * @throws {PortInUseError} when another program listens on the port
 * @throws {DataDirectoryInUseError} when another emulator has the data folder open
 * @throws {z.ZodError} for invalid options
 */
export async function startServiceBrokerEmulator(
  settings: EmulatorSettings = {},
  listeners: EmulatorListeners = {},
): Promise<ServiceBrokerEmulator> {
  const options = emulatorOptionsSchema.parse(settings);
  const server = new EmulatorServer({
    data: options.data,
    administratorPassword: options.saPassword,
    serverName: options.serverName,
    ...listeners,
  });
  try {
    for (const name of options.databases) if (server.databases.find(name) === undefined) server.databases.create(name);
    const tds = await startTdsServer({ engine: server, host: options.host, port: options.port });
    return {
      host: tds.host,
      port: tds.port,
      connectionString: `Server=${tds.host},${tds.port};User Id=sa;Password="${options.saPassword.replaceAll('"', '""')}";Encrypt=True;TrustServerCertificate=True;`,
      certificate: () => tds.certificate(),
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
