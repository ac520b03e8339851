import type { TestServer } from '@hartonomous/test-sql-server';
import { sqlFile } from './sql-file.ts';

/** Tables of the old version, all of which have rows; an order in which they can be listed. */
export const oldTables = [
  ...['Tenant', 'User', 'Model', 'ModelVersion', 'Atom', 'AtomProvenance', 'Operation', 'Inference', 'Decision'],
  ...['GenerationStream', 'DialogPool', 'Neo4jSyncLog', 'Neo4jSyncDeadLetterQueue', 'IngestionFile'],
  ...['IngestionFileSlice', 'IngestionJob', 'IngestionDeadLetterQueue'],
] as const;

/** Logins for what ran beside it, with the rights that the old version's documentation gives them. */
export const oldLogins = {
  'sync-worker-b303ad6.sql': 'OldSyncWorker',
  'ces-consumer-b303ad6.sql': 'OldCesConsumer',
  'sender-b303ad6.sql': 'OldApplication',
} as const;

/** Their password; the server listens on loopback and lives for one test file. */
export const oldPassword = 'Upgrade!1';

/** Makes a database as commit b303ad6 deployed it, with rows in every table and messages that wait. */
export async function createOldDatabase(server: TestServer, database: string): Promise<void> {
  await server.createDatabase(database);
  await server.run(database, ...sqlFile('schema-b303ad6.sql'), ...sqlFile('rows-b303ad6.sql'));
}

/** Makes the logins and puts them into their roles. An application may also write the tables that are its own. */
export async function createOldLogins(server: TestServer, database: string): Promise<void> {
  for (const [script, login] of Object.entries(oldLogins)) {
    const isApplication = script.startsWith('sender');
    const role = isApplication ? 'HartonomousSender' : 'HartonomousWorker';
    await server.run('master', `CREATE LOGIN [${login}] WITH PASSWORD = N'${oldPassword}';`);
    await server.run(
      database,
      `CREATE USER [${login}] FOR LOGIN [${login}];`,
      `ALTER ROLE [${role}] ADD MEMBER [${login}];`,
      ...(isApplication ? [`GRANT INSERT, SELECT ON [dbo].[Atom] TO [${login}];`] : []),
    );
  }
}

/** All rows of the old tables, columns that came later left out. */
export async function oldRows(
  server: TestServer,
  database: string,
  columns: ReadonlyMap<string, readonly string[]>,
): Promise<Record<string, readonly Record<string, unknown>[]>> {
  const rows: Record<string, readonly Record<string, unknown>[]> = {};
  for (const table of oldTables) {
    const list = (columns.get(table) ?? []).map((name) => `t.[${name}]`).join(', ');
    rows[table] = await server.rows(database, `SELECT ${list} FROM [dbo].[${table}] AS t ORDER BY 1, 2;`);
  }
  return rows;
}

/** Column names by table, in their order. */
export async function columnsOf(server: TestServer, database: string): Promise<Map<string, string[]>> {
  const columns = new Map<string, string[]>();
  const found = await server.rows(
    database,
    `SELECT t.[name] AS [table], c.[name] AS [column] FROM sys.columns AS c
     INNER JOIN sys.tables AS t ON t.[object_id] = c.[object_id] ORDER BY t.[name], c.[column_id];`,
  );
  for (const { table, column } of found) {
    if (typeof table !== 'string' || typeof column !== 'string') throw new TypeError('a name is not text');
    columns.set(table, [...(columns.get(table) ?? []), column]);
  }
  return columns;
}
