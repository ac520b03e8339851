import { SqlError } from '../../errors.ts';
import type { EmulatorServer } from '../emulator-server.ts';
import type { Database } from '../server/database.ts';
import type { EngineSession, ResultColumn, ResultSink, RpcCall, TransactionRequest } from '../session-contract.ts';
import { convertValue } from '../types/convert.ts';
import type { SqlRow } from '../types/sql-value.ts';
import { bulkInsert } from './bulk-insert.ts';
import { doomedAtEndOfBatch } from './errors.ts';
import { BatchAborted } from './flow.ts';
import { Interpreter } from './interpreter.ts';
import { ModuleFrame } from './module-frame.ts';
import { parseObjectName } from './name-resolution.ts';
import { declarationsOf, runModule } from './procedure-call.ts';
import { rpcArguments } from './rpc-arguments.ts';
import { SessionCore, type SessionIdentity } from './session-core.ts';
import { defaultSetOptions } from './set-options.ts';
import { announceDatabase } from './statements/databases.ts';
import { callByName } from './statements/execute.ts';
import { runTransactionRequest } from './transaction-request.ts';

/** One client's connection to the engine: runs its requests one at a time. */
export class SqlSession implements EngineSession {
  readonly core: SessionCore;
  readonly #home: Database;
  readonly #killed = new AbortController();

  constructor(server: EmulatorServer, sessionId: number, identity: SessionIdentity, database: Database) {
    this.core = new SessionCore(server, sessionId, identity, database);
    this.#home = database;
  }

  get sessionId(): number {
    return this.core.sessionId;
  }

  get killed(): AbortSignal {
    return this.#killed.signal;
  }

  /** Ends the session from the server's side: what runs is broken off, its transaction rolled back. */
  async kill(): Promise<void> {
    this.#killed.abort(new Error(`session ${this.sessionId} was killed`));
    // What waits in the session gets its turn to unwind before the transaction goes.
    await new Promise((resolve) => setImmediate(resolve));
    await this[Symbol.asyncDispose]();
  }

  get database(): string {
    return this.core.database.name;
  }

  get language(): string {
    return this.core.options.dates.language.name;
  }

  get collation(): string | undefined {
    return this.core.database.collation;
  }

  get transactionDescriptor(): bigint {
    return this.core.transactions.explicit?.id ?? 0n;
  }

  async batch(sql: string, sink: ResultSink, signal: AbortSignal): Promise<void> {
    this.core.server.onSql?.({ sessionId: this.sessionId, text: sql });
    await this.#request(sink, signal, false, async (run) => {
      run.begun = false;
      const batch = this.core.parse(sql);
      const { defaultSchema } = this.core;
      const declarations = declarationsOf(this.core, [], batch.statements, defaultSchema);
      const frame = new ModuleFrame({ procedure: '', moduleId: 0, declarations, defaultSchema });
      // The batches of a session are one scope: what one inserted, SCOPE_IDENTITY() shows in the next.
      frame.scopeIdentity = this.core.identities.ofBatch;
      try {
        await runModule(run, batch.statements, frame);
      } finally {
        this.core.identities.ofBatch = frame.scopeIdentity;
      }
    });
  }

  async rpc(call: RpcCall, sink: ResultSink, signal: AbortSignal): Promise<void> {
    this.core.server.onSql?.({ sessionId: this.sessionId, text: describe(call) });
    await this.#request(sink, signal, true, async (run) => {
      const values = rpcArguments(this.core, call);
      const result = await callByName(run, parseObjectName(call.procedure), values, undefined);
      sink.procedureDone(result.status);
      for (const [ordinal, parameter] of call.parameters.entries()) {
        if (!parameter.output) continue;
        const key = parameter.name === '' ? [...result.outputs.keys()][ordinal] : parameter.name.toLowerCase();
        const output = key === undefined ? undefined : result.outputs.get(key);
        if (output === undefined) continue;
        // It comes back in the type that the client has sent, cut to its length. Source: [MS-TDS] 2.2.7.19.
        const { type } = parameter;
        const value = convertValue(output.value, output.type, type, { explicit: true });
        sink.returnValue({ ordinal, name: parameter.name, type, value });
      }
    });
  }

  async transaction(request: TransactionRequest, sink: ResultSink): Promise<void> {
    await this.#request(sink, new AbortController().signal, false, async () =>
      runTransactionRequest(this.core, request, sink),
    );
  }

  async bulkLoad(
    columns: readonly ResultColumn[],
    rows: readonly SqlRow[],
    sink: ResultSink,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#request(sink, signal, false, (run) => bulkInsert(run, columns, rows));
  }

  async reset(keepTransaction: boolean, sink: ResultSink): Promise<void> {
    const { core } = this;
    if (!keepTransaction) core.transactions.rollback(sink);
    core.tempTables.clear();
    core.tempProcedures.clear();
    core.cursors.global.clear();
    core.prepared.clear();
    core.sessionContext.clear();
    core.impersonated.length = 0;
    core.options = defaultSetOptions(core.identity.language);
    core.identities.insertTable = undefined;
    core.contextInfo = null;
    core.identities.ofBatch = null;
    core.identities.last = null;
    if (core.database !== this.#home) {
      announceDatabase(sink, this.#home, core.database);
      core.database = this.#home;
    }
    sink.environment({ kind: 'reset' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { sessions } = this.core.server;
    // A session that was killed is disposed of again when its connection ends; by then another may have its number.
    if (sessions.get(this.sessionId) !== this) return;
    sessions.delete(this.sessionId);
    this.core.transactions.rollback(undefined);
    this.core.sessionEnded();
  }

  async #request(
    sink: ResultSink,
    signal: AbortSignal,
    inProcedure: boolean,
    work: (run: Interpreter) => Promise<void>,
  ): Promise<void> {
    const run = new Interpreter(this.core, sink, signal);
    run.inProcedure = inProcedure;
    this.core.sink = sink;
    try {
      await work(run);
      this.#refuseDoomed(sink);
    } catch (error) {
      if (signal.aborted) {
        if (this.core.options.xactAbort) this.core.transactions.rollback(sink);
        return;
      }
      if (error instanceof BatchAborted) return;
      if (!(error instanceof SqlError)) throw error;
      this.core.statement.error = error.number;
      sink.error(error);
      sink.statementDone({ command: 'other', error: true });
      // A batch that doesn't compile leaves the transaction alone. Source: Microsoft's documentation of SET XACT_ABORT.
      if (this.core.options.xactAbort && run.begun) this.core.transactions.rollback(sink);
    } finally {
      this.core.sink = undefined;
    }
  }

  /** A doomed transaction does not outlive its batch. */
  #refuseDoomed(sink: ResultSink): void {
    if (this.core.transactions.state !== -1) return;
    this.core.transactions.rollback(sink);
    sink.error(doomedAtEndOfBatch());
    sink.statementDone({ command: 'other', error: true });
  }
}

/** What the log shows of a procedure call: its name, and the statement text where it carries one. */
function describe(call: RpcCall): string {
  const text = call.parameters.find((parameter) => /^@(statement|stmt)$/i.test(parameter.name)) ?? call.parameters[0];
  const statement =
    /^sp_(executesql|prepexec)$/i.test(call.procedure) && typeof text?.value === 'string' ? `: ${text.value}` : '';
  return `${call.procedure}${statement}`;
}
