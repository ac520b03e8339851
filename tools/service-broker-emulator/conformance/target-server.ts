import { parseSqlConnectionString, toMssqlOptions } from '@hartonomous/config-loader';
import sql from 'mssql';
import { startServiceBrokerEmulator } from '../src/index.ts';

/** The server that the suite is run against. */
export interface TargetServer extends AsyncDisposable {
  /** True for the SQL Server that CONFORMANCE_SQL names, false for the emulator. */
  readonly real: boolean;
  readonly options: sql.config;
  /** Whether it is an Azure SQL Managed Instance, where the options of the broker can't be changed. */
  readonly isManagedInstance: boolean;
  /** Makes a database that is a copy of another one: by BACKUP and RESTORE, or what the emulator has in their place. */
  copyDatabase(original: string, copy: string): Promise<void>;
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
    const options = { ...connectionOptions(given), database: 'master' };
    const pool = await new sql.ConnectionPool({ ...options, pool: { max: 1 }, requestTimeout: 120_000 }).connect();
    const { recordset } = await pool.request().query<ServerProperties>(serverProperties);
    const [properties] = recordset;
    return {
      real: true,
      options,
      isManagedInstance: properties?.edition === 8,
      copyDatabase: async (original, copy) => {
        await pool.request().batch(`BACKUP DATABASE [${original}] TO DISK = N'${copy}.bak' WITH COPY_ONLY, INIT;
RESTORE DATABASE [${copy}] FROM DISK = N'${copy}.bak' WITH MOVE N'${original}' TO N'${properties?.dataPath}${copy}.mdf',
  MOVE N'${original}_log' TO N'${properties?.logPath}${copy}_log.ldf';`);
      },
      [Symbol.asyncDispose]: () => pool.close(),
    };
  }
  const emulator = await startServiceBrokerEmulator({ port: 0 });
  const options = connectionOptions(emulator.connectionString);
  return {
    real: false,
    options,
    isManagedInstance: false,
    copyDatabase: async (original, copy) => {
      const pool = await new sql.ConnectionPool({ ...options, database: 'master' }).connect();
      await pool.request().batch(`CREATE DATABASE [${copy}];`);
      await pool.close();
      emulator.simulateCopy(copy, original);
    },
    [Symbol.asyncDispose]: () => emulator[Symbol.asyncDispose](),
  };
}

interface ServerProperties {
  readonly edition: number;
  readonly dataPath: string;
  readonly logPath: string;
}

const serverProperties = `SELECT CAST(SERVERPROPERTY('EngineEdition') AS int) AS edition,
  CAST(SERVERPROPERTY('InstanceDefaultDataPath') AS nvarchar(260)) AS dataPath,
  CAST(SERVERPROPERTY('InstanceDefaultLogPath') AS nvarchar(260)) AS logPath;`;
