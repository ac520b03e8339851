import { unsupported } from '../unsupported.ts';
import {
  type BrokerPriority,
  type Contract,
  firstUserId,
  type MessageType,
  type Route,
  type SentBy,
  type Service,
  type Validation,
} from './broker-objects.ts';
import type { BrokerState } from './broker-state.ts';
import type { BrokerWork } from './broker-work.ts';
import type { Endpoint } from './conversation.ts';
import { fail, removeEndpoint } from './conversation-changes.ts';
import {
  forgetObject,
  storeContract,
  storeMessageType,
  storePriority,
  storeRoute,
  storeService,
} from './definition-store.ts';
import { brokerErrors, conversationErrors } from './errors.ts';
import { endNotification } from './event-notifications.ts';
import { changeQueue, connectMonitor, storeQueue } from './queue-settings.ts';
import { defaultQueueSettings, type QueueNotification, type QueueSettings, ServiceQueue } from './service-queue.ts';

const dbo = 1;

export interface ContractMessage {
  readonly messageType: string;
  readonly sentBy: SentBy;
}

export interface NewService {
  readonly name: string;
  readonly ownerId?: number;
  /** Object id of its queue. */
  readonly queueId: number;
  /** Names of the contracts it accepts as a target. */
  readonly contracts: readonly string[];
}

export interface ServiceChanges {
  readonly queueId?: number | undefined;
  readonly addContracts?: readonly string[];
  readonly dropContracts?: readonly string[];
}

export interface RouteOptions {
  readonly serviceName?: string | undefined;
  readonly brokerInstance?: string | undefined;
  /** Seconds. */
  readonly lifetime?: number | undefined;
  readonly address?: string | undefined;
}

export interface PriorityOptions {
  readonly contractName?: string | undefined;
  readonly localServiceName?: string | undefined;
  readonly remoteServiceName?: string | undefined;
  readonly level?: number | undefined;
}

/** Puts an item into a map with its undo step. */
function put<T extends { name: string }>(work: BrokerWork, map: Map<string, T>, item: T): void {
  if (map.has(item.name)) throw brokerErrors.alreadyExists(item.name);
  map.set(item.name, item);
  work.undo(() => map.delete(item.name));
}

function take<T extends { name: string }>(work: BrokerWork, map: Map<string, T>, item: T): void {
  map.delete(item.name);
  work.undo(() => map.set(item.name, item));
}

export function createMessageType(
  work: BrokerWork,
  state: BrokerState,
  options: { name: string; ownerId?: number; validation?: Validation },
): MessageType {
  const type: MessageType = {
    id: state.nextId(),
    name: options.name,
    ownerId: options.ownerId ?? dbo,
    validation: options.validation ?? 'NONE',
  };
  put(work, state.messageTypes, type);
  storeMessageType(work, state, type);
  return type;
}

export function alterMessageType(work: BrokerWork, state: BrokerState, name: string, validation: Validation): void {
  const type = state.messageTypes.get(name);
  if (type === undefined || type.id < firstUserId) throw brokerErrors.missing('alter', 'message type', name);
  const before = type.validation;
  type.validation = validation;
  work.undo(() => {
    type.validation = before;
  });
  storeMessageType(work, state, type);
}

export function dropMessageType(work: BrokerWork, state: BrokerState, name: string): void {
  const type = state.messageTypes.get(name);
  if (type === undefined || type.id < firstUserId) throw brokerErrors.missing('drop', 'message type', name);
  for (const contract of state.contracts.values()) {
    if (contract.messages.has(name)) throw brokerErrors.bound('message type', name, 'contract');
  }
  take(work, state.messageTypes, type);
  forgetObject(work, state, 'broker.messageType', name);
}

