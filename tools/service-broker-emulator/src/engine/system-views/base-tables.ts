import type { TableColumn } from '../catalog/table-definition.ts';
import { databaseSecurable } from '../security/securables.ts';
import type { Database } from '../server/database.ts';
import type { SessionCore } from '../session/session-core.ts';
import type { SqlType } from '../types/sql-type.ts';

/** A table in which SQL Server keeps its own catalog. It is listed, but nobody reads it without a special connection. */
export interface BaseTable {
  readonly objectId: number;
  readonly name: string;
  readonly columns: readonly TableColumn[];
}

const binary = (length: number): SqlType => ({ name: 'binary', length });
const varbinary = (length: number): SqlType => ({ name: 'varbinary', length });
const types = {
  bigint: { name: 'bigint' },
  int: { name: 'int' },
  smallint: { name: 'smallint' },
  tinyint: { name: 'tinyint' },
  datetime: { name: 'datetime' },
  sysname: { name: 'nvarchar', length: 128 },
  char2: { name: 'char', length: 2 },
  nchar128: { name: 'nchar', length: 128 },
  nchar260: { name: 'nchar', length: 260 },
  binary6: binary(6),
  varbinary8: varbinary(8),
  varbinary16: varbinary(16),
  varbinary64: varbinary(64),
} satisfies Readonly<Record<string, SqlType>>;

function columnsOf(text: string): readonly TableColumn[] {
  return text.split(',').map((entry): TableColumn => {
    const [name = '', typeName = ''] = entry.trim().split(' ');
    const optional = typeName.endsWith('?');
    const key = typeName.replace('?', '') as keyof typeof types;
    const alias = key === 'sysname' ? { alias: { schema: 'sys', name: 'sysname' } } : {};
    return { name, type: types[key], nullable: optional, ...alias };
  });
}

/**
 * The base tables whose columns are known: those that Microsoft's documentation of JSON_ARRAYAGG shows, and what readers of
 * data files have found of objects and columns.
 */
const baseTables: readonly BaseTable[] = [
  {
    objectId: 3,
    name: 'sysrscols',
    columns: columnsOf(
      'rsid bigint, rscolid int, hbcolid int, rcmodified bigint, ti int, cid int, ordkey smallint, maxinrowlen smallint, status int, offset int, nullbit int, bitpos smallint, colguid varbinary16?, ordlock int',
    ),
  },
  {
    objectId: 5,
    name: 'sysrowsets',
    columns: columnsOf(
      'rowsetid bigint, ownertype tinyint, idmajor int, idminor int, numpart int, status int, fgidfs smallint, rcrows bigint, cmprlevel tinyint, fillfact tinyint, maxnullbit smallint, maxleaf int, maxint smallint, minleaf smallint, minint smallint, rsguid varbinary16?, lockres varbinary8?, scope_id int',
    ),
  },
  {
    objectId: 7,
    name: 'sysallocunits',
    columns: columnsOf(
      'auid bigint, type tinyint, ownerid bigint, status int, fgid smallint, pgfirst binary6, pgroot binary6, pgfirstiam binary6, pcused bigint, pcdata bigint, pcreserved bigint',
    ),
  },
  {
    objectId: 8,
    name: 'sysfiles1',
    columns: columnsOf('status int, fileid smallint, name nchar128, filename nchar260'),
  },
  {
    objectId: 34,
    name: 'sysschobjs',
    columns: columnsOf(
      'id int, name sysname, nsid int, nsclass tinyint, status int, type char2, pid int, pclass tinyint, intprop int, created datetime, modified datetime, status2 int',
    ),
  },
  {
    objectId: 41,
    name: 'syscolpars',
    columns: columnsOf(
      'id int, number smallint, colid int, name sysname?, xtype tinyint, utype int, length smallint, prec tinyint, scale tinyint, collationid int, status int, maxinrow smallint, xmlns int, dflt int, chk int, idtval varbinary64?',
    ),
  },
];

/** Base tables for those who may see every definition of the database. */
export function seenBaseTables(database: Database, session: SessionCore): readonly BaseTable[] {
  return session.holds('VIEW DEFINITION', databaseSecurable(database)) ? baseTables : [];
}
