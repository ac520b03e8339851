import type { Validation } from '../../../broker/broker-objects.ts';
import type { ActivationSettings, QueueSettings, ServiceQueue } from '../../../broker/service-queue.ts';
import type {
  BrokerPriorityStatement,
  ContractStatement,
  EventNotificationStatement,
  MessageTypeStatement,
  QueueStatement,
  RouteStatement,
  ServiceStatement,
} from '../../../tsql/ast/broker-objects.ts';
import type { ExecuteAsClause } from '../../../tsql/ast/modules.ts';
import type { ObjectName } from '../../../tsql/ast/nodes.ts';
import { unsupported } from '../../../unsupported.ts';
import { parsedProcedure } from '../../catalog/parsed-module.ts';
import { cannotDo } from '../../security/errors.ts';
import type { Database } from '../../server/database.ts';
import type { Interpreter } from '../interpreter.ts';
import type { ModuleFrame } from '../module-frame.ts';
import { databaseOf, findObject, printName } from '../name-resolution.ts';
import {
  activationProcedureHasParameters,
  activationWithoutUser,
  invalidActivationProcedure,
  serviceSyntax,
  temporaryQueue,
} from './errors/broker-errors.ts';

type BrokerDefinition =
  | MessageTypeStatement
  | ContractStatement
  | QueueStatement
  | ServiceStatement
  | RouteStatement
  | BrokerPriorityStatement
  | EventNotificationStatement;

/** Message types, contracts and services are in no schema: they belong to who makes them. */
function ownerId(run: Interpreter, owner: string | undefined): { ownerId: number } {
  const { database, userName } = run.session;
  return { ownerId: database.principals.require(owner ?? userName).principalId };
}

function validationOf(statement: MessageTypeStatement): Validation {
  if (statement.validation === undefined) return 'NONE';
  if (statement.validation.kind === 'VALID_XML')
    throw unsupported('VALIDATION = VALID_XML WITH SCHEMA COLLECTION', statement.line);
  return statement.validation.kind;
}

function defineMessageType(run: Interpreter, statement: MessageTypeStatement): void {
  const { session } = run;
  const { broker } = session.database;
  const validation = validationOf(statement);
  const transaction = session.transactionForWriting();
  if (statement.mode === 'alter') broker.alterMessageType(transaction, statement.name, validation);
  else broker.createMessageType(transaction, { name: statement.name, validation, ...ownerId(run, statement.owner) });
}

/** @throws {SqlError} 15151 for an unknown queue */
function queueOf(database: Database, name: ObjectName, frame: ModuleFrame): ServiceQueue {
  const object = findObject(name, database, frame.defaultSchema);
  const queue = object?.kind === 'queue' ? database.broker.queue(object.objectId) : undefined;
  if (queue !== undefined) return queue;
  throw cannotDo('find', 'queue', printName(name));
}

/** The queue of a service or event notification, which are in its database. @throws {SqlError} 15151 for any other */
function ownQueue({ session }: Interpreter, name: ObjectName, frame: ModuleFrame): ServiceQueue {
  const database = databaseOf(name, session.database, session.server.databases);
  if (database !== session.database) throw cannotDo('find', 'queue', printName(name));
  return queueOf(database, name, frame);
}

function executeAsName(run: Interpreter, database: Database, clause: ExecuteAsClause | undefined): string | undefined {
  switch (clause?.kind) {
    case undefined:
      return undefined;
    case 'owner':
      return 'OWNER';
    case 'user':
      return database.principals.require(clause.name).name;
    default:
      return run.session.userIn(database) ?? run.session.userName;
  }
}

/** Three-part name of an activation procedure. @throws {SqlError} 9614 when there is none, 9653 when it has parameters */
function activationProcedure(
  { session }: Interpreter,
  { queue, home }: { readonly queue: string; readonly home: Database },
  name: ObjectName,
  frame: ModuleFrame,
): string {
  const database = databaseOf(name, home, session.server.databases);
  const object = findObject(name, database, frame.defaultSchema);
  if (object?.kind !== 'procedure') {
    throw invalidActivationProcedure(queue);
  }
  if (parsedProcedure(object).parameters.length > 0) {
    throw activationProcedureHasParameters(object.name);
  }
  return [database.name, object.schema, object.name].map((part) => `[${part.replaceAll(']', ']]')}]`).join('.');
}

/** The activation that a queue has after the statement. @param home the queue's database */
function activationOf(
  run: Interpreter,
  home: Database,
  statement: QueueStatement,
  before: ActivationSettings | undefined,
  frame: ModuleFrame,
): ActivationSettings | undefined {
  const { activation } = statement;
  if (activation === undefined) return before;
  if (activation === 'drop') return undefined;
  const procedure =
    activation.procedure === undefined
      ? before?.procedure
      : activationProcedure(run, { queue: statement.name.name, home }, activation.procedure, frame);
  const executeAs = executeAsName(run, home, activation.executeAs) ?? before?.executeAs;
  const enabled = activation.status ?? before?.enabled ?? true;
  if (procedure === undefined) {
    throw invalidActivationProcedure(statement.name.name);
  }
  if (executeAs === undefined) {
    throw activationWithoutUser(statement.name.name);
  }
  return { enabled, procedure, executeAs, maxReaders: activation.maxReaders ?? before?.maxReaders ?? 0 };
}

