import type {
  Engine,
  EngineSession,
  LoginRequest,
  ResultColumn,
  ResultSink,
  RpcCall,
  TransactionRequest,
} from '../../src/engine/session-contract.ts';
import type { SqlRow, SqlValue } from '../../src/engine/types/sql-value.ts';
import { SqlError } from '../../src/errors.ts';

/** A batch or procedure that the engine of the tests knows by its text. */
export type CannedAnswer = (sink: ResultSink, signal: AbortSignal) => Promise<void> | void;

/** What the engine was asked to do, for assertions. */
export interface EngineLog {
  readonly logins: LoginRequest[];
  readonly batches: string[];
  readonly calls: RpcCall[];
  readonly transactions: TransactionRequest[];
  readonly bulk: { columns: readonly ResultColumn[]; rows: readonly SqlRow[] }[];
  resets: number;
  disposed: number;
}

/**
 * A small engine for tests of the wire alone. It knows no SQL: batches answer by the canned text, statements and
 * procedures with parameters echo them as one row (prepared inserts count one row instead), and by-reference parameters come back with the value they were sent with.
 */
export class CannedEngine implements Engine {
  readonly serverName = 'canned';
  readonly log: EngineLog = { logins: [], batches: [], calls: [], transactions: [], bulk: [], resets: 0, disposed: 0 };
  readonly answers: Map<string, CannedAnswer>;
  #nextSession = 51;

  constructor(answers: Readonly<Record<string, CannedAnswer>> = {}) {
    this.answers = new Map(Object.entries(answers));
  }

  async login(request: LoginRequest): Promise<EngineSession> {
    this.log.logins.push(request);
    if (request.password !== 'right') {
      throw new SqlError(`Login failed for user '${request.userName}'.`, { number: 18456, severity: 14 });
    }
    if (request.database === 'absent') {
      throw new SqlError('Cannot open database "absent" requested by the login. The login failed.', {
        number: 4060,
        severity: 11,
      });
    }
    const sessionId = this.#nextSession;
    this.#nextSession += 1;
    return new CannedSession(this, sessionId, request.database === '' ? 'master' : request.database);
  }
}

class CannedSession implements EngineSession {
  readonly sessionId: number;
  readonly language = 'us_english';
  readonly database: string;
  readonly collation = undefined;
  transactionDescriptor = 0n;
  readonly #engine: CannedEngine;
  /** Statement texts by handle. */
  readonly #prepared: string[] = [];

  constructor(engine: CannedEngine, sessionId: number, database: string) {
    this.#engine = engine;
    this.sessionId = sessionId;
    this.database = database;
  }

  async batch(sql: string, sink: ResultSink, signal: AbortSignal): Promise<void> {
    this.#engine.log.batches.push(sql);
    const answer = this.#engine.answers.get(sql.trim());
    if (answer !== undefined) return await answer(sink, signal);
    sink.statementDone({ command: 'other' });
  }

  async rpc(call: RpcCall, sink: ResultSink, signal: AbortSignal): Promise<void> {
    this.#engine.log.calls.push(call);
    const name = call.procedure.toLowerCase();
    const [first] = call.parameters;
    if (name === 'sp_executesql' && typeof first?.value === 'string') {
      const answer = this.#engine.answers.get(first.value.trim());
      if (answer !== undefined) await answer(sink, signal);
      else this.#echo(call, call.parameters.slice(2), sink);
    } else if (name === 'sp_prepare' || name === 'sp_prepexec') {
      const handle = this.#prepared.push(String(call.parameters[2]?.value));
      // tedious finds the handle by the name that it sent.
      sink.returnValue({ ordinal: 0, name: first?.name ?? '', type: { name: 'int' }, value: handle });
      if (name === 'sp_prepexec') this.#execute(handle, call, 3, sink);
    } else if (name === 'sp_execute') {
      this.#execute(Number(first?.value), call, 1, sink);
    } else if (name === 'sp_unprepare') {
      this.#prepared[Number(first?.value) - 1] = '';
    } else {
      const answer = this.#engine.answers.get(call.procedure);
      if (answer !== undefined) return await answer(sink, signal);
      this.#echo(call, call.parameters, sink);
    }
    sink.procedureDone(0);
  }

  #execute(handle: number, call: RpcCall, skip: number, sink: ResultSink): void {
    const text = this.#prepared[handle - 1] ?? '';
    if (text === '') {
      sink.error(new SqlError(`Could not find prepared statement with handle ${handle}.`, { number: 8179 }));
    } else if (text.startsWith('insert')) {
      sink.statementDoneInProcedure({ command: 'insert', rowCount: 1 });
    } else {
      this.#echo(call, call.parameters.slice(skip), sink);
    }
  }

  #echo(call: RpcCall, parameters: RpcCall['parameters'], sink: ResultSink): void {
    const plain = parameters.filter((parameter) => parameter.table === undefined);
    if (plain.length > 0) {
      sink.columns(plain.map((p, i) => ({ name: p.name.slice(1) || `p${i}`, type: p.type, nullable: true })));
      sink.row(plain.map((p): SqlValue => p.value));
      sink.statementDoneInProcedure({ command: 'select', rowCount: 1 });
    }
    for (const { table } of parameters) {
      if (table === undefined) continue;
      sink.columns(table.columns.map((column, i) => ({ name: `c${i}`, type: column.type, nullable: true })));
      for (const row of table.rows) sink.row(row);
      sink.statementDoneInProcedure({ command: 'select', rowCount: table.rows.length });
    }
    for (const [ordinal, p] of call.parameters.entries()) {
      if (p.output && plain.includes(p)) sink.returnValue({ ordinal, name: p.name, type: p.type, value: p.value });
    }
  }

  async transaction(request: TransactionRequest, sink: ResultSink): Promise<void> {
    this.#engine.log.transactions.push(request);
    if (request.kind === 'begin') {
      this.transactionDescriptor = 77n;
      sink.environment({ kind: 'begin', descriptor: 77n });
      sink.statementDone({ command: 'begin' });
    } else if (request.kind !== 'save') {
      sink.environment({ kind: request.kind, descriptor: this.transactionDescriptor });
      this.transactionDescriptor = 0n;
      if (request.beginAgain !== undefined) {
        this.transactionDescriptor = 78n;
        sink.environment({ kind: 'begin', descriptor: 78n });
      }
      sink.statementDone({ command: request.kind });
    }
  }

  async bulkLoad(columns: readonly ResultColumn[], rows: readonly SqlRow[], sink: ResultSink): Promise<void> {
    this.#engine.log.bulk.push({ columns, rows });
    sink.statementDone({ command: 'insert', rowCount: rows.length });
  }

  async reset(_keepTransaction: boolean, sink: ResultSink): Promise<void> {
    this.#engine.log.resets += 1;
    sink.environment({ kind: 'reset' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#engine.log.disposed += 1;
  }
}

/** An answer with one result set. */
export function resultSet(columns: readonly ResultColumn[], rows: readonly SqlRow[]): CannedAnswer {
  return (sink) => {
    sink.columns(columns);
    for (const row of rows) sink.row(row);
    sink.statementDone({ command: 'select', rowCount: rows.length });
  };
}
