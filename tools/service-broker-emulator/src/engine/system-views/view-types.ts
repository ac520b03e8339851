import type { SqlType } from '../types/sql-type.ts';

/**
 * Collation of the names of services, contracts and message types, whatever the database has: they are compared byte by
 * byte. Source: "sysbinobjs" in Microsoft's "System base tables", which says that it is binary and fixed.
 */
export const brokerCollation = 'Latin1_General_BIN';

/** Collation of codes and descriptions in catalog views, whatever the database has. */
const catalogCollation = 'Latin1_General_CI_AS_KS_WS';

/** Types that system views are made of. */
export const viewTypes = {
  name: { name: 'nvarchar', length: 128 },
  int: { name: 'int' },
  smallint: { name: 'smallint' },
  tinyint: { name: 'tinyint' },
  bigint: { name: 'bigint' },
  bit: { name: 'bit' },
  guid: { name: 'uniqueidentifier' },
  datetime: { name: 'datetime' },
  text: { name: 'nvarchar', length: 4000 },
  text256: { name: 'nvarchar', length: 256 },
  address: { name: 'varchar', length: 48 },
  offset: { name: 'nvarchar', length: 12 },
  description: { name: 'nvarchar', length: 60, collation: catalogCollation },
  longText: { name: 'nvarchar', length: 'max' },
  bytes: { name: 'varbinary', length: 'max' },
  char1: { name: 'char', length: 1, collation: catalogCollation },
  char2: { name: 'char', length: 2, collation: catalogCollation },
  char4: { name: 'char', length: 4, collation: catalogCollation },
  brokerName: { name: 'nvarchar', length: 128, collation: brokerCollation },
  farService: { name: 'nvarchar', length: 256, collation: brokerCollation },
  variant: { name: 'sql_variant' },
} as const satisfies Readonly<Record<string, SqlType>>;
