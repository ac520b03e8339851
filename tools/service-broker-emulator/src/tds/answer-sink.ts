import type {
  EnvironmentChange,
  ResultColumn,
  ResultSink,
  ReturnedParameter,
  StatementCompletion,
} from '../engine/session-contract.ts';
import type { SqlRow } from '../engine/types/sql-value.ts';
import type { SqlError } from '../errors.ts';
import type { AnswerStream } from './answer-stream.ts';
import { ByteWriter } from './byte-writer.ts';
import {
  commandNumber,
  DoneStatus,
  type Message,
  Token,
  writeColumns,
  writeDone,
  writeEnvironmentChange,
  writeMessage,
  writeReturnStatus,
  writeReturnValue,
} from './tokens.ts';
import { type ValueWriter, valueWriter } from './value-writer.ts';

/** A result set's COLMETADATA and how to write its rows. */
interface ColumnPlan {
  readonly metadata: Buffer;
  readonly writers: readonly ValueWriter[];
}

/** Compiled statements hand out the same column list each time they run, so what follows from it is made once. */
const plans = new WeakMap<readonly ResultColumn[], ColumnPlan>();

function planOf(columns: readonly ResultColumn[]): ColumnPlan {
  const known = plans.get(columns);
  if (known !== undefined) return known;
  const out = new ByteWriter(256);
  writeColumns(out, columns);
  const plan = {
    metadata: Buffer.from(out.buffer.subarray(0, out.position)),
    writers: columns.map((column) => valueWriter(column.type)),
  };
  plans.set(columns, plan);
  return plan;
}

/** A DONE token that waits until it is known whether another follows. */
interface PendingDone {
  readonly token: number;
  readonly status: number;
  readonly command: number;
  readonly rowCount: number | bigint;
}

/** What the sink needs of its connection. */
export interface AnswerContext {
  readonly serverName: string;
  /** Whether a transaction is open now. */
  inTransaction(): boolean;
  /** See {@link ResultSink.drained}. */
  drained(): Promise<void> | undefined;
}

/** Severity from which on SQL Server closes the connection after the answer. */
const fatalSeverity = 20;

/**
 * Turns what the engine reports into the tokens of one answer.
 *
 * Every statement's DONE but the last carries the "more" bit, and the engine does not know which one is the last; so
 * each is held back until the next token comes (it gets the bit) or the request is over (it does not). In the answer to
 * an RPC all statements end with DONEINPROC; RETURNSTATUS, the returned values and one DONEPROC come at the end.
 */
export class AnswerSink implements ResultSink {
  readonly #stream: AnswerStream;
  readonly #context: AnswerContext;
  readonly #kind: 'batch' | 'rpc';
  #pending: PendingDone | undefined;
  #writers: readonly ValueWriter[] | undefined;
  #errorOpen = false;
  #fatal = false;
  #returnStatus: number | undefined;
  #returned: ReturnedParameter[] = [];

  constructor(stream: AnswerStream, context: AnswerContext, kind: 'batch' | 'rpc') {
    this.#stream = stream;
    this.#context = context;
    this.#kind = kind;
  }

  /** An error was sent that closes the connection. */
  get fatal(): boolean {
    return this.#fatal;
  }

  columns(columns: readonly ResultColumn[], order?: readonly number[]): void {
    this.#release();
    const plan = planOf(columns);
    const { out } = this.#stream;
    out.bytes(plan.metadata);
    if (order !== undefined) {
      out.u8(Token.order);
      out.u16(order.length * 2);
      for (const ordinal of order) out.u16(ordinal);
    }
    this.#writers = plan.writers;
  }

  row(values: SqlRow): void {
    const writers = this.#writers;
    if (writers === undefined || writers.length !== values.length) {
      throw new TypeError(`A row of ${values.length} values came for ${writers?.length ?? 0} columns.`);
    }
    const { out } = this.#stream;
    const start = out.position;
    out.u8(Token.row);
    try {
      for (let i = 0; i < writers.length; i += 1) writers[i]?.(out, values[i] ?? null);
    } catch (error) {
      // Half a row would make the rest of the answer unreadable, the error message included.
      out.position = start;
      throw error;
    }
    this.#stream.flushIfFull();
  }

