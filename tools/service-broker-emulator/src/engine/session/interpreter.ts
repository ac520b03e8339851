import { errorsBefore, SqlError } from '../../errors.ts';
import type { Predicate } from '../../tsql/ast/expressions.ts';
import type { Statement } from '../../tsql/ast/statements.ts';
import type { ResultSink, StatementCompletion } from '../session-contract.ts';
import { waitForLock } from '../storage/lock-wait.ts';
import { TransactionConflict } from '../storage/transaction.ts';
import {
  abortsBatch,
  abortsByArithmetic,
  doomsTransaction,
  isResolutionError,
  reportedError,
  terminatesStatement,
} from './error-scope.ts';
import { BatchAborted, type Flow } from './flow.ts';
import type { MaybePromise } from './maybe-promise.ts';
import type { ModuleFrame } from './module-frame.ts';
import type { SessionCore } from './session-core.ts';
import { type StatementHandler, statementHandler } from './statement-handlers.ts';
import { UserError } from './user-error.ts';

const changesData = new Set<Statement['kind']>(['insert', 'update', 'delete', 'merge']);

/** Longest time the interpreter keeps the thread: more delays other sessions' answers, less costs throughput. */
const timeSliceMs = 20;

/** The clock costs as much as a quick statement; several of them in a row take far less than a slice. */
const quickStatementsPerLook = 8;

/** Where GOTO goes in this list: the index of its label, or undefined when the label is not here, or it isn't a GOTO. */
function jumpTarget(flow: Flow, statements: readonly Statement[]): number | undefined {
  if (typeof flow !== 'object') return undefined;
  const target = statements.findIndex((candidate) => candidate.kind === 'label' && candidate.label === flow.goto);
  return target < 0 ? undefined : target;
}

/**
 * Runs modules for one request. Statements run one after the other; one that meets a lock is taken back, waits, and
 * runs again; one that fails is taken back and its error reported, or handed to the nearest TRY block.
 */
export class Interpreter {
  readonly session: SessionCore;
  readonly signal: AbortSignal;
  sink: ResultSink;
  /** Number of TRY blocks being executed, across modules. */
  tryDepth = 0;
  /** True while an RPC or dynamic SQL runs: completions are those of a procedure. */
  inProcedure = false;
  /** True while the procedure of an INSERT ... EXEC runs: its result sets are kept, not sent. */
  capturing = false;
  /** False until the first statement of a batch runs: errors before that are those of compiling it. */
  begun = true;
  /** SET DATEFORMAT and SET DATEFIRST that this request has run: SET LANGUAGE leaves what they set alone. */
  readonly datesSet = { format: false, first: false };
  #sliceStart = performance.now();
  /** Quick statements since the clock was last looked at. */
  #unwatched = 0;

  constructor(session: SessionCore, sink: ResultSink, signal: AbortSignal) {
    this.session = session;
    this.sink = sink;
    this.signal = signal;
  }

  /** Runs the statements of a module or block. */
  list(statements: readonly Statement[], frame: ModuleFrame): MaybePromise<Flow> {
    for (let index = 0; index < statements.length; index += 1) {
      const statement = statements[index];
      if (statement === undefined) break;
      const flow = this.statement(statement, frame);
      if (flow instanceof Promise) return this.#listAfter(flow, statements, index, frame);
      if (flow === 'next') continue;
      const target = jumpTarget(flow, statements);
      if (target === undefined) return flow;
      index = target;
    }
    return 'next';
  }

