import type { ServiceQueue } from '../../../broker/service-queue.ts';
import { SqlError } from '../../../errors.ts';
import type { InsertStatement } from '../../../tsql/ast/data.ts';
import type { Expression } from '../../../tsql/ast/expressions.ts';
import type { SelectStatement } from '../../../tsql/ast/queries.ts';
import type { GetConversationGroupStatement, ReceiveStatement } from '../../../tsql/ast/receive.ts';
import { nameKey } from '../../catalog/name-key.ts';
import { compileData, compileSelect } from '../../query/compile-statement.ts';
import type { QueryEnvironment } from '../../query/environment.ts';
import type { Database } from '../../server/database.ts';
import { waitForLock } from '../../storage/lock-wait.ts';
import { TransactionConflict } from '../../storage/transaction.ts';
import { receivedRelationName } from '../../system-views/queue-relation.ts';
import { convertValue } from '../../types/convert.ts';
import { requireReceivePermission } from '../broker-permissions.ts';
import { unknownObject } from '../errors.ts';
import type { Interpreter } from '../interpreter.ts';
import type { ModuleFrame } from '../module-frame.ts';
import { databaseOf, findObject, printName } from '../name-resolution.ts';
import {
  negativeReceiveCount,
  receiveAssignsAndSelects,
  receiveAssignsBesideInto,
  receiveCountNotInteger,
} from './errors/broker-errors.ts';
import { sendRows } from './queries.ts';

interface QueueTarget {
  readonly database: Database;
  readonly queue: ServiceQueue;
}

/** @throws {SqlError} 208 when there is no such queue, 229 without RECEIVE permission */
function queueOf(
  run: Interpreter,
  statement: ReceiveStatement | GetConversationGroupStatement,
  frame: ModuleFrame,
): QueueTarget {
  const { session } = run;
  const database = databaseOf(statement.queue, session.database, session.server.databases);
  const queue = findObject(statement.queue, database, frame.defaultSchema);
  if (queue?.kind !== 'queue') throw unknownObject(printName(statement.queue));
  const state = database.broker.queue(queue.objectId);
  if (state === undefined) throw new Error(`queue ${queue.name} is in the catalog but not in the broker`);
  requireReceivePermission(session, database, state, frame);
  return { database, queue: state };
}

function guid(run: Interpreter, expression: Expression, frame: ModuleFrame): string | null {
  const { type, value } = run.session.scalar(expression, frame);
  const converted = convertValue(value, type, { name: 'uniqueidentifier' }, { explicit: false });
  return typeof converted === 'string' ? converted : null;
}

const projections = new WeakMap<ReceiveStatement, SelectStatement>();

const insertions = new WeakMap<ReceiveStatement, InsertStatement>();

/** The RECEIVE's list of columns as a query over the received messages. */
function projectionOf(statement: ReceiveStatement): SelectStatement {
  const known = projections.get(statement);
  if (known !== undefined) return known;
  const { line, items } = statement;
  const assigned = items.some((item) => item.kind === 'assignment');
  if (assigned && items.some((item) => item.kind !== 'assignment')) {
    throw receiveAssignsAndSelects();
  }
  if (assigned && statement.into !== undefined) {
    throw receiveAssignsBesideInto();
  }
  const projection: SelectStatement = {
    kind: 'select',
    line,
    with: [],
    orderBy: [],
    options: [],
    query: {
      kind: 'specification',
      line,
      distinct: false,
      items,
      from: [{ kind: 'table', line, name: { name: receivedRelationName, line }, hints: [] }],
    },
  };
  projections.set(statement, projection);
  return projection;
}

function insertionOf(statement: ReceiveStatement, into: string): InsertStatement {
  const known = insertions.get(statement);
  if (known !== undefined) return known;
  const { line } = statement;
  const insertion: InsertStatement = {
    kind: 'insert',
    options: [],
    line,
    with: [],
    target: { kind: 'tableVariable', line, name: into },
    output: [],
    source: { kind: 'select', query: projectionOf(statement) },
  };
  insertions.set(statement, insertion);
  return insertion;
}

/** What there is to compile of a RECEIVE, ahead of running it. */
export function queriesOf(
  statement: ReceiveStatement,
): readonly { readonly node: object; compile(environment: QueryEnvironment): unknown }[] {
  const projection = projectionOf(statement);
  if (statement.into === undefined) {
    return [{ node: projection, compile: (environment) => compileSelect(projection, environment) }];
  }
  const insertion = insertionOf(statement, statement.into);
  return [{ node: insertion, compile: (environment) => compileData(insertion, environment) }];
}

/** Takes messages into `session.statement.received`. Gives their number. */
function take(run: Interpreter, statement: ReceiveStatement, target: QueueTarget, frame: ModuleFrame): number {
  const { session } = run;
  projectionOf(statement);
  let top: number | undefined;
  if (statement.top !== undefined) {
    const { type, value } = session.scalar(statement.top, frame);
    const count = convertValue(value, type, { name: 'bigint' }, { explicit: false });
    if (count === null) throw receiveCountNotInteger();
    top = Number(count);
    if (top < 0) throw negativeReceiveCount();
  }
  const named = statement.where === undefined ? undefined : guid(run, statement.where.value, frame);
  if (named === null) {
    session.statement.received = [];
    return 0;
  }
  const byHandle = statement.where?.column === 'conversation_handle';
  session.statement.received = target.database.broker.receive(session.transactionForWriting(), target.queue, {
    top,
    conversationHandle: byHandle ? named : undefined,
    groupId: byHandle ? undefined : named,
  });
  return session.statement.received.length;
}

