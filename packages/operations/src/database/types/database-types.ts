import type { SqlSession } from '@hartonomous/broker-client';
import type { SqlConnectionSettings } from '@hartonomous/config-loader';
import { z } from 'zod';
import { DatabaseNameMissingError } from '../../errors.ts';
import { openSqlServer } from '../../servers/sql-server.ts';
import { type CatalogQuery, catalogQueries } from '../catalog-queries.ts';
import { parsedConnection } from '../deploy-database.ts';
import { type TypedTable, typesText } from './types-text.ts';

/** Options of {@link databaseTypes}. */
export interface DatabaseTypesOptions {
  /** An ADO.NET connection string, or one that is parsed already. It must name a database. */
  readonly connection: string | SqlConnectionSettings;
  readonly signal?: AbortSignal;
}

/** The types of a database. */
export interface DatabaseTypes {
  readonly database: string;
  readonly schemaVersion: number | null;
  /** Schema and name of each table. */
  readonly tables: readonly string[];
  /** The module. */
  readonly text: string;
}

const versionTableQuery = `SELECT OBJECT_ID(N'dbo.SchemaMigration', N'U') AS [id];`;
const versionQuery = 'SELECT MAX([MigrationNumber]) AS [version] FROM [dbo].[SchemaMigration];';

/**
 * Makes types of TypeScript from the tables that a database has. The database is only read; the login needs to see the tables
 * (VIEW DEFINITION), and those that it may not see are left out.
 *
 * @throws BrokerError (of broker-client) when the server can't be reached or refuses something
 * @throws ConnectionStringError, DatabaseNameMissingError
 */
export async function databaseTypes({ connection, signal }: DatabaseTypesOptions): Promise<DatabaseTypes> {
  const settings = parsedConnection(connection);
  const { database } = settings;
  if (database === undefined) throw new DatabaseNameMissingError();
  await using session = await openSqlServer(settings, { singleSession: true, signal });
  const tables = await readTables(session, signal);
  const schemaVersion = await readVersion(session, signal);
  return {
    database,
    schemaVersion,
    tables: tables.map(({ schema, name }) => `${schema}.${name}`),
    text: typesText(tables, schemaVersion),
  };
}

async function readTables(session: SqlSession, signal: AbortSignal | undefined): Promise<readonly TypedTable[]> {
  const read = <Row extends z.ZodType>({ sql, row }: CatalogQuery<Row>, what: string) =>
    session.query(sql, {}, row, { signal, context: { operation: `reading the ${what} of the database` } });
  const columns = Map.groupBy(await read(catalogQueries.columns, 'columns'), ({ objectId }) => objectId);
  return (await read(catalogQueries.tables, 'tables')).map(({ schema, name, objectId }) => ({
    schema,
    name,
    columns: columns.get(objectId) ?? [],
  }));
}

async function readVersion(session: SqlSession, signal: AbortSignal | undefined): Promise<number | null> {
  const context = { operation: 'reading the version of the schema' };
  const idRow = z.object({ id: z.number().nullable() });
  const [table] = await session.query(versionTableQuery, {}, idRow, { signal, context });
  if (table?.id == null) return null;
  const versionRow = z.object({ version: z.number().nullable() });
  const [found] = await session.query(versionQuery, {}, versionRow, { signal, context });
  return found?.version ?? null;
}