/** @throws {SqlError} 8403 a type twice, 8492 none that the initiator may send, 15151 unknown type, 2714 name in use */
export function createContract(
  work: BrokerWork,
  state: BrokerState,
  options: { name: string; ownerId?: number; messages: readonly ContractMessage[] },
): Contract {
  const messages = new Map<string, { messageType: MessageType; sentBy: SentBy }>();
  for (const { messageType: typeName, sentBy } of options.messages) {
    const messageType = state.messageTypes.get(typeName);
    if (messageType === undefined) throw brokerErrors.missing('find', 'message type', typeName);
    if (messages.has(typeName)) throw brokerErrors.duplicateMessageType(typeName);
    messages.set(typeName, { messageType, sentBy });
  }
  if (!options.messages.some((message) => message.sentBy !== 'TARGET')) {
    throw brokerErrors.noInitiatorMessage(options.name);
  }
  const contract: Contract = { id: state.nextId(), name: options.name, ownerId: options.ownerId ?? dbo, messages };
  put(work, state.contracts, contract);
  storeContract(work, state, contract);
  return contract;
}

export function dropContract(work: BrokerWork, state: BrokerState, name: string): void {
  const contract = state.contracts.get(name);
  if (contract === undefined || contract.id < firstUserId) throw brokerErrors.missing('drop', 'contract', name);
  for (const service of state.services.values()) {
    if (service.contracts.has(contract)) throw brokerErrors.bound('contract', name, 'service');
  }
  for (const endpoint of state.endpoints.values()) {
    // Its conversations cannot go on without it; in SQL Server they end with an error too (8487).
    if (endpoint.origin.contract === contract) throw brokerErrors.bound('contract', name, 'service');
  }
  take(work, state.contracts, contract);
  forgetObject(work, state, 'broker.contract', name);
}

/** The name is checked by the caller, who owns the schema's names; `objectId` is that of the queue in `sys.objects`. */
export function createQueue(
  work: BrokerWork,
  state: BrokerState,
  options: { objectId: number; schema: string; name: string; settings?: Partial<QueueSettings> },
): ServiceQueue {
  const settings = { ...defaultQueueSettings, ...options.settings };
  const queue = new ServiceQueue(options.objectId, options.schema, options.name, settings);
  connectMonitor(state, queue);
  state.queues.set(queue.objectId, queue);
  work.undo(() => state.queues.delete(queue.objectId));
  work.queueChanged(queue);
  storeQueue(work, state.database, queue);
  return queue;
}

export function alterQueue(work: BrokerWork, queue: ServiceQueue, changes: Partial<QueueSettings>): void {
  if (changes.activation?.enabled === true && queue.settings.notification !== undefined) {
    throw brokerErrors.notificationConfigured(queue.name);
  }
  changeQueue(work, queue, changes);
}

/** @throws {SqlError} 2714 when the queue has a notification already, 9718 when it has activation */
export function createQueueNotification(work: BrokerWork, queue: ServiceQueue, notification: QueueNotification): void {
  const { activation, notification: existing } = queue.settings;
  if (existing !== undefined) throw brokerErrors.alreadyExists(existing.name);
  if (activation?.enabled === true) throw brokerErrors.activationConfigured(queue.name);
  changeQueue(work, queue, { notification });
}

/** @throws {SqlError} 15151 when the queue has no notification of that name */
export function dropQueueNotification(work: BrokerWork, state: BrokerState, queue: ServiceQueue, name: string): void {
  const { notification } = queue.settings;
  if (notification?.name !== name) throw brokerErrors.missing('drop', 'event notification', name);
  changeQueue(work, queue, { notification: undefined });
  endNotification(work, state, notification);
}

export function dropQueue(work: BrokerWork, state: BrokerState, queue: ServiceQueue): void {
  for (const service of state.services.values()) {
    if (service.queue === queue) throw brokerErrors.bound('queue', queue.name, 'service');
  }
  state.queues.delete(queue.objectId);
  queue.dropped = true;
  work.queueChanged(queue);
  work.undo(() => {
    queue.dropped = false;
    state.queues.set(queue.objectId, queue);
  });
  forgetObject(work, state, 'broker.queue', queue.name, queue.schema);
}

/** What can change hands. */
export type OwnedKind = 'SERVICE' | 'CONTRACT' | 'MESSAGE TYPE';

