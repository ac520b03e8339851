import type mssql from 'mssql';
import { z } from 'zod';

/** A column of a {@link SqlTable}. */
export interface SqlColumn {
  /** Empty for one without a name; several may have one name. */
  readonly name: string;
  /** T-SQL's name of its type, `nvarchar` for example; undefined: the driver knows none. */
  readonly type: string | undefined;
  /** Digits in all, of `decimal` and `numeric`. */
  readonly precision: number | undefined;
  /** Digits of fractions, of seconds too. */
  readonly scale: number | undefined;
}

/** A result set as the server sent it: columns in their order, also when no row came. */
export interface SqlTable {
  readonly columns: readonly SqlColumn[];
  /** A value for each column. Numbers of `decimal`, `numeric` and `money` are doubles, so they have 15 exact digits. */
  readonly rows: readonly (readonly unknown[])[];
}

const optional = z
  .number()
  .nullish()
  .transform((value) => value ?? undefined);

const driverColumns = z.array(
  z.object({
    name: z.string(),
    // A function or an object of the driver, with T-SQL's name beside it.
    type: z
      .unknown()
      .transform((type) => z.object({ declaration: z.string() }).safeParse(declared(type)).data?.declaration),
    precision: optional,
    scale: optional,
  }),
);

function declared(type: unknown): unknown {
  return typeof type === 'function' && 'declaration' in type ? { declaration: type.declaration } : type;
}

const driverRows = z.array(z.array(z.unknown()));

/** The result sets of one request, as they come. */
export class SqlTables {
  readonly #received: { readonly columns: unknown; readonly rows: unknown[] }[] = [];
  readonly #mostRows: number;

  /** @param mostRows of each result set that are kept */
  constructor(mostRows: number) {
    this.#mostRows = mostRows;
  }

  get all(): readonly SqlTable[] {
    return this.#received.map(({ columns, rows }) => ({
      columns: driverColumns.parse(columns),
      rows: driverRows.parse(rows),
    }));
  }

  /** Runs a query. @throws the driver's error, of several the first: the cause, not what follows from it */
  receive(request: mssql.Request, sql: string): Promise<void> {
    request.arrayRowMode = true;
    request.stream = true;
    request.on('recordset', (columns: unknown) => this.#received.push({ columns, rows: [] }));
    request.on('row', (row: unknown) => {
      const rows = this.#received.at(-1)?.rows;
      if (rows !== undefined && rows.length < this.#mostRows) rows.push(row);
    });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    let failure: unknown;
    request.on('error', (error: unknown) => {
      failure ??= error;
    });
    request.on('done', () => (failure === undefined ? resolve() : reject(failure)));
    // As a stream it answers by events alone.
    void request.query(sql);
    return promise;
  }
}
