import sql from 'mssql';
import { type ServiceBrokerEmulator, startServiceBrokerEmulator } from '../../src/index.ts';

const password = 'Test!Password1';

/** An error as the client sees it. */
interface ReportedError {
  /** -1 for a request that was cancelled. */
  readonly number: number;
  readonly severity: number;
  readonly state: number;
  readonly line: number;
  readonly procedure: string;
  readonly message: string;
}

/** Everything a batch answered, in order within each kind. */
export interface Answer {
  readonly sets: Record<string, unknown>[][];
  /** Rows of the first result set. */
  readonly rows: Record<string, unknown>[];
  /** First column of the first row. */
  readonly value: unknown;
  readonly errors: ReportedError[];
  /** Numbers of the errors. */
  readonly numbers: number[];
  /** Texts of PRINT and of RAISERROR up to severity 10. */
  readonly messages: string[];
  readonly rowsAffected: number[];
}

/** One session on the emulator, closed by `await using`. */
export class SqlClient implements AsyncDisposable {
  readonly #pool: sql.ConnectionPool;
  readonly #current = new Set<sql.Request>();

  constructor(pool: sql.ConnectionPool) {
    this.#pool = pool;
  }

  /** The pool of one connection, for what only the client library itself does. */
  get pool(): sql.ConnectionPool {
    return this.#pool;
  }

  /** Sends a batch and gathers its whole answer, errors included. */
  run(text: string): Promise<Answer> {
    const request = this.#pool.request();
    request.stream = true;
    const sets: Record<string, unknown>[][] = [];
    const errors: ReportedError[] = [];
    const messages: string[] = [];
    const rowsAffected: number[] = [];
    const { promise, resolve } = Promise.withResolvers<Answer>();
    request.on('recordset', () => sets.push([]));
    request.on('row', (row: Record<string, unknown>) => sets.at(-1)?.push(row));
    request.on('rowsaffected', (count: number) => rowsAffected.push(count));
    request.on('info', (info: { message: string }) => messages.push(info.message));
    request.on('error', (error: sql.RequestError) => {
      errors.push({
        number: error.code === 'ECANCEL' ? -1 : Number(error.number ?? 0),
        severity: Number(error.class ?? 0),
        state: Number(error.state ?? 0),
        line: error.lineNumber ?? 0,
        procedure: error.procName ?? '',
        message: error.message,
      });
    });
    request.on('done', () => {
      this.#current.delete(request);
      resolve({
        sets,
        rows: sets[0] ?? [],
        value: Object.values(sets[0]?.[0] ?? {})[0],
        errors,
        numbers: errors.map((error) => error.number),
        messages,
        rowsAffected,
      });
    });
    this.#current.add(request);
    void request.batch(text);
    return promise;
  }

  /** Sends a batch that must succeed. */
  async ok(text: string): Promise<Answer> {
    const answer = await this.run(text);
    const [error] = answer.errors;
    if (error !== undefined) throw new Error(`${error.number} at line ${error.line}: ${error.message}`);
    return answer;
  }

  /** Sends several batches that must succeed, one after the other: what GO separates in a script. */
  async script(...batches: readonly string[]): Promise<void> {
    for (const batch of batches) await this.ok(batch);
  }

  /** Sends an attention for what is running. */
  cancel(): void {
    for (const request of this.#current) request.cancel();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#pool.close();
  }
}

/** An emulator with a database `App`, for one test file. */
export interface TestServer extends AsyncDisposable {
  readonly port: number;
  readonly emulator: ServiceBrokerEmulator;
  connect(login?: {
    readonly user: string;
    readonly password: string;
    readonly database?: string;
    readonly options?: sql.IOptions;
  }): Promise<SqlClient>;
}

export async function startTestServer(): Promise<TestServer> {
  const emulator = await startServiceBrokerEmulator({ port: 0, saPassword: password, databases: ['App', 'Other'] });
  return {
    port: emulator.port,
    emulator,
    async connect(login = { user: 'sa', password }) {
      const pool = new sql.ConnectionPool({
        server: '127.0.0.1',
        port: emulator.port,
        database: 'App',
        pool: { max: 1 },
        requestTimeout: 20_000,
        options: { encrypt: false, trustServerCertificate: true },
        ...login,
      });
      await pool.connect();
      return new SqlClient(pool);
    },
    [Symbol.asyncDispose]: () => emulator[Symbol.asyncDispose](),
  };
}