  statementDone(completion: StatementCompletion): void {
    if (this.#kind === 'rpc') this.statementDoneInProcedure(completion);
    else this.#done(Token.done, completion);
  }

  statementDoneInProcedure(completion: StatementCompletion): void {
    // Under NOCOUNT and for statements without a count SQL Server says nothing, unless rows or an error came before.
    const silent = completion.rowCount === undefined && completion.error !== true && completion.always !== true;
    if (silent && this.#writers === undefined && !this.#errorOpen) return;
    this.#done(Token.doneInProcedure, completion);
  }

  procedureDone(returnStatus: number): void {
    if (this.#kind === 'rpc') {
      this.#returnStatus = returnStatus;
      return;
    }
    this.#release();
    writeReturnStatus(this.#stream.out, returnStatus);
    this.#done(Token.doneProcedure, { command: 'execute' });
  }

  returnValue(parameter: ReturnedParameter): void {
    if (this.#kind === 'batch') throw new TypeError('Only the answer to a procedure call can return parameters.');
    this.#returned.push(parameter);
  }

  error(error: SqlError): void {
    this.message(Token.error, {
      number: error.number,
      state: error.state,
      severity: error.severity,
      text: error.message,
      procedure: error.procedure,
      line: error.line,
    });
  }

  info(message: Message): void {
    this.message(Token.info, message);
  }

  /** Writes an ERROR or INFO token. */
  message(token: typeof Token.error | typeof Token.info, message: Message): void {
    this.#release();
    writeMessage(this.#stream.out, token, message, this.#context.serverName);
    if (token === Token.error) {
      this.#errorOpen = true;
      if (message.severity >= fatalSeverity) this.#fatal = true;
    }
    this.#stream.flushIfFull();
  }

  environment(change: EnvironmentChange): void {
    this.#release();
    writeEnvironmentChange(this.#stream.out, change);
  }

  drained(): Promise<void> | undefined {
    return this.#context.drained();
  }

  /**
   * Writes the end of the answer.
   *
   * @param options.last false when further calls of the same RPC message follow
   * @param options.interrupted the client sent an attention
   */
  finish(options: { last: boolean; interrupted: boolean }): void {
    let status: number = options.last ? DoneStatus.final : DoneStatus.more;
    if (options.interrupted || this.#errorOpen) status |= DoneStatus.error;
    if (this.#fatal) status |= DoneStatus.fatal;
    if (this.#kind === 'rpc') {
      this.#release();
      const { out } = this.#stream;
      if (this.#returnStatus !== undefined) writeReturnStatus(out, this.#returnStatus);
      for (const parameter of this.#returned) writeReturnValue(out, parameter);
      this.#write({ token: Token.doneProcedure, status, command: commandNumber('execute'), rowCount: 0 });
    } else if (this.#pending === undefined || this.#errorOpen || this.#pending.token === Token.doneInProcedure) {
      // An error inside a procedure that ends the batch comes here too: clients read on until a DONE, so a last
      // DONEINPROC would be taken for an answer cut short, or its error be lost (go-mssqldb).
      if (this.#pending !== undefined) status |= this.#pending.status & DoneStatus.error;
      this.#release();
      this.#write({ token: Token.done, status, command: 0, rowCount: 0 });
    } else {
      this.#write({ ...this.#pending, status: this.#pending.status | status });
    }
    this.#pending = undefined;
  }

  #done(token: number, completion: StatementCompletion): void {
    this.#release();
    let status = 0;
    if (completion.rowCount !== undefined) status |= DoneStatus.count;
    if (completion.error === true || this.#errorOpen) status |= DoneStatus.error;
    this.#errorOpen = false;
    this.#writers = undefined;
    this.#pending = {
      token,
      status,
      command: commandNumber(completion.command),
      rowCount: completion.rowCount ?? 0,
    };
  }

  /** Writes the held-back DONE now that something follows it. */
  #release(): void {
    const pending = this.#pending;
    if (pending === undefined) return;
    this.#pending = undefined;
    this.#write({ ...pending, status: pending.status | DoneStatus.more });
  }

  #write(done: PendingDone): void {
    const status = this.#context.inTransaction() ? done.status | DoneStatus.inTransaction : done.status;
    writeDone(this.#stream.out, done.token, status, done.command, done.rowCount);
    this.#stream.flushIfFull();
  }
}
