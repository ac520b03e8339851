import type { ExecutionContext, Relation, RelationColumn } from '../query/environment.ts';
import type { Database } from '../server/database.ts';
import type { FrameContext } from '../session/execution-context.ts';
import type { SessionCore } from '../session/session-core.ts';
import type { ReadMode } from '../storage/table-store.ts';
import { ticksOfUnixMilliseconds } from '../types/datetime.ts';
import type { SqlRow, SqlValue } from '../types/sql-value.ts';
import { constantColumns } from './constant-columns.ts';
import { viewTypes } from './view-types.ts';

export { brokerCollation } from './view-types.ts';

/** A view that the server brings along. */
export interface SystemView {
  readonly schema: 'sys' | 'INFORMATION_SCHEMA';
  readonly name: string;
  relation(database: Database): Relation;
  /** Permission of the server without which reading it is an error. */
  readonly requires?: string;
}

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
  const constants = schema === 'sys' ? missingConstants(name, columns) : [];
  const relationColumns = [
    ...viewColumns(columns),
    ...constants.map(([column, [type]]) => ({ name: column, type: viewTypes[type], nullable: true })),
  ];
  const names = Object.keys(columns) as (keyof C & string)[];
  const values = constants.map(([, [, value]]) => value);
  const view: SystemView = {
    schema,
    name,
    ...(requires === undefined ? {} : { requires }),
    relation: (database) => ({
      name,
      columns: relationColumns,
      ...(estimate === undefined ? {} : { estimate }),
      rows: (context, read) => toRows(rows(database, sessionOf(context), read), names, values),
      ...(seek === undefined
        ? {}
        : {
            seeks: [
              {
                ordinal: names.indexOf(seek.column),
                rows: (context, value, read) =>
                  toRows(seek.rows(database, sessionOf(context), value, read), names, values),
              },
            ],
          }),
    }),
  };
  definedViews.push(view);
  return view;
}

/** Columns of the view that say the same in every row, behind the others. */
function missingConstants(view: string, columns: ColumnTypes) {
  return Object.entries(constantColumns[view] ?? {}).filter(([name]) => !Object.hasOwn(columns, name));
}

function* toRows<C extends ColumnTypes>(
  rows: Iterable<ViewRow<C>>,
  names: readonly (keyof C)[],
  constants: readonly SqlValue[],
): Iterable<SqlRow> {
  for (const row of rows) {
    const values: SqlValue[] = names.map((name) => row[name] ?? null);
    if (constants.length > 0) values.push(...constants);
    yield values;
  }
}

/** A point in time, from milliseconds since 1970, as the view's datetime. */
export function viewTime(milliseconds: number): bigint {
  return ticksOfUnixMilliseconds(milliseconds);
}

export function bit(value: boolean): 0 | 1 {
  return value ? 1 : 0;
}
