import type { BrokerClient } from '@hartonomous/broker-client';
import type { SqlConnectionSettings } from '@hartonomous/config-loader';
import type { z } from 'zod';
import { longStatementMs, openSqlServer } from '../servers/sql-server.ts';

/** What a call is for. */
export interface CallContext {
  /** For error messages, for example `creating table dbo.Atom`. */
  readonly operation: string;
  /** Cancels the request on the server; the call rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** A client of {@link openSqlServer} with one session, in the words of a deployment. */
export class SqlConnection implements AsyncDisposable {
  readonly #client: BrokerClient;

  constructor(client: BrokerClient) {
    this.#client = client;
  }

  /** @param database instead of the one that the settings name */
  static async open(settings: SqlConnectionSettings, database: string, signal?: AbortSignal): Promise<SqlConnection> {
    const options = { database, singleSession: true, requestTimeoutMs: longStatementMs, signal };
    return new SqlConnection(await openSqlServer(settings, options));
  }

  /** Runs a statement and gives the rows of its first result set, checked. */
  query<Row extends z.ZodType>(
    sql: string,
    row: Row,
    { operation, signal }: CallContext,
    parameters: Readonly<Record<string, string>> = {},
  ): Promise<z.output<Row>[]> {
    return this.#client.query(sql, parameters, row, { signal, context: { operation } });
  }

  /** Runs a batch as it is, as SQL Server's own tools do. */
  batch(sql: string, { operation, signal }: CallContext): Promise<void> {
    return this.#client.runBatch(sql, { signal, context: { operation } });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#client.close();
  }
}

/** A name in brackets, safe in T-SQL. Database names come from the operator's configuration and can't be parameters. */
export function bracketed(name: string): string {
  return `[${name.replaceAll(']', ']]')}]`;
}
