import type { ExecutionContext, Relation, RelationColumn } from '../query/environment.ts';
import type { Database } from '../server/database.ts';
import type { FrameContext } from '../session/execution-context.ts';
import type { SessionCore } from '../session/session-core.ts';
import type { ReadMode } from '../storage/table-store.ts';
import { ticksOfUnixMilliseconds } from '../types/datetime.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { SqlRow, SqlValue } from '../types/sql-value.ts';

/** A view that the server brings along. */
export interface SystemView {
  readonly schema: 'sys' | 'INFORMATION_SCHEMA';
  readonly name: string;
  relation(database: Database): Relation;
  /** Permission of the server without which reading it is an error. */
  readonly requires?: string;
}

/**
 * Collation of the names of services, contracts and message types, whatever the database has: they are compared byte by
 * byte. Source: "sysbinobjs" in Microsoft's "System base tables", which says that it is binary and fixed.
 */
export const BROKER_COLLATION = 'Latin1_General_BIN';

/** Collation of codes and descriptions in catalog views, whatever the database has. */
const CATALOG_COLLATION = 'Latin1_General_CI_AS_KS_WS';

/** Types that system views are made of. */
const viewTypes = {
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

type ColumnTypes = Readonly<Record<string, keyof typeof viewTypes>>;

/** The session that a plan runs for: every context of this engine is that of a module, which has one. */
export function sessionOf(context: ExecutionContext & Partial<Pick<FrameContext, 'session'>>): SessionCore {
  if (context.session === undefined) throw new Error('a system view was read outside a session');
  return context.session;
}

export function viewColumns(columns: ColumnTypes): RelationColumn[] {
  return Object.entries(columns).map(([name, type]) => ({ name, type: viewTypes[type], nullable: true }));
}

/** Values of a view's row by column; columns that are not given are NULL. */
export type ViewRow<C extends ColumnTypes> = { readonly [K in keyof C]?: SqlValue };

/** The quick way to a view's rows by the value of one column. */
export interface ViewSeek<C extends ColumnTypes> {
  readonly column: keyof C & string;
  rows(database: Database, session: SessionCore, value: Exclude<SqlValue, null>, read: ReadMode): Iterable<ViewRow<C>>;
}

/** Every view that has been defined. */
export const definedViews: SystemView[] = [];

/**
 * Defines a view by its columns and the rows it has in a database.
 *
 * @param rows called at every read; `session` is the reading session, `read` how it looks at what is not committed
 * @param seek for a view that can be long and is asked for one row by its key
 * @param requires permission of the server that reading it takes, for example VIEW SERVER STATE
 * @param estimate how many rows there may be: joins begin with the view that has fewest, in its order
 */
export function defineView<const C extends ColumnTypes>(
  schema: SystemView['schema'],
  name: string,
  columns: C,
  rows: (database: Database, session: SessionCore, read: ReadMode) => Iterable<ViewRow<C>>,
  seek?: ViewSeek<C>,
  requires?: string,
  estimate?: number,
): SystemView {
  const relationColumns = viewColumns(columns);
  const names = Object.keys(columns) as (keyof C & string)[];
  const view: SystemView = {
    schema,
    name,
    ...(requires === undefined ? {} : { requires }),
    relation: (database) => ({
      name,
      columns: relationColumns,
      ...(estimate === undefined ? {} : { estimate }),
      rows: (context, read) => toRows(rows(database, sessionOf(context), read), names),
      ...(seek === undefined
        ? {}
        : {
            seeks: [
              {
                ordinal: names.indexOf(seek.column),
                rows: (context, value, read) => toRows(seek.rows(database, sessionOf(context), value, read), names),
              },
            ],
          }),
    }),
  };
  definedViews.push(view);
  return view;
}

function* toRows<C extends ColumnTypes>(rows: Iterable<ViewRow<C>>, names: readonly (keyof C)[]): Iterable<SqlRow> {
  for (const row of rows) yield names.map((name) => row[name] ?? null);
}

/** A point in time, from milliseconds since 1970, as the view's datetime. */
export function viewTime(milliseconds: number): bigint {
  return ticksOfUnixMilliseconds(milliseconds);
}

export function bit(value: boolean): 0 | 1 {
  return value ? 1 : 0;
}