/** @throws {SqlError} 15151 when there is none */
export function setOwner(work: BrokerWork, state: BrokerState, kind: OwnedKind, name: string, ownerId: number): void {
  const places = {
    SERVICE: { word: 'service', objects: state.services },
    CONTRACT: { word: 'contract', objects: state.contracts },
    'MESSAGE TYPE': { word: 'message type', objects: state.messageTypes },
  } as const;
  const { word, objects } = places[kind];
  const object = objects.get(name);
  if (object === undefined) throw brokerErrors.missing('find', word, name);
  const before = object.ownerId;
  object.ownerId = ownerId;
  work.retry = true;
  work.undo(() => {
    object.ownerId = before;
  });
  if ('validation' in object) storeMessageType(work, state, object);
  else if ('queue' in object) storeService(work, state, object);
  else storeContract(work, state, object);
}

export function createService(work: BrokerWork, state: BrokerState, options: NewService): Service {
  const contracts = new Set(options.contracts.map((name) => contractNamed(state, name)));
  const service: Service = {
    id: state.nextId(),
    name: options.name,
    ownerId: options.ownerId ?? dbo,
    queue: queueOf(state, options.queueId),
    contracts,
    endpoints: new Set(),
  };
  put(work, state.services, service);
  work.retry = true;
  storeService(work, state, service);
  return service;
}

/** ALTER SERVICE. A change of the queue takes the messages along. */
export function alterService(work: BrokerWork, state: BrokerState, name: string, changes: ServiceChanges): void {
  const service = serviceNamed(state, name, 'alter');
  const added = (changes.addContracts ?? []).map((contract) => contractNamed(state, contract));
  const dropped = (changes.dropContracts ?? []).map((contract) => contractNamed(state, contract));
  const queue = changes.queueId === undefined ? service.queue : queueOf(state, changes.queueId);
  if (added.length === 0 && dropped.length === 0 && changes.queueId === undefined) {
    throw brokerErrors.alterServiceNothing(name);
  }
  const before = [...service.contracts];
  for (const contract of added) service.contracts.add(contract);
  for (const contract of dropped) service.contracts.delete(contract);
  work.undo(() => {
    service.contracts.clear();
    for (const contract of before) service.contracts.add(contract);
  });
  if (queue !== service.queue) {
    const groups = new Set([...service.endpoints].map((endpoint) => endpoint.group));
    for (const group of groups) work.lock(group);
    const old = service.queue;
    const move = (to: ServiceQueue): void => {
      for (const group of groups) service.queue.ready.remove(group);
      const from = service.queue;
      service.queue = to;
      for (const { readyCount } of service.endpoints) {
        from.messageCount -= readyCount;
        to.messageCount += readyCount;
      }
      to.nextOrder = Math.max(to.nextOrder, from.nextOrder);
      for (const group of groups) to.refresh(group);
    };
    move(queue);
    work.undo(() => move(old));
  }
  work.retry = true;
  storeService(work, state, service);
}

/** DROP SERVICE: its conversations and messages go; the far sides get an Error. */
export function dropService(work: BrokerWork, state: BrokerState, name: string): void {
  const service = serviceNamed(state, name, 'drop');
  const endpoints = [...service.endpoints];
  for (const endpoint of endpoints) work.lock(endpoint.group);
  const open = endpoints.filter((endpoint) => endpoint.state === 'CO' || endpoint.state === 'DO');
  for (const endpoint of endpoints) removeEndpoint(work, endpoint);
  take(work, state.services, service);
  forgetObject(work, state, 'broker.service', name);
  const fars = open.flatMap((endpoint) => (endpoint.far === undefined ? [] : [endpoint.far]));
  work.send((atCommit) => failAll(atCommit, fars, conversationErrors.serviceDropped()));
}

/** Errors of endpoints as part of a commit; one that a transaction is ending just now needs none. */
export function failAll(
  work: BrokerWork,
  endpoints: readonly Endpoint[],
  error: ReturnType<typeof conversationErrors.serviceDropped>,
): void {
  for (const endpoint of endpoints) {
    if (endpoint.stateOwner === undefined || endpoint.stateOwner === work.transaction) fail(work, endpoint, error);
  }
}

