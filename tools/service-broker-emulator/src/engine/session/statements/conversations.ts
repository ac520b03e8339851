import type { Service } from '../../../broker/broker-objects.ts';
import { brokerErrors } from '../../../broker/errors.ts';
import type {
  BeginDialogStatement,
  ConversationTimerStatement,
  EndConversationStatement,
  MoveConversationStatement,
  SendStatement,
} from '../../../tsql/ast/conversations.ts';
import type { Expression } from '../../../tsql/ast/expressions.ts';
import { type CompiledScalar, compileScalar, underSettingsOf } from '../../query/compile-statement.ts';
import type { QueryEnvironment } from '../../query/environment.ts';
import { undeclaredVariable } from '../../query/errors/name-errors.ts';
import { compileConversion, convertValue } from '../../types/convert.ts';
import { formatType } from '../../types/format-type.ts';
import type { SqlType } from '../../types/sql-type.ts';
import type { SqlValue } from '../../types/sql-value.ts';
import {
  requireContract,
  requireConversationOwner,
  requireReceivePermission,
  requireSendPermission,
} from '../broker-permissions.ts';
import type { Interpreter } from '../interpreter.ts';
import type { ModuleFrame } from '../module-frame.ts';
import { contractNameMissing, handleTypeNotAllowed, serviceNameMissing } from './errors/broker-errors.ts';

/** Longest description of END CONVERSATION WITH ERROR, in characters. */
const maximumDescription = 3000;

function text(run: Interpreter, expression: Expression, frame: ModuleFrame, length: number): string | null {
  const { type, value } = run.session.scalar(expression, frame);
  const converted = convertValue(value, type, { name: 'nvarchar', length }, { explicit: false });
  return typeof converted === 'string' ? converted : null;
}

function integer(run: Interpreter, expression: Expression, frame: ModuleFrame): number | null {
  const { type, value } = run.session.scalar(expression, frame);
  const converted = convertValue(value, type, { name: 'int' }, { explicit: false });
  return typeof converted === 'number' ? converted : null;
}

function guid(run: Interpreter, expression: Expression, frame: ModuleFrame): string | null {
  const { type, value } = run.session.scalar(expression, frame);
  const converted = convertValue(value, type, { name: 'uniqueidentifier' }, { explicit: false });
  return typeof converted === 'string' ? converted : null;
}

function requireReceiveFor(run: Interpreter, handle: string, frame: ModuleFrame): void {
  const { database } = run.session;
  requireReceivePermission(run.session, database, database.broker.queueOfConversation(handle), frame);
}

/** @throws {SqlError} 8418 for a NULL handle */
function handleOf(run: Interpreter, expression: Expression, frame: ModuleFrame): string {
  const handle = guid(run, expression, frame);
  if (handle !== null) return handle;
  throw brokerErrors.handleMissing();
}

function serviceOf(run: Interpreter, handle: string): Service | undefined {
  return run.session.database.broker.serviceOfConversation(handle);
}

/** A name that stands in the statement or in a variable. */
function nameOf(run: Interpreter, name: string | Expression, frame: ModuleFrame): string | null {
  return typeof name === 'string' ? name : text(run, name, frame, 128);
}

export function runBeginDialog(run: Interpreter, statement: BeginDialogStatement, frame: ModuleFrame): void {
  const { session } = run;
  const variable = frame.variable(statement.handle);
  if (variable === undefined) {
    throw undeclaredVariable(statement.handle);
  }
  if (variable.type.name !== 'uniqueidentifier') {
    throw handleTypeNotAllowed(formatType(variable.type));
  }
  const { database } = session;
  const fromService = nameOf(run, statement.fromService, frame);
  if (fromService === null) throw serviceNameMissing();
  const contract = statement.contract === undefined ? defaultContract : nameOf(run, statement.contract, frame);
  if (contract === null) throw contractNameMissing();
  requireReceivePermission(session, database, database.broker.service(fromService)?.queue, frame);
  requireContract(session, database.broker.contract(contract));
  const toService = text(run, statement.toService, frame, 256);
  if (toService === null) throw serviceNameMissing();
  const brokerInstance =
    statement.brokerInstance === undefined ? undefined : (text(run, statement.brokerInstance, frame, 128) ?? undefined);
  variable.value = session.database.broker.beginDialog(session.transactionForWriting(), {
    fromService,
    toService,
    brokerInstance,
    contract,
    relatedConversation:
      statement.relatedConversation === undefined ? undefined : handleOf(run, statement.relatedConversation, frame),
    relatedConversationGroup:
      statement.relatedConversationGroup === undefined
        ? undefined
        : (guid(run, statement.relatedConversationGroup, frame) ?? undefined),
    lifetime: statement.lifetime === undefined ? undefined : integer(run, statement.lifetime, frame),
  });
}

