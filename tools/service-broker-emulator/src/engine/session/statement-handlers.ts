import type { Statement } from '../../tsql/ast/statements.ts';
import { requireDefinitionPermission } from './definition-permissions.ts';
import type { Flow } from './flow.ts';
import type { Interpreter } from './interpreter.ts';
import type { ModuleFrame } from './module-frame.ts';
import { runAlterAuthorization } from './statements/authorization.ts';
import { runBrokerDefinition } from './statements/broker-objects.ts';
import { runBlock, runIf, runReturn, runTryCatch, runWhile } from './statements/control-flow.ts';
import {
  runBeginDialog,
  runConversationTimer,
  runEndConversation,
  runMoveConversation,
  runSend,
} from './statements/conversations.ts';
import { runCursor, runDeclareCursor, runFetch } from './statements/cursors.ts';
import { runData } from './statements/data.ts';
import { runAlterDatabase, runCreateDatabase, runUse } from './statements/databases.ts';
import { runDbcc } from './statements/dbcc.ts';
import { runDrop } from './statements/drop.ts';
import { runExecute } from './statements/execute.ts';
import { runExecuteAs, runRevert } from './statements/impersonation.ts';
import { runCreateIndex, runDropIndex } from './statements/indexes.ts';
import { runKill } from './statements/kill.ts';
import { runAlterIndex, runUpdateStatistics } from './statements/maintenance.ts';
import { runModuleStatement } from './statements/modules.ts';
import { runPermission } from './statements/permissions.ts';
import { runAlterPrincipal, runCreatePrincipal } from './statements/principals.ts';
import { runSelect } from './statements/queries.ts';
import { runPrint, runRaiserror, runThrow } from './statements/raise-error.ts';
import { runGetConversationGroup, runReceive } from './statements/receive.ts';
import { runCreateSchema } from './statements/schemas.ts';
import { runSetOption } from './statements/set-options.ts';
import { runAlterTable, runCreateTable } from './statements/tables.ts';
import { runTransaction } from './statements/transactions.ts';
import { runTransfer } from './statements/transfer.ts';
import { runTriggerState } from './statements/triggers.ts';
import { runCreateType, runSequence } from './statements/types-and-sequences.ts';
import { runDeclare, runSetVariable } from './statements/variables.ts';
import { runWaitFor } from './statements/wait-for.ts';

type Kind = Statement['kind'];

type Of<K extends Kind> = Extract<Statement, { kind: K }>;

/** A method, so that a handler of one kind of statement fits where any statement is asked for. */
interface Handler<S> {
  run(run: Interpreter, statement: S, frame: ModuleFrame): Flow | undefined | Promise<Flow | undefined>;
}

/** What runs statements of one kind, and what the interpreter has to know of them. */
export interface StatementHandler extends Handler<Statement> {
  /** Contains or calls other statements, or controls waits itself: each inner statement is its own unit of work. */
  readonly isCompound: boolean;
  /** Over at once as a rule: without the statements inside it, it changes no rows and waits for nothing. */
  readonly isQuick: boolean;
  /** @@ROWCOUNT afterwards, of statements that have no rows of their own. */
  readonly rowCount: bigint | undefined;
}

type Runner<S> = (run: Interpreter, statement: S, frame: ModuleFrame) => unknown;

/** Runs a statement that hands control to the next one. */
function next<S>(runner: Runner<S>): Handler<S> {
  return {
    run: (run, statement, frame) => {
      const outcome = runner(run, statement, frame);
      return outcome instanceof Promise ? outcome.then(() => undefined) : undefined;
    },
  };
}

/** Runs a statement that defines something, once the session is seen to have the permission. */
function guarded<S extends Statement>(runner: Runner<S>): Handler<S> {
  return next((run, statement, frame) => {
    requireDefinitionPermission(run.session, statement, frame);
    return runner(run, statement, frame);
  });
}

/** Runs a statement that decides itself where control goes. */
function flow<S>(runner: (run: Interpreter, statement: S, frame: ModuleFrame) => Flow | Promise<Flow>): Handler<S> {
  return { run: runner };
}

