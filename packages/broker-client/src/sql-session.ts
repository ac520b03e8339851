import type mssql from 'mssql';
import { z } from 'zod';
import { UnexpectedRowsError } from './errors.ts';
import { quoteQualifiedName } from './identifiers.ts';
import { bindParameters, type SqlParameters } from './parameters.ts';
import { type SqlTable, SqlTables } from './sql-table.ts';
import { type ErrorContext, hasDriverCode, translateError } from './translate-error.ts';

/** Options of a single call. */
export interface CallOptions {
  /** Cancels the request on the server; the call rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds; replaces the client's `requestTimeoutMs`. Inside a transaction only. */
  readonly timeoutMs?: number;
  /** For error messages. */
  readonly context?: ErrorContext;
}

/** Rows as they come from the driver, before a schema has looked at them. */
export type UncheckedRow = Readonly<Record<string, unknown>>;

/** Something that runs statements: a client (each call by itself) or a transaction. */
export interface SqlSession {
  /**
   * Runs a batch of T-SQL and gives the rows of its first result set, checked.
   * @param row schema of one row
   * @throws BrokerError of the class that fits the failure
   */
  query<Row extends z.ZodType>(
    sql: string,
    parameters: SqlParameters,
    row: Row,
    options?: CallOptions,
  ): Promise<z.output<Row>[]>;
  /**
   * Runs a batch of T-SQL with several result sets, in one round trip, and gives the rows of each in their order, unchecked.
   * @throws BrokerError of the class that fits the failure
   */
  querySets(
    sql: string,
    parameters: SqlParameters,
    options?: CallOptions,
  ): Promise<readonly (readonly UncheckedRow[])[]>;
  /**
   * The same with the columns of each result set, in their order and whatever their names: for statements that a person wrote.
   * @param options.mostRows of each result set that are kept; the others are received and dropped. @default all
   * @throws BrokerError of the class that fits the failure
   */
  queryTables(
    sql: string,
    parameters?: SqlParameters,
    options?: CallOptions & { readonly mostRows?: number },
  ): Promise<readonly SqlTable[]>;
  /** Runs a batch of T-SQL for its effect. */
  run(sql: string, parameters?: SqlParameters, options?: CallOptions): Promise<void>;
  /**
   * Runs a batch of T-SQL as it is, as SQL Server's own tools do: without parameters and not inside `sp_executesql`, so SET
   * options and temporary tables stay with the session. For scripts, on a client with `singleSession`.
   */
  runBatch(sql: string, options?: CallOptions): Promise<void>;
  /** Calls a stored procedure and gives the rows of its first result set, unchecked. */
  execute(procedure: string, parameters?: SqlParameters, options?: CallOptions): Promise<readonly UncheckedRow[]>;
}

/** Makes a request of mssql that belongs to the session. */
export type RequestFactory = (options: CallOptions) => mssql.Request;

/** The {@link SqlSession} on top of mssql's requests. */
export function createSession(newRequest: RequestFactory): SqlSession {
  const callForSets = async (
    parameters: SqlParameters,
    options: CallOptions,
    operation: string,
    send: (request: mssql.Request) => Promise<{ readonly recordsets: readonly (readonly UncheckedRow[])[] }>,
  ): Promise<readonly (readonly UncheckedRow[])[]> => {
    const { signal, context = { operation } } = options;
    signal?.throwIfAborted();
    const request = newRequest(options);
    bindParameters(request, parameters);
    const cancel = () => request.cancel();
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return (await send(request)).recordsets;
    } catch (error) {
      if (signal?.aborted === true && hasDriverCode(error, 'ECANCEL')) throw signal.reason;
      throw translateError(error, context);
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  };
  const call = async (...all: Parameters<typeof callForSets>) => (await callForSets(...all))[0] ?? [];
  return {
    async query(sql, parameters, row, options = {}) {
      const rows = await call(parameters, options, 'running a query', (request) => request.query<UncheckedRow>(sql));
      return checkRows(rows, row, options.context?.operation ?? 'running a query');
    },
    querySets(sql, parameters, options = {}) {
      return callForSets(parameters, options, 'running a query', (request) => request.query<UncheckedRow>(sql));
    },
    async queryTables(sql, parameters = {}, options = {}) {
      const { mostRows = Number.POSITIVE_INFINITY } = options;
      const tables = new SqlTables(mostRows);
      await callForSets(parameters, options, 'running a query', async (request) => {
        await tables.receive(request, sql);
        return { recordsets: [] };
      });
      return tables.all;
    },
    async run(sql, parameters = {}, options = {}) {
      await call(parameters, options, 'running a statement', (request) => request.query<UncheckedRow>(sql));
    },
    async runBatch(sql, options = {}) {
      await call({}, options, 'running a batch', (request) => request.batch<UncheckedRow>(sql));
    },
    execute(procedure, parameters = {}, options = {}) {
      const name = quoteQualifiedName(procedure);
      return call(parameters, options, `calling ${procedure}`, (request) => request.execute<UncheckedRow>(name));
    },
  };
}

function checkRows<Row extends z.ZodType>(rows: readonly UncheckedRow[], row: Row, operation: string): z.output<Row>[] {
  const result = z.array(row).safeParse(rows);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new UnexpectedRowsError(
    `SQL Server answered with unexpected rows while ${operation}: ${issue?.path.join('.')}: ${issue?.message}. ` +
      'The database objects may be of another version than this program (deploy them again), or the login may lack VIEW DEFINITION.',
    { cause: result.error },
  );
}