/** Hands the taken messages on: to variables, a table variable, or the client. */
async function deliver(run: Interpreter, statement: ReceiveStatement, frame: ModuleFrame): Promise<void> {
  const { session } = run;
  const count = session.statement.received.length;
  try {
    if (statement.into !== undefined) {
      const insertion = insertionOf(statement, statement.into);
      session.plan(insertion, frame, (environment) => compileData(insertion, environment)).run(session.context(frame));
    } else {
      const projection = projectionOf(statement);
      const plan = session.plan(projection, frame, (environment) => compileSelect(projection, environment));
      const rows = [...plan.run(session.context(frame))];
      if (!plan.assigns) await sendRows(run, plan.columns, rows);
    }
  } finally {
    session.statement.received = [];
  }
  session.statement.rowCount = BigInt(count);
  if (statement.into === undefined) run.complete({ command: 'select', rowCount: count }, frame);
}

export async function runReceive(run: Interpreter, statement: ReceiveStatement, frame: ModuleFrame): Promise<void> {
  take(run, statement, queueOf(run, statement, frame), frame);
  await deliver(run, statement, frame);
}

function lockGroup(
  run: Interpreter,
  statement: GetConversationGroupStatement,
  target: QueueTarget,
  frame: ModuleFrame,
): boolean {
  const { session } = run;
  const group = target.database.broker.lockNextGroup(session.transactionForWriting(), target.queue);
  session.context(frame).setVariable(nameKey(statement.variable), group ?? null);
  return group !== undefined;
}

export function runGetConversationGroup(
  run: Interpreter,
  statement: GetConversationGroupStatement,
  frame: ModuleFrame,
): void {
  lockGroup(run, statement, queueOf(run, statement, frame), frame);
}

/** Tries once; a lock that another transaction holds is waited for, as the statement alone would. */
async function attempt(
  run: Interpreter,
  statement: ReceiveStatement | GetConversationGroupStatement,
  target: QueueTarget,
  frame: ModuleFrame,
  deadline: number,
): Promise<boolean> {
  const { session } = run;
  for (;;) {
    const mark = session.transactions.mark();
    try {
      return statement.kind === 'receive'
        ? take(run, statement, target, frame) > 0
        : lockGroup(run, statement, target, frame);
    } catch (error) {
      if (!(error instanceof TransactionConflict)) throw error;
      session.transactions.rewindStatement(mark);
      const { lockTimeout } = session.options;
      const remaining = deadline - performance.now();
      if (remaining <= 0) return false;
      const isShorter = lockTimeout < 0 || remaining < lockTimeout;
      const timeoutMs = isShorter ? (Number.isFinite(remaining) ? remaining : -1) : lockTimeout;
      try {
        await waitForLock(session.transactionForWriting(), error, { timeoutMs, signal: run.signal });
      } catch (failure) {
        // The time-out of WAITFOR isn't an error: it has no rows.
        if (!(failure instanceof SqlError && failure.number === 1222 && isShorter)) throw failure;
      }
    }
  }
}

/** WAITFOR (RECEIVE ...) and WAITFOR (GET CONVERSATION GROUP ...). */
export async function waitForMessages(
  run: Interpreter,
  statement: ReceiveStatement | GetConversationGroupStatement,
  timeoutMs: number,
  frame: ModuleFrame,
): Promise<void> {
  const { session } = run;
  const target = queueOf(run, statement, frame);
  const deadline = timeoutMs < 0 ? Number.POSITIVE_INFINITY : performance.now() + timeoutMs;
  for (;;) {
    if (await attempt(run, statement, target, frame, deadline)) break;
    const remaining = deadline - performance.now();
    if (remaining <= 0) break;
    // An autocommit transaction must not be held through the wait: nothing has been done in it yet.
    session.transactions.endStatement();
    session.statement.waitType = 'BROKER_RECEIVE_WAITFOR';
    try {
      const outcome = await target.database.broker.waitForMessage(target.queue, {
        signal: run.signal,
        timeoutMs: deadline === Number.POSITIVE_INFINITY ? -1 : remaining,
        transaction: session.transactions.current,
        ...(statement.kind === 'receive' && statement.where !== undefined ? whereOf(run, statement.where, frame) : {}),
      });
      if (outcome === 'timeout') break;
    } finally {
      session.statement.waitType = undefined;
    }
  }
  if (statement.kind === 'receive') await deliver(run, statement, frame);
}

function whereOf(
  run: Interpreter,
  where: NonNullable<ReceiveStatement['where']>,
  frame: ModuleFrame,
): { conversationHandle?: string; groupId?: string } {
  const value = guid(run, where.value, frame);
  if (value === null) return {};
  return where.column === 'conversation_handle' ? { conversationHandle: value } : { groupId: value };
}
