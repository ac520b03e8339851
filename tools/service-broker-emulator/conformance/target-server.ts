import { parseSqlConnectionString, toMssqlOptions } from '@hartonomous/config-loader';
import type sql from 'mssql';
import { startServiceBrokerEmulator } from '../src/index.ts';

/** The server that the suite is run against. */
export interface TargetServer extends AsyncDisposable {
  /** True for the SQL Server that CONFORMANCE_SQL names, false for the emulator. */
  readonly real: boolean;
  readonly options: sql.config;
}

function connectionOptions(connectionString: string): sql.config {
  const options = toMssqlOptions(parseSqlConnectionString(connectionString));
  if (options.driver !== 'tedious') throw new Error('CONFORMANCE_SQL needs a SQL Server login: User Id and Password.');
  return options as sql.config;
}

/** The server of the environment variable CONFORMANCE_SQL (ADO.NET form, a sysadmin's login), else a new emulator. */
export async function openTargetServer(): Promise<TargetServer> {
  const given = process.env.CONFORMANCE_SQL;
  if (given !== undefined && given !== '') {
    return { real: true, options: connectionOptions(given), [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  const emulator = await startServiceBrokerEmulator({ port: 0 });
  return {
    real: false,
    options: connectionOptions(emulator.connectionString),
    [Symbol.asyncDispose]: () => emulator[Symbol.asyncDispose](),
  };
}
