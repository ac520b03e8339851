import { EventEmitter } from 'node:events';
import {
  type ErrorContext,
  hasOdbcDriver,
  sqlDriver,
  translateError,
  UnexpectedRowsError,
} from '@hartonomous/broker-client';
import { resolveMssqlOptions, type SqlConnectionSettings } from '@hartonomous/config-loader';
import type mssql from 'mssql';
import { z } from 'zod';

/**
 * How long a statement of a deployment may take, in milliseconds. Shorter, and an index on a large table is cut off in
 * the middle; longer, and a statement that waits for somebody's lock looks like one that works.
 */
const statementTimeoutMs = 600_000;

/** What a call is for. */
export interface CallContext {
  /** For error messages, for example `creating table dbo.Atom`. */
  readonly operation: string;
  /** Cancels the request on the server; the call rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * One connection to SQL Server, made with {@link SqlConnection.open}: always the same session, so what one batch sets is
 * set for the next, as in SQL Server's own tools. Dispose it at the end. Its errors are broker-client's `BrokerError`s.
 */
export class SqlConnection implements AsyncDisposable {
  readonly #pool: mssql.ConnectionPool;

  private constructor(pool: mssql.ConnectionPool) {
    this.#pool = pool;
  }

  /**
   * @param database instead of the one that the settings name
   * @throws BrokerUnavailableError, BrokerLoginError, DatabaseUnavailableError, BrokerTlsError
   * @throws IntegratedSecurityUnavailableError, AuthenticationUnavailableError for logins that can't be made here
   */
  static async open(settings: SqlConnectionSettings, database: string, signal?: AbortSignal): Promise<SqlConnection> {
    signal?.throwIfAborted();
    const options = await resolveMssqlOptions({ ...settings, database }, { hasOdbcDriver });
    const driver = await sqlDriver(options);
    const { host, port, instance } = settings.server;
    const server = instance === undefined ? `${host}:${port ?? 1433}` : `${host}\\${instance}`;
    let loginErrorNumber: number | undefined;
    const pool = new driver.ConnectionPool({
      ...options,
      requestTimeout: statementTimeoutMs,
      pool: { max: 1, min: 1 },
      validateConnection: false,
      // tedious tells the number of a refused login here only, not in its error.
      beforeConnect(connection) {
        // Of msnodesqlv8 this is no connection but a plain object; its errors have their number themselves.
        if (!(connection instanceof EventEmitter)) return;
        connection.on('errorMessage', (message: { readonly number: number }) => {
          loginErrorNumber = message.number;
        });
      },
    });
    // Without a listener it would end the process; the next call reports the broken connection.
    pool.on('error', () => undefined);
    try {
      await pool.connect();
    } catch (error) {
      await pool.close();
      throw translateError(error, { operation: `connecting to database ${database}`, server, loginErrorNumber });
    }
    return new SqlConnection(pool);
  }

  /** Runs a statement and gives the rows of its first result set, checked. */
  async query<Row extends z.ZodType>(
    sql: string,
    row: Row,
    context: CallContext,
    parameters: Readonly<Record<string, string>> = {},
  ): Promise<z.output<Row>[]> {
    const { recordset } = await this.#call(context, (request) => {
      for (const [name, value] of Object.entries(parameters)) request.input(name, value);
      return request.query<unknown>(sql);
    });
    const result = z.array(row).safeParse(recordset ?? []);
    if (result.success) return result.data;
    const issues = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new UnexpectedRowsError(
      `SQL Server answered with unexpected rows while ${context.operation}: ${issues.slice(0, 3).join('; ')}. ` +
        'The database objects, or the server, may be of another version than this program expects; ' +
        'hartonomous verify compares the objects.',
      { cause: result.error },
    );
  }

  /** Runs a batch as it is, as SQL Server's own tools do. */
  async batch(sql: string, context: CallContext): Promise<void> {
    await this.#call(context, (request) => request.batch(sql));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.close();
  }

  async #call<Result>(
    { operation, signal }: CallContext,
    send: (request: mssql.Request) => Promise<Result>,
  ): Promise<Result> {
    signal?.throwIfAborted();
    const request = this.#pool.request();
    const cancel = () => request.cancel();
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return await send(request);
    } catch (error) {
      signal?.throwIfAborted();
      const context: ErrorContext = { operation };
      throw translateError(error, context);
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }
}

/** A name in brackets, safe in T-SQL. Database names come from the operator's configuration and can't be parameters. */
export function bracketed(name: string): string {
  return `[${name.replaceAll(']', ']]')}]`;
}