  /** Goes on with a list once the statement at `index` has been waited for. */
  async #listAfter(
    pending: Promise<Flow>,
    statements: readonly Statement[],
    index: number,
    frame: ModuleFrame,
  ): Promise<Flow> {
    let flow = await pending;
    let position = index;
    for (;;) {
      if (flow !== 'next') {
        const target = jumpTarget(flow, statements);
        if (target === undefined) return flow;
        position = target;
      }
      position += 1;
      const statement = statements[position];
      if (statement === undefined) return 'next';
      const outcome = this.statement(statement, frame);
      flow = outcome instanceof Promise ? await outcome : outcome;
    }
  }

  /** Runs one statement to its end, waiting for locks as long as LOCK_TIMEOUT allows. */
  statement(statement: Statement, frame: ModuleFrame): MaybePromise<Flow> {
    if (this.signal.aborted) throw this.signal.reason;
    const handler = statementHandler(statement);
    if (this.#isSliceOver(handler)) return this.#yieldThread().then(() => this.#begin(statement, handler, frame));
    return this.#begin(statement, handler, frame);
  }

  #isSliceOver({ isQuick }: StatementHandler): boolean {
    if (isQuick && this.#unwatched < quickStatementsPerLook) {
      this.#unwatched += 1;
      return false;
    }
    this.#unwatched = 0;
    return performance.now() - this.#sliceStart > timeSliceMs;
  }

  #begin(statement: Statement, handler: StatementHandler, frame: ModuleFrame): MaybePromise<Flow> {
    // SET NOEXEC ON: statements are compiled only, until it is switched off again.
    if (this.session.options.noExec && statement.kind !== 'setOption') return 'next';
    this.begun = true;
    const mark = this.session.transactions.mark();
    this.session.beginStatement();
    return this.#attempt(statement, handler, frame, mark);
  }

  #attempt(statement: Statement, handler: StatementHandler, frame: ModuleFrame, mark: number): MaybePromise<Flow> {
    try {
      const outcome = handler.run(this, statement, frame);
      if (outcome instanceof Promise) return this.#settle(outcome, statement, handler, frame, mark);
      return this.#succeeded(outcome, handler);
    } catch (error) {
      return this.#failed(error, statement, handler, frame, mark);
    }
  }

  async #settle(
    pending: Promise<Flow | undefined>,
    statement: Statement,
    handler: StatementHandler,
    frame: ModuleFrame,
    mark: number,
  ): Promise<Flow> {
    try {
      return this.#succeeded(await pending, handler);
    } catch (error) {
      return await this.#failed(error, statement, handler, frame, mark);
    }
  }

  #succeeded(flow: Flow | undefined, { isCompound, rowCount }: StatementHandler): Flow {
    const { session } = this;
    if (rowCount !== undefined) session.statement.rowCount = rowCount;
    if (!isCompound) {
      session.transactions.endStatement();
      session.statement.error = 0;
    }
    return flow ?? 'next';
  }

  #failed(
    error: unknown,
    statement: Statement,
    handler: StatementHandler,
    frame: ModuleFrame,
    mark: number,
  ): MaybePromise<Flow> {
    const { session } = this;
    const atomic = !handler.isCompound;
    if (error instanceof TransactionConflict && atomic) return this.#again(error, statement, handler, frame, mark);
    if (!(error instanceof SqlError)) {
      if (atomic) session.transactions.abandonStatement(mark);
      throw error;
    }
    if (this.tryDepth > 0 && !atomic && session.handled.has(error)) throw error;
    return this.#fail(error, statement, frame, mark);
  }

  /** Takes a statement that met a lock back, waits, and runs it again. */
  async #again(
    conflict: TransactionConflict,
    statement: Statement,
    handler: StatementHandler,
    frame: ModuleFrame,
    mark: number,
  ): Promise<Flow> {
    this.session.transactions.rewindStatement(mark);
    const failure = await this.#wait(conflict);
    if (failure !== undefined) return this.#fail(failure, statement, frame, mark);
    return await this.#attempt(statement, handler, frame, mark);
  }

  /** Evaluates the condition of IF or WHILE, which reads, locks and waits like a statement. */
  condition(predicate: Predicate, frame: ModuleFrame): MaybePromise<boolean> {
    const { session } = this;
    const mark = session.transactions.mark();
    try {
      const holds = session.condition(predicate, frame);
      session.transactions.endStatement();
      session.statement.rowCount = 0n;
      if (frame.nestLevel > 0 || this.inProcedure) this.completeWithoutCount(frame);
      return holds;
    } catch (error) {
      if (error instanceof TransactionConflict) return this.#conditionAgain(error, predicate, frame, mark);
      session.transactions.abandonStatement(mark);
      throw error;
    }
  }

  async #conditionAgain(
    conflict: TransactionConflict,
    predicate: Predicate,
    frame: ModuleFrame,
    mark: number,
  ): Promise<boolean> {
    const { transactions } = this.session;
    transactions.rewindStatement(mark);
    const failure = await this.#wait(conflict);
    if (failure === undefined) return await this.condition(predicate, frame);
    transactions.abandonStatement(mark);
    throw failure;
  }

  /**
   * Reports the end of a statement that has no count: PRINT, statements of cursors, and in procedures the conditions of IF
   * and WHILE. NOCOUNT silences those of procedures. Source: [MS-TDS] 2.2.7.7, and what go-mssqldb's tests count.
   */
  completeWithoutCount(frame: ModuleFrame): void {
    const inProcedure = frame.nestLevel > 0 || this.inProcedure;
    if (inProcedure && this.session.options.nocount) return;
    this.complete({ command: 'other', always: true }, frame);
  }

  /** Reports the end of a statement to the client, as the module it stands in asks for. */
  complete(completion: StatementCompletion, frame: ModuleFrame): void {
    const { rowCount, ...rest } = completion;
    const reported = this.session.options.nocount || rowCount === undefined ? rest : { ...rest, rowCount };
    if (frame.nestLevel > 0 || this.inProcedure) this.sink.statementDoneInProcedure(reported);
    else this.sink.statementDone(reported);
  }

  async #wait(conflict: TransactionConflict): Promise<SqlError | undefined> {
    const waiter = this.session.transactions.forWriting();
    try {
      await waitForLock(waiter, conflict, {
        timeoutMs: this.session.options.lockTimeout,
        signal: this.signal,
      });
      return undefined;
    } catch (error) {
      if (error instanceof SqlError) return error;
      this.session.transactions.abandonStatement(waiter.mark());
      throw error;
    }
  }

  /** Takes a failed statement back and decides what happens next: a CATCH block, the next statement, or the end. */
  #fail(failed: SqlError, statement: Statement, frame: ModuleFrame, mark: number): Flow {
    const { session } = this;
    const error = reportedError(failed, session.options);
    if (!statementHandler(statement).isCompound || statement.kind === 'waitFor' || statement.kind === 'transaction') {
      session.transactions.abandonStatement(Math.min(mark, session.transactions.mark()));
    }
    // An error that names its procedure but no line is one of calling it: SQL Server says line 0 then.
    if (error.line === 0 && error.procedure === '') error.line = statement.line;
    if (error.procedure === '') error.procedure = frame.procedure;
    session.statement.error = error.number;
    session.statement.rowCount = 0n;
    session.handled.add(error);
    const xactAbort =
      abortsByArithmetic(failed, session.options) ||
      (session.options.xactAbort && !(error instanceof UserError && error.origin === 'raiserror'));
    const transaction = session.transactions.explicit;
    if (isResolutionError(error) && !session.resolutionFrames.has(error)) session.resolutionFrames.set(error, frame);
    if (this.tryDepth > 0) {
      if (transaction !== undefined && doomsTransaction(error, xactAbort)) transaction.doomed = true;
      throw error;
    }
    for (const earlier of errorsBefore(error)) {
      earlier.line = error.line;
      earlier.procedure = error.procedure;
      this.sink.error(earlier);
    }
    this.sink.error(error);
    if (changesData.has(statement.kind) && !abortsBatch(error, xactAbort) && terminatesStatement(error)) {
      const { line, procedure } = error;
      const text = 'The statement has been terminated.';
      this.sink.info({ number: 3621, state: 0, severity: 0, text, procedure, line });
    }
    this.complete({ command: 'other', error: true }, frame);
    if (doomsTransaction(error, xactAbort)) session.transactions.rollback(this.sink);
    if (isResolutionError(error) && !xactAbort && frame.nestLevel > 0) return 'return';
    if (abortsBatch(error, xactAbort) || (error instanceof UserError && error.origin === 'throw'))
      throw new BatchAborted();
    return 'next';
  }

  /**
   * A module doesn't compile: nothing of it runs. A TRY block of the module that called it catches the error; without one
   * the caller goes on.
   *
   * @throws {SqlError} the error, for a batch and inside TRY
   * @throws {BatchAborted} with XACT_ABORT ON
   */
  moduleFailed(error: SqlError, frame: ModuleFrame): Flow {
    const { session } = this;
    if (frame.outer === undefined && frame.moduleId === 0) throw error;
    session.statement.error = error.number;
    session.statement.rowCount = 0n;
    session.handled.add(error);
    session.resolutionFrames.set(error, frame);
    const { xactAbort } = session.options;
    const { explicit } = session.transactions;
    if (this.tryDepth > 0) {
      if (explicit !== undefined && doomsTransaction(error, xactAbort)) explicit.doomed = true;
      throw error;
    }
    this.sink.error(error);
    this.complete({ command: 'other', error: true }, frame);
    if (!doomsTransaction(error, xactAbort)) return 'return';
    session.transactions.rollback(this.sink);
    throw new BatchAborted();
  }

  async #yieldThread(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#sliceStart = performance.now();
    if (this.signal.aborted) throw this.signal.reason;
  }
}