function settingsOf(
  run: Interpreter,
  home: Database,
  statement: QueueStatement,
  before: ServiceQueue | undefined,
  frame: ModuleFrame,
): Partial<QueueSettings> {
  const { status, retention, poisonMessageHandling } = statement;
  return {
    ...(status === undefined ? {} : { receiveEnabled: status, enqueueEnabled: status }),
    ...(retention === undefined ? {} : { retention }),
    ...(poisonMessageHandling === undefined ? {} : { poisonMessageHandling }),
    ...(statement.activation === undefined
      ? {}
      : { activation: activationOf(run, home, statement, before?.settings.activation, frame) }),
  };
}

function defineQueue(run: Interpreter, statement: QueueStatement, frame: ModuleFrame): void {
  const { session } = run;
  const database = databaseOf(statement.name, session.database, session.server.databases);
  const transaction = session.transactionForWriting();
  if (statement.mode === 'alter') {
    const queue = queueOf(database, statement.name, frame);
    if (statement.maintenance !== undefined) {
      // There are no pages to rebuild and no files to move them to; what others feel of it is the lock.
      queue.lock.acquire(transaction, 'Sch-M');
      return;
    }
    database.broker.alterQueue(transaction, queue, settingsOf(run, database, statement, queue, frame));
    return;
  }
  if (statement.name.name.startsWith('#')) {
    throw temporaryQueue(statement.name.name);
  }
  const schema = database.catalog.requireSchema(session.targetSchema(statement.name, frame)).name;
  const objectId = database.nextObjectId();
  const now = Date.now();
  database.catalog.add(transaction, {
    kind: 'queue',
    objectId,
    schema,
    name: statement.name.name,
    createdAt: now,
    modifiedAt: now,
  });
  database.broker.createQueue(transaction, {
    objectId,
    schema,
    name: statement.name.name,
    settings: settingsOf(run, database, statement, undefined, frame),
  });
}

function defineService(run: Interpreter, statement: ServiceStatement, frame: ModuleFrame): void {
  const { session } = run;
  const { broker } = session.database;
  const transaction = session.transactionForWriting();
  const queueId = statement.queue === undefined ? undefined : ownQueue(run, statement.queue, frame).objectId;
  if (statement.mode === 'alter') {
    broker.alterService(transaction, statement.name, {
      queueId,
      addContracts: statement.addContracts,
      dropContracts: statement.dropContracts,
    });
    return;
  }
  if (queueId === undefined) throw serviceSyntax();
  broker.createService(transaction, {
    name: statement.name,
    queueId,
    contracts: statement.addContracts,
    ...ownerId(run, statement.owner),
  });
}

function defineEventNotification(run: Interpreter, statement: EventNotificationStatement, frame: ModuleFrame): void {
  const { session } = run;
  const { name, events, service, brokerInstance, line } = statement;
  if (statement.queue === undefined) throw unsupported('event notifications that are not ON QUEUE', line);
  const queue = ownQueue(run, statement.queue, frame);
  const transaction = session.transactionForWriting();
  if (statement.mode === 'drop') {
    session.database.broker.dropQueueNotification(transaction, queue, name);
    return;
  }
  const other = events.find((event) => event !== 'QUEUE_ACTIVATION');
  if (other !== undefined) throw unsupported(`event notifications FOR ${other}`, line);
  if (service === undefined || brokerInstance === undefined)
    throw unsupported('event notifications without a service and its broker instance', line);
  session.database.broker.createQueueNotification(transaction, queue, { name, service, brokerInstance });
}

export function runBrokerDefinition(run: Interpreter, statement: BrokerDefinition, frame: ModuleFrame): void {
  const { session } = run;
  const { broker } = session.database;
  switch (statement.kind) {
    case 'messageType':
      defineMessageType(run, statement);
      return;
    case 'contract':
      broker.createContract(session.transactionForWriting(), {
        name: statement.name,
        messages: statement.messages,
        ...ownerId(run, statement.owner),
      });
      return;
    case 'queue':
      defineQueue(run, statement, frame);
      return;
    case 'service':
      defineService(run, statement, frame);
      return;
    case 'route':
      if (statement.mode === 'alter') broker.alterRoute(session.transactionForWriting(), statement.name, statement);
      else broker.createRoute(session.transactionForWriting(), statement.name, statement);
      return;
    case 'brokerPriority':
      if (statement.mode === 'alter') broker.alterPriority(session.transactionForWriting(), statement.name, statement);
      else broker.createPriority(session.transactionForWriting(), statement.name, statement);
      return;
    case 'eventNotification':
      defineEventNotification(run, statement, frame);
  }
}
