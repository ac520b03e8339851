import type { SqlType } from '../types/sql-type.ts';

/**
 * Collation of the names of services, contracts and message types, whatever the database has: they are compared byte by
 * byte. Source: "sysbinobjs" in Microsoft's "System base tables", which says that it is binary and fixed.
 */
export const BROKER_COLLATION = 'Latin1_General_BIN';

/** Collation of codes and descriptions in catalog views, whatever the database has. */
const CATALOG_COLLATION = 'Latin1_General_CI_AS_KS_WS';

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
  description: { name: 'nvarchar', length: 60, collation: CATALOG_COLLATION },
  longText: { name: 'nvarchar', length: 'max' },
  bytes: { name: 'varbinary', length: 'max' },
  char1: { name: 'char', length: 1, collation: CATALOG_COLLATION },
  char2: { name: 'char', length: 2, collation: CATALOG_COLLATION },
  brokerName: { name: 'nvarchar', length: 128, collation: BROKER_COLLATION },
  farService: { name: 'nvarchar', length: 256, collation: BROKER_COLLATION },
  variant: { name: 'sql_variant' },
} as const satisfies Readonly<Record<string, SqlType>>;
