/** What the driver gives for a value of SQL Server, by the name of its type. BIGINT is text, since a number would lose digits. */
const byName: ReadonlyMap<string, string> = new Map([
  ...['tinyint', 'smallint', 'int', 'real', 'float', 'decimal', 'numeric', 'money', 'smallmoney'].map(
    (name): [string, string] => [name, 'number'],
  ),
  ...['bigint', 'char', 'varchar', 'nchar', 'nvarchar', 'text', 'ntext', 'xml', 'uniqueidentifier', 'sysname'].map(
    (name): [string, string] => [name, 'string'],
  ),
  ...['date', 'time', 'datetime', 'datetime2', 'smalldatetime', 'datetimeoffset'].map((name): [string, string] => [
    name,
    'Date',
  ]),
  ...['binary', 'varbinary', 'image', 'timestamp', 'rowversion'].map((name): [string, string] => [name, 'Uint8Array']),
  ['bit', 'boolean'],
]);

/** The type of TypeScript for a column's values; `unknown` for types that no table of the SQL project has. */
export function typeScriptType(sqlType: string, isNullable: boolean): string {
  const type = byName.get(sqlType.toLowerCase()) ?? 'unknown';
  return isNullable && type !== 'unknown' ? `${type} | null` : type;
}
