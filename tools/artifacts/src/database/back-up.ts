import { parseSqlConnectionString, resolveMssqlOptions } from '@hartonomous/config-loader';
import mssql from 'mssql';
import { ArtifactOptionsError } from '../errors.ts';

/** What a backup left. */
export interface Backup {
  readonly database: string;
  /** Name of the file in the server's folder for backups; undefined where there is no such database yet. */
  readonly file: string | undefined;
}

/** A backup of a large database takes hours; a server that has gone is found by its socket. */
const timeoutMs = 6 * 3_600_000;

const backUpSql = `
DECLARE @Statement NVARCHAR(MAX) = N'BACKUP DATABASE ' + QUOTENAME(@Database) + N' TO DISK = @File WITH COPY_ONLY, CHECKSUM, FORMAT;';
EXEC sp_executesql @Statement, N'@File NVARCHAR(260)', @File = @File;
RESTORE VERIFYONLY FROM DISK = @File WITH CHECKSUM;`;

/**
 * Makes a full backup that no chain of backups knows of (COPY_ONLY), in the server's default folder, and has the server read it again.
 *
 * @param connectionString of a login that may back up: db_owner or db_backupoperator, and dbcreator for the check
 * @param now part of the file's name
 * @throws what SQL Server says when it can't
 */
export async function backUp(connectionString: string, now: Date): Promise<Backup> {
  const settings = parseSqlConnectionString(connectionString);
  const { database } = settings;
  if (database === undefined) throw new ArtifactOptionsError('The connection string names no database.');
  const options = await resolveMssqlOptions({ ...settings, database: 'master' }, { hasOdbcDriver: async () => false });
  await using connection = {
    pool: new mssql.ConnectionPool({ ...options, requestTimeout: timeoutMs }),
    [Symbol.asyncDispose]: () => connection.pool.close(),
  };
  await connection.pool.connect();
  const request = () => connection.pool.request().input('Database', database);
  const found = await request().query<{ readonly id: number | null }>('SELECT DB_ID(@Database) AS [id];');
  if (found.recordset[0]?.id == null) return { database, file: undefined };
  const file = `${database}-${now.toISOString().replaceAll(/[:.]/g, '')}.bak`;
  await request().input('File', file).query(backUpSql);
  return { database, file };
}