const handlers: { readonly [K in Kind]: Handler<Of<K>> } = {
  select: next(runSelect),
  insert: next(runData),
  update: next(runData),
  delete: next(runData),
  merge: next(runData),
  truncate: next(runData),
  insertBulk: next((run, statement: Of<'insertBulk'>) => {
    run.session.statement.bulkTarget = statement;
  }),
  declare: next(runDeclare),
  // The table exists from the start of its module: DECLARE takes effect when the module is compiled.
  declareTable: next(() => undefined),
  setVariable: next(runSetVariable),
  setOption: guarded(runSetOption),
  if: flow(runIf),
  while: flow(runWhile),
  block: flow(runBlock),
  tryCatch: flow(runTryCatch),
  return: flow(runReturn),
  break: flow(() => 'break'),
  continue: flow(() => 'continue'),
  goto: flow((_run, statement: Of<'goto' | 'label'>) => ({ goto: statement.label })),
  label: next(() => undefined),
  execute: next(runExecute),
  raiserror: next(runRaiserror),
  throw: next(runThrow),
  print: next(runPrint),
  waitFor: next(runWaitFor),
  transaction: next(runTransaction),
  declareCursor: next(runDeclareCursor),
  cursor: next(runCursor),
  fetch: next(runFetch),
  use: guarded(runUse),
  kill: next(runKill),
  dbcc: next(runDbcc),
  executeAs: next(runExecuteAs),
  revert: next(runRevert),
  createTable: guarded(runCreateTable),
  alterTable: guarded(runAlterTable),
  createIndex: guarded(runCreateIndex),
  dropIndex: guarded(runDropIndex),
  alterIndex: guarded(runAlterIndex),
  updateStatistics: guarded(runUpdateStatistics),
  // What is committed is in the files already.
  checkpoint: guarded(() => undefined),
  createProcedure: guarded(runModuleStatement),
  createFunction: guarded(runModuleStatement),
  createView: guarded(runModuleStatement),
  createTrigger: guarded(runModuleStatement),
  triggerState: guarded(runTriggerState),
  createType: guarded(runCreateType),
  sequence: guarded(runSequence),
  drop: guarded(runDrop),
  createSchema: guarded(runCreateSchema),
  transfer: next(runTransfer),
  createDatabase: guarded(runCreateDatabase),
  alterDatabase: guarded(runAlterDatabase),
  createPrincipal: guarded(runCreatePrincipal),
  alterPrincipal: guarded(runAlterPrincipal),
  permission: next(runPermission),
  alterAuthorization: next(runAlterAuthorization),
  messageType: guarded(runBrokerDefinition),
  contract: guarded(runBrokerDefinition),
  queue: guarded(runBrokerDefinition),
  service: guarded(runBrokerDefinition),
  route: guarded(runBrokerDefinition),
  brokerPriority: guarded(runBrokerDefinition),
  eventNotification: guarded(runBrokerDefinition),
  beginDialog: next(runBeginDialog),
  send: next(runSend),
  receive: next(runReceive),
  getConversationGroup: next(runGetConversationGroup),
  moveConversation: next(runMoveConversation),
  endConversation: next(runEndConversation),
  conversationTimer: next(runConversationTimer),
};

const compound = new Set<Kind>([
  'if',
  'while',
  'block',
  'tryCatch',
  'execute',
  'break',
  'continue',
  'goto',
  'label',
  'waitFor',
  'transaction',
]);

const quick = new Set<Kind>(['declare', 'setVariable', 'setOption', 'if', 'while', 'block', 'tryCatch', 'return']);

/** Source: Microsoft's documentation of @@ROWCOUNT. */
const rowCounts: Readonly<Partial<Record<Kind, bigint>>> = {
  setVariable: 1n,
  cursor: 0n,
  declareCursor: 0n,
  print: 0n,
  raiserror: 0n,
  setOption: 0n,
  transaction: 0n,
  use: 0n,
};

// One look at its kind tells all about a statement: with several, looking took longer than many a statement.
const byKind = Object.fromEntries(
  (Object.entries(handlers) as [Kind, Handler<Statement>][]).map(([kind, { run }]): [Kind, StatementHandler] => [
    kind,
    { run, isCompound: compound.has(kind), isQuick: quick.has(kind), rowCount: rowCounts[kind] },
  ]),
) as Readonly<Record<Kind, StatementHandler>>;

/** What runs a statement of this kind. */
export function statementHandler(statement: Statement): StatementHandler {
  return byKind[statement.kind];
}
