import { eventually } from '@hartonomous/test-support';
import sql from 'mssql';
import { recordText } from './sent-texts.ts';

/** One result set: its columns in order, and its rows by column name. */
export interface ResultSet {
  readonly columns: readonly string[];
  readonly rows: readonly Record<string, unknown>[];
}

/** Everything a batch answered. */
export interface Answer {
  readonly sets: readonly ResultSet[];
  /** Rows of the first result set. */
  readonly rows: readonly Record<string, unknown>[];
  /** First column of the first row of the first result set. */
  readonly value: unknown;
  /** Numbers of the errors, in order; -1 for a batch that the client cancelled. */
  readonly errors: readonly number[];
}

/** A message as RECEIVE gives it. */
export interface Message {
  readonly handle: string;
  readonly group: string;
  readonly sequence: number;
  readonly type: string;
  /** E, N or X. */
  readonly validation: string;
  readonly body: Buffer | null;
  /** The body read as UTF-16; empty for no body. */
  readonly text: string;
}

/** Columns of {@link Message}. */
export const messageColumns =
  'conversation_handle, conversation_group_id, message_sequence_number, message_type_name, validation, message_body';

export function messagesOf(set: ResultSet | undefined): Message[] {
  return (set?.rows ?? []).map((row) => {
    const body = row.message_body;
    return {
      handle: String(row.conversation_handle),
      group: String(row.conversation_group_id),
      sequence: Number(row.message_sequence_number),
      type: String(row.message_type_name).split('/').at(-1) ?? '',
      validation: String(row.validation).trim(),
      body: Buffer.isBuffer(body) ? body : null,
      text: Buffer.isBuffer(body) ? body.toString('utf16le') : '',
    };
  });
}

const errorNamespace = 'declare default element namespace "http://schemas.microsoft.com/SQL/ServiceBroker/Error";';

/** One connection to the server, in the database of one test. */
export class Session {
  readonly #pool: sql.ConnectionPool;
  readonly #running = new Set<sql.Request>();
  /** Why the server has ended the connection, as WITH ROLLBACK IMMEDIATE of another session makes it do. */
  #lost: Error | undefined;
  /** `@@SPID`. */
  readonly id: number;

  private constructor(pool: sql.ConnectionPool, id: number) {
    this.#pool = pool;
    this.id = id;
    pool.on('error', (error: Error) => {
      this.#lost = error;
    });
  }

  static async open(options: sql.config): Promise<Session> {
    const pool = new sql.ConnectionPool({ ...options, pool: { min: 1, max: 1 } });
    await pool.connect();
    const spid = await pool.request().batch('SELECT @@SPID AS id');
    return new Session(pool, Number(spid.recordset[0]?.id));
  }

  /** Sends a batch and gathers its whole answer, errors included. */
  run(text: string): Promise<Answer> {
    recordText(text, 'valid');
    return this.#send(text);
  }