export function createRoute(work: BrokerWork, state: BrokerState, name: string, options: RouteOptions): Route {
  checkAddress(options.address);
  if (options.brokerInstance !== undefined && options.serviceName === undefined)
    throw brokerErrors.routeWithoutService();
  const route: Route = {
    id: state.nextId(),
    name,
    ownerId: dbo,
    serviceName: options.serviceName,
    brokerInstance: options.brokerInstance?.toUpperCase(),
    expiresAt: expiry(state, options.lifetime),
    address: options.address ?? 'LOCAL',
  };
  put(work, state.routes, route);
  work.retry = true;
  storeRoute(work, state, route);
  return route;
}

export function alterRoute(work: BrokerWork, state: BrokerState, name: string, options: RouteOptions): void {
  const route = state.routes.get(name);
  if (route === undefined) throw brokerErrors.missing('alter', 'route', name);
  checkAddress(options.address);
  const before = { ...route };
  if (options.serviceName !== undefined) route.serviceName = options.serviceName;
  if (options.brokerInstance !== undefined) route.brokerInstance = options.brokerInstance.toUpperCase();
  if (options.lifetime !== undefined) route.expiresAt = expiry(state, options.lifetime);
  if (options.address !== undefined) route.address = options.address;
  work.undo(() => Object.assign(route, before));
  work.retry = true;
  storeRoute(work, state, route);
}

export function dropRoute(work: BrokerWork, state: BrokerState, name: string): void {
  const route = state.routes.get(name);
  if (route === undefined) throw brokerErrors.missing('drop', 'route', name);
  take(work, state.routes, route);
  forgetObject(work, state, 'broker.route', name);
}

export function createPriority(
  work: BrokerWork,
  state: BrokerState,
  name: string,
  options: PriorityOptions,
): BrokerPriority {
  const priority: BrokerPriority = {
    id: state.nextId(),
    name,
    contractName: options.contractName,
    localServiceName: options.localServiceName,
    remoteServiceName: options.remoteServiceName,
    level: options.level ?? 5,
  };
  put(work, state.priorities, priority);
  storePriority(work, state, priority);
  return priority;
}

export function alterPriority(work: BrokerWork, state: BrokerState, name: string, options: PriorityOptions): void {
  const priority = state.priorities.get(name);
  if (priority === undefined) throw brokerErrors.missing('alter', 'broker priority', name);
  const before = { ...priority };
  if ('contractName' in options) priority.contractName = options.contractName;
  if ('localServiceName' in options) priority.localServiceName = options.localServiceName;
  if ('remoteServiceName' in options) priority.remoteServiceName = options.remoteServiceName;
  if (options.level !== undefined) priority.level = options.level;
  work.undo(() => Object.assign(priority, before));
  storePriority(work, state, priority);
}

export function dropPriority(work: BrokerWork, state: BrokerState, name: string): void {
  const priority = state.priorities.get(name);
  if (priority === undefined) throw brokerErrors.missing('drop', 'broker priority', name);
  take(work, state.priorities, priority);
  forgetObject(work, state, 'broker.priority', name);
}

/** Dialogs between servers would need SQL Server's own wire protocol between brokers. */
function checkAddress(address: string | undefined): void {
  if (address !== undefined && address.toUpperCase() !== 'LOCAL') unsupported(`a route to ADDRESS '${address}'`);
}

function expiry(state: BrokerState, lifetime: number | undefined): number | undefined {
  return lifetime === undefined ? undefined : state.instance.clock.now() + lifetime * 1000;
}

function contractNamed(state: BrokerState, name: string): Contract {
  const contract = state.contracts.get(name);
  if (contract === undefined) throw brokerErrors.missing('find', 'contract', name);
  return contract;
}

function serviceNamed(state: BrokerState, name: string, action: 'alter' | 'drop'): Service {
  const service = state.services.get(name);
  if (service === undefined) throw brokerErrors.missing(action, 'service', name);
  return service;
}

function queueOf(state: BrokerState, objectId: number): ServiceQueue {
  const queue = state.queues.get(objectId);
  if (queue === undefined) throw brokerErrors.missing('find', 'queue', String(objectId));
  return queue;
}
