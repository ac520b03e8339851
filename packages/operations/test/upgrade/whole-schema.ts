import type { TestServer } from '@hartonomous/test-sql-server';

/**
 * Everything that the catalog views say of tables and their parts, the parts that only a database has included: what a
 * deployment doesn't compare must be equal too after an upgrade.
 */
const queries: Readonly<Record<string, string>> = {
  columns: `SELECT t.[name] AS [table], c.[name], y.[name] AS [type], c.[max_length], c.[precision], c.[scale], c.[is_nullable],
      c.[is_identity], c.[is_computed]
    FROM sys.columns AS c INNER JOIN sys.tables AS t ON t.[object_id] = c.[object_id]
    INNER JOIN sys.types AS y ON y.[user_type_id] = c.[user_type_id] ORDER BY t.[name], c.[name];`,
  checks: `SELECT t.[name] AS [table], c.[name], c.[definition], c.[is_disabled]
    FROM sys.check_constraints AS c INNER JOIN sys.tables AS t ON t.[object_id] = c.[parent_object_id] ORDER BY t.[name], c.[name];`,
  defaults: `SELECT t.[name] AS [table], c.[name], c.[definition]
    FROM sys.default_constraints AS c INNER JOIN sys.tables AS t ON t.[object_id] = c.[parent_object_id] ORDER BY t.[name], c.[name];`,
  indexes: `SELECT t.[name] AS [table], i.[name], i.[type_desc], i.[is_unique], i.[is_primary_key], i.[is_unique_constraint],
      i.[filter_definition], k.[key_ordinal], k.[is_included_column], c.[name] AS [column]
    FROM sys.indexes AS i INNER JOIN sys.tables AS t ON t.[object_id] = i.[object_id]
    INNER JOIN sys.index_columns AS k ON k.[object_id] = i.[object_id] AND k.[index_id] = i.[index_id]
    INNER JOIN sys.columns AS c ON c.[object_id] = k.[object_id] AND c.[column_id] = k.[column_id]
    ORDER BY t.[name], i.[name], k.[key_ordinal], c.[name];`,
  foreignKeys: `SELECT t.[name] AS [table], f.[name], r.[name] AS [referenced], k.[constraint_column_id], c.[name] AS [column],
      d.[name] AS [referencedColumn], f.[delete_referential_action_desc], f.[is_disabled]
    FROM sys.foreign_keys AS f INNER JOIN sys.tables AS t ON t.[object_id] = f.[parent_object_id]
    INNER JOIN sys.tables AS r ON r.[object_id] = f.[referenced_object_id]
    INNER JOIN sys.foreign_key_columns AS k ON k.[constraint_object_id] = f.[object_id]
    INNER JOIN sys.columns AS c ON c.[object_id] = k.[parent_object_id] AND c.[column_id] = k.[parent_column_id]
    INNER JOIN sys.columns AS d ON d.[object_id] = k.[referenced_object_id] AND d.[column_id] = k.[referenced_column_id]
    ORDER BY t.[name], f.[name], k.[constraint_column_id];`,
  permissions: `SELECT USER_NAME(p.[grantee_principal_id]) AS [grantee], p.[permission_name], p.[class_desc], OBJECT_NAME(p.[major_id]) AS [object]
    FROM sys.database_permissions AS p WHERE USER_NAME(p.[grantee_principal_id]) LIKE N'Hartonomous%'
    ORDER BY 1, 2, 3, 4;`,
};

/** Reads it; each value is a list of rows, in an order that is the same in every database. */
export async function wholeSchema(server: TestServer, database: string): Promise<Record<string, unknown>> {
  const read = Object.entries(queries).map(
    async ([name, sql]) => [name, (await server.rows(database, sql)).map((row) => normal(row))] as const,
  );
  return Object.fromEntries(await Promise.all(read));
}

/** Blanks in a definition are as in the statement that made it. */
function normal(row: Record<string, unknown>): Record<string, unknown> {
  const { definition } = row;
  return typeof definition === 'string' ? { ...row, definition: definition.replaceAll(/\s+/g, '') } : row;
}