  #send(text: string): Promise<Answer> {
    if (this.#lost !== undefined) {
      return Promise.reject(new Error(`The server has ended session ${this.id}.`, { cause: this.#lost }));
    }
    const request = this.#pool.request();
    request.stream = true;
    const sets: { columns: string[]; rows: Record<string, unknown>[] }[] = [];
    const errors: number[] = [];
    const { promise, resolve } = Promise.withResolvers<Answer>();
    request.on('recordset', (columns: Record<string, unknown>) =>
      sets.push({ columns: Object.keys(columns), rows: [] }),
    );
    request.on('row', (row: Record<string, unknown>) => sets.at(-1)?.rows.push(row));
    request.on('error', (error: sql.RequestError) =>
      errors.push(error.code === 'ECANCEL' ? -1 : Number(error.number ?? 0)),
    );
    request.on('done', () => {
      this.#running.delete(request);
      const rows = sets[0]?.rows ?? [];
      resolve({ sets, rows, value: Object.values(rows[0] ?? {})[0], errors });
    });
    this.#running.add(request);
    void request.batch(text);
    return promise;
  }

  /** Sends a batch that must succeed. */
  async ok(text: string): Promise<Answer> {
    const answer = await this.run(text);
    if (answer.errors.length > 0) throw new Error(`Error ${answer.errors.join(', ')} where none is due:\n${text}`);
    return answer;
  }

  /** Sends a batch that must fail, and gives the number of its first error. */
  async refused(text: string): Promise<number> {
    return this.#firstError(text, await this.run(text));
  }

  /** Sends a batch that is not T-SQL, and gives the number of its first error. */
  async syntaxError(text: string): Promise<number> {
    recordText(text, 'invalid');
    return this.#firstError(text, await this.#send(text));
  }

  #firstError(text: string, answer: Answer): number {
    const [number] = answer.errors;
    if (number === undefined) throw new Error(`No error where one is due:\n${text}`);
    return number;
  }

  /** Sends an attention for what is running. */
  cancel(): void {
    for (const request of this.#running) request.cancel();
  }

  /**
   * BEGIN DIALOG, committed at once outside a transaction. Gives the conversation handle.
   *
   * @param options more of the WITH clause, for example `LIFETIME = 1`
   */
  async begin(options = '', from = 'I', to = `'S', 'CURRENT DATABASE'`, contract = 'ON CONTRACT C'): Promise<string> {
    const answer = await this.ok(
      `DECLARE @h uniqueidentifier;
BEGIN DIALOG CONVERSATION @h FROM SERVICE ${from} TO SERVICE ${to} ${contract} WITH ${options === '' ? '' : `${options}, `}ENCRYPTION = OFF;
SELECT @h AS handle;`,
    );
    return String(answer.value);
  }

  /** The text of a SEND. `body` is an expression; empty for no body clause. */
  sendText(handle: string, body = "N'a'", type = 'T'): string {
    return `DECLARE @h uniqueidentifier = '${handle}';
SEND ON CONVERSATION @h MESSAGE TYPE ${type}${body === '' ? '' : ` (${body})`};`;
  }

  async send(handle: string, body = "N'a'", type = 'T'): Promise<void> {
    await this.ok(this.sendText(handle, body, type));
  }

  /** Waits until a queue holds that many messages, those locked by others included. */
  async arrives(queue: string, count = 1): Promise<void> {
    await eventually(async () => {
      const found = Number((await this.ok(`SELECT COUNT(*) AS messages FROM ${queue} WITH (NOLOCK);`)).value);
      if (found !== count) throw new Error(`${queue} holds ${found} messages where ${count} are due`);
    });
  }

  /** RECEIVE, now. `clauses` is what follows the queue's name, `top` what follows RECEIVE. */
  async receive(queue: string, clauses = '', top = ''): Promise<Message[]> {
    const answer = await this.ok(`RECEIVE ${top} ${messageColumns} FROM ${queue} ${clauses};`);
    return messagesOf(answer.sets[0]);
  }

  /** Waits until a queue holds that many messages, then RECEIVE. */
  async receiveAll(queue: string, count = 1): Promise<Message[]> {
    await this.arrives(queue, count);
    return this.receive(queue);
  }

  async count(from: string): Promise<number> {
    return Number((await this.ok(`SELECT COUNT(*) AS rows_found FROM ${from};`)).value);
  }

  /** State of an endpoint; undefined when there is no row. */
  async state(handle: string): Promise<string | undefined> {
    const { value } = await this.ok(
      `SELECT state FROM sys.conversation_endpoints WHERE conversation_handle = '${handle}';`,
    );
    return value === undefined ? undefined : String(value).trim();
  }

  /** Handle of the other side of a dialog. */
  async farHandle(handle: string): Promise<string> {
    const { value } = await this.ok(
      `SELECT far.conversation_handle FROM sys.conversation_endpoints AS near
JOIN sys.conversation_endpoints AS far ON far.conversation_id = near.conversation_id AND far.is_initiator <> near.is_initiator
WHERE near.conversation_handle = '${handle}';`,
    );
    return String(value);
  }

  /** Code and Description of the body of an Error message. */
  async errorIn(message: Message | undefined): Promise<{ code: number; description: string }> {
    const hex = message?.body?.toString('hex') ?? '';
    const { rows } = await this.ok(
      `DECLARE @x xml = CAST(0x${hex} AS xml);
SELECT @x.value('${errorNamespace} (/Error/Code)[1]', 'int') AS code, @x.value('${errorNamespace} (/Error/Description)[1]', 'nvarchar(3000)') AS description;`,
    );
    return { code: Number(rows[0]?.code), description: String(rows[0]?.description) };
  }

  /** Waits until another session waits for messages. */
  async sees(waiting: Session): Promise<void> {
    await eventually(async () => {
      const found = await this.count(
        `sys.dm_exec_requests WHERE session_id = ${waiting.id} AND wait_type = 'BROKER_RECEIVE_WAITFOR'`,
      );
      if (found === 0) throw new Error('the other session does not wait for messages');
    });
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}