/** Name of the contract and the message type when the statement gives none. */
const defaultMessageType = 'DEFAULT';

const defaultContract = 'DEFAULT';

const bodyType: SqlType = { name: 'varbinary', length: 'max' };

/** A message body with its conversion: a procedure that sends a thousand messages would compile that a thousand times. */
export function compileBody(
  expression: Expression,
  environment: QueryEnvironment,
): { readonly scalar: CompiledScalar; readonly convert: (value: SqlValue) => SqlValue } {
  const scalar = compileScalar(expression, environment);
  return {
    scalar,
    convert: underSettingsOf(environment, () => compileConversion(scalar.type, bodyType, { explicit: true })),
  };
}

function bodyOf(run: Interpreter, expression: Expression, frame: ModuleFrame): SqlValue {
  const { session } = run;
  const plan = session.plan(expression, frame, (environment) => compileBody(expression, environment));
  return plan.convert(plan.scalar.evaluate(session.context(frame)));
}

export function runSend(run: Interpreter, statement: SendStatement, frame: ModuleFrame): void {
  const { session } = run;
  const { broker } = session.database;
  const handles = statement.handles.map((handle) => guid(run, handle, frame));
  for (const handle of handles) if (handle !== null) requireReceiveFor(run, handle, frame);
  const messageType =
    statement.messageType === undefined
      ? defaultMessageType
      : typeof statement.messageType === 'string'
        ? statement.messageType
        : (text(run, statement.messageType, frame, 256) ?? '');
  let body: Uint8Array | null = null;
  if (statement.body !== undefined) {
    const converted = bodyOf(run, statement.body, frame);
    if (!(converted instanceof Uint8Array)) broker.bodyMissing();
    else body = converted;
  }
  broker.send(session.transactionForWriting(), handles, messageType, body);
}

export function runEndConversation(run: Interpreter, statement: EndConversationStatement, frame: ModuleFrame): void {
  const { session } = run;
  const { broker } = session.database;
  const handle = handleOf(run, statement.handle, frame);
  requireConversationOwner(session, serviceOf(run, handle));
  const transaction = session.transactionForWriting();
  if (statement.cleanup) {
    broker.cleanUpConversation(transaction, handle);
    return;
  }
  if (statement.error === undefined) {
    broker.endConversation(transaction, handle);
    return;
  }
  const code = integer(run, statement.error.code, frame);
  const description = text(run, statement.error.description, frame, maximumDescription);
  if (code === null || description === null) {
    throw brokerErrors.errorIncomplete();
  }
  broker.endConversation(transaction, handle, { code, description });
}

export function runMoveConversation(run: Interpreter, statement: MoveConversationStatement, frame: ModuleFrame): void {
  const { session } = run;
  const handle = handleOf(run, statement.handle, frame);
  requireConversationOwner(session, serviceOf(run, handle));
  const group = guid(run, statement.group, frame);
  if (group === null) throw brokerErrors.groupMissing();
  session.database.broker.moveConversation(session.transactionForWriting(), handle, group);
}

export function runConversationTimer(
  run: Interpreter,
  statement: ConversationTimerStatement,
  frame: ModuleFrame,
): void {
  const { session } = run;
  const handle = handleOf(run, statement.handle, frame);
  requireSendPermission(session, serviceOf(run, handle));
  const seconds = integer(run, statement.timeout, frame);
  session.database.broker.setTimer(session.transactionForWriting(), handle, seconds ?? 0);
}
