import { z } from 'zod';
import type { BrokerPriority, Contract, MessageType, Route, Service } from './broker-objects.ts';
import type { BrokerState } from './broker-state.ts';
import type { BrokerWork } from './broker-work.ts';
import { connectMonitor } from './queue-settings.ts';
import { type QueueSettings, ServiceQueue } from './service-queue.ts';

/** Kinds of the broker's objects in the catalog's store. */
export type BrokerObjectKind =
  | 'broker.messageType'
  | 'broker.contract'
  | 'broker.queue'
  | 'broker.service'
  | 'broker.route'
  | 'broker.priority'
  | 'broker.database';

const messageTypeSchema = z.object({ ownerId: z.number(), validation: z.enum(['NONE', 'EMPTY', 'WELL_FORMED_XML']) });
const contractSchema = z.object({
  ownerId: z.number(),
  messages: z.array(z.object({ messageType: z.string(), sentBy: z.enum(['INITIATOR', 'TARGET', 'ANY']) })),
});
const queueSchema = z.object({
  settings: z.object({
    receiveEnabled: z.boolean(),
    enqueueEnabled: z.boolean(),
    retention: z.boolean(),
    poisonMessageHandling: z.boolean(),
    activation: z
      .object({ enabled: z.boolean(), procedure: z.string(), maxReaders: z.number(), executeAs: z.string() })
      .optional(),
    notification: z.object({ name: z.string(), service: z.string(), brokerInstance: z.string() }).optional(),
  }),
});
const serviceSchema = z.object({ ownerId: z.number(), queueId: z.number(), contracts: z.array(z.string()) });
const routeSchema = z.object({
  ownerId: z.number(),
  serviceName: z.string().optional(),
  brokerInstance: z.string().optional(),
  expiresAt: z.number().optional(),
  address: z.string(),
});
const prioritySchema = z.object({
  contractName: z.string().optional(),
  localServiceName: z.string().optional(),
  remoteServiceName: z.string().optional(),
  level: z.number(),
});
const databaseSchema = z.object({ guid: z.string(), enabled: z.boolean() });

function store(
  work: BrokerWork,
  state: BrokerState,
  kind: BrokerObjectKind,
  name: string,
  id: number,
  definition: unknown,
): void {
  work.instance.objects.put(work.transaction, {
    database: state.database,
    kind,
    schema: '',
    name,
    objectId: id,
    definition,
  });
}

export function forgetObject(
  work: BrokerWork,
  state: BrokerState,
  kind: BrokerObjectKind,
  name: string,
  schema = '',
): void {
  work.instance.objects.remove(work.transaction, { database: state.database, kind, schema, name });
}

export function storeMessageType(work: BrokerWork, state: BrokerState, type: MessageType): void {
  const { ownerId, validation } = type;
  store(work, state, 'broker.messageType', type.name, type.id, { ownerId, validation });
}

export function storeContract(work: BrokerWork, state: BrokerState, contract: Contract): void {
  const messages = [...contract.messages].map(([messageType, { sentBy }]) => ({ messageType, sentBy }));
  store(work, state, 'broker.contract', contract.name, contract.id, { ownerId: contract.ownerId, messages });
}

export function storeService(work: BrokerWork, state: BrokerState, service: Service): void {
  const contracts = [...service.contracts].map((contract) => contract.name);
  const { ownerId, queue } = service;
  store(work, state, 'broker.service', service.name, service.id, { ownerId, queueId: queue.objectId, contracts });
}

export function storeRoute(work: BrokerWork, state: BrokerState, route: Route): void {
  const { id, name, ...definition } = route;
  store(work, state, 'broker.route', name, id, definition);
}

export function storePriority(work: BrokerWork, state: BrokerState, priority: BrokerPriority): void {
  const { id, name, ...definition } = priority;
  store(work, state, 'broker.priority', name, id, definition);
}

/** The broker's facts about the database itself. */
export function storeDatabase(work: BrokerWork, state: BrokerState): void {
  const { guid, enabled } = state;
  store(work, state, 'broker.database', '', 0, { guid, enabled });
}

/** Fills a state with what was committed of its definitions. False when the database has no broker in the store. */
export function loadDefinitions(state: BrokerState): boolean {
  const stored = state.instance.objects.load().filter((object) => object.database === state.database);
  const ofKind = (kind: BrokerObjectKind) => stored.filter((object) => object.kind === kind);
  const [database] = ofKind('broker.database');
  if (database === undefined) return false;
  Object.assign(state, databaseSchema.parse(database.definition));
  for (const { name, objectId: id, definition } of ofKind('broker.messageType')) {
    state.messageTypes.set(name, { id, name, ...messageTypeSchema.parse(definition) });
    state.idUsed(id);
  }
  for (const { name, objectId: id, definition } of ofKind('broker.contract')) {
    const { ownerId, messages } = contractSchema.parse(definition);
    const types = messages.map(({ messageType, sentBy }) => {
      const entry = { messageType: state.requireMessageType(messageType), sentBy };
      return [messageType, entry] as const;
    });
    state.contracts.set(name, { id, name, ownerId, messages: new Map(types) });
    state.idUsed(id);
  }
  for (const { schema, name, objectId, definition } of ofKind('broker.queue')) {
    const { settings } = queueSchema.parse(definition);
    const queue = new ServiceQueue(objectId, schema, name, {
      ...settings,
      activation: settings.activation,
    } satisfies QueueSettings);
    connectMonitor(state, queue);
    state.queues.set(objectId, queue);
  }
  for (const { name, objectId: id, definition } of ofKind('broker.service')) {
    const { ownerId, queueId, contracts } = serviceSchema.parse(definition);
    const queue = state.queues.get(queueId);
    if (queue === undefined) throw new Error(`service ${name} refers to queue ${queueId}, which does not exist`);
    const accepted = contracts.flatMap((contract) => state.contracts.get(contract) ?? []);
    state.services.set(name, { id, name, ownerId, queue, contracts: new Set(accepted), endpoints: new Set() });
    state.idUsed(id);
  }
  for (const { name, objectId: id, definition } of ofKind('broker.route')) {
    const { serviceName, brokerInstance, expiresAt, ...rest } = routeSchema.parse(definition);
    state.routes.set(name, { id, name, serviceName, brokerInstance, expiresAt, ...rest });
    state.idUsed(id);
  }
  for (const { name, objectId: id, definition } of ofKind('broker.priority')) {
    const { contractName, localServiceName, remoteServiceName, level } = prioritySchema.parse(definition);
    state.priorities.set(name, { id, name, contractName, localServiceName, remoteServiceName, level });
    state.idUsed(id);
  }
  return true;
}
