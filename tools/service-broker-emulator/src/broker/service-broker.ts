import { type ReadMode, readDirty, readVersions } from '../engine/storage/table-store.ts';
import type { Transaction } from '../engine/storage/transaction.ts';
import * as definitions from './broker-definitions.ts';
import type { BrokerInstance } from './broker-instance.ts';
import type { BrokerPriority, Contract, MessageType, Route, Service, Validation } from './broker-objects.ts';
import { BrokerState } from './broker-state.ts';
import * as views from './broker-views.ts';
import type { BrokerWork } from './broker-work.ts';
import { removeEndpoint } from './conversation-changes.ts';
import { forgetObject, loadDefinitions, storeDatabase } from './definition-store.ts';
import * as dialogs from './dialogs.ts';
import { brokerErrors, conversationErrors } from './errors.ts';
import { newGuid } from './guid.ts';
import { queueRows } from './queue-contents.ts';
import * as receiving from './receiving.ts';
import type { QueueNotification, QueueSettings, ServiceQueue } from './service-queue.ts';

/** How a session waits in WAITFOR (RECEIVE ...) or WAITFOR (GET CONVERSATION GROUP ...). */
export interface WaitForMessage extends receiving.ReceiveOptions {
  /** Aborts the wait with the signal's reason. */
  readonly signal: AbortSignal;
  /** Milliseconds; -1 waits forever. */
  readonly timeoutMs: number;
  /** The session's open transaction: messages for groups it has locked end the wait too. */
  readonly transaction?: Transaction | undefined;
}

/**
 * Service Broker of one database: a synchronous state machine. Every change belongs to a transaction, becomes visible
 * to others and durable when that commits, and is taken back with it. What another transaction has locked throws
 * `TransactionConflict`; everything else that fails throws the `SqlError` that SQL Server would report.
 */
export class ServiceBroker {
  readonly #state: BrokerState;
  readonly #instance: BrokerInstance;

  private constructor(state: BrokerState) {
    this.#state = state;
    this.#instance = state.instance;
  }

  /** The broker of a new database: enabled, with the route that every database begins with. */
  static create(transaction: Transaction, instance: BrokerInstance, database: string): ServiceBroker {
    const state = new BrokerState(instance, database);
    instance.states.set(database, state);
    const work = instance.work(transaction);
    work.undo(() => instance.states.delete(database));
    const broker = new ServiceBroker(state);
    broker.createRoute(transaction, 'AutoCreatedLocal', { address: 'LOCAL' });
    storeDatabase(work, state);
    return broker;
  }

  /**
   * The broker of a database that exists in the durable store; `undefined` when it has none. Once all databases are
   * open, call {@link loadConversations}.
   */
  static open(instance: BrokerInstance, database: string): ServiceBroker | undefined {
    const state = new BrokerState(instance, database);
    if (!loadDefinitions(state)) return undefined;
    instance.states.set(database, state);
    return new ServiceBroker(state);
  }

  /** Service_broker_guid of the database. */
  get guid(): string {
    return this.#state.guid;
  }

  get enabled(): boolean {
    return this.#state.enabled;
  }

  get messageTypes(): Iterable<MessageType> {
    return this.#state.messageTypes.values();
  }

  get contracts(): Iterable<Contract> {
    return this.#state.contracts.values();
  }

  get services(): Iterable<Service> {
    return this.#state.services.values();
  }

  get routes(): Iterable<Route> {
    return this.#state.routes.values();
  }

  get priorities(): Iterable<BrokerPriority> {
    return this.#state.priorities.values();
  }

  get queues(): Iterable<ServiceQueue> {
    return this.#state.queues.values();
  }

  /** The queue with that object id, with its settings, monitor and message count. */
  queue(objectId: number): ServiceQueue | undefined {
    return this.#state.queues.get(objectId);
  }

  messageType(name: string): MessageType | undefined {
    return this.#state.messageTypes.get(name);
  }

  contract(name: string): Contract | undefined {
    return this.#state.contracts.get(name);
  }

  service(name: string): Service | undefined {
    return this.#state.services.get(name);
  }

  createMessageType(
    transaction: Transaction,
    options: Parameters<typeof definitions.createMessageType>[2],
  ): MessageType {
    return definitions.createMessageType(this.#work(transaction), this.#state, options);
  }

  alterMessageType(transaction: Transaction, name: string, validation: Validation): void {
    definitions.alterMessageType(this.#work(transaction), this.#state, name, validation);
  }

  dropMessageType(transaction: Transaction, name: string): void {
    definitions.dropMessageType(this.#work(transaction), this.#state, name);
  }

  createContract(transaction: Transaction, options: Parameters<typeof definitions.createContract>[2]): Contract {
    return definitions.createContract(this.#work(transaction), this.#state, options);
  }

  dropContract(transaction: Transaction, name: string): void {
    definitions.dropContract(this.#work(transaction), this.#state, name);
  }

  createQueue(transaction: Transaction, options: Parameters<typeof definitions.createQueue>[2]): ServiceQueue {
    return definitions.createQueue(this.#work(transaction), this.#state, options);
  }

  /** ALTER QUEUE. STATUS = ON or OFF is `receiveEnabled` and `enqueueEnabled` together. */
  alterQueue(transaction: Transaction, queue: ServiceQueue, changes: Partial<QueueSettings>): void {
    queue.lock.acquire(transaction, 'Sch-M');
    definitions.alterQueue(this.#work(transaction), queue, changes);
  }

  dropQueue(transaction: Transaction, queue: ServiceQueue): void {
    queue.lock.acquire(transaction, 'Sch-M');
    definitions.dropQueue(this.#work(transaction), this.#state, queue);
  }

  /** CREATE EVENT NOTIFICATION ... FOR QUEUE_ACTIVATION. */
  createQueueNotification(transaction: Transaction, queue: ServiceQueue, notification: QueueNotification): void {
    queue.lock.acquire(transaction, 'Sch-M');
    definitions.createQueueNotification(this.#work(transaction), queue, notification);
  }

  /** DROP EVENT NOTIFICATION. */
  dropQueueNotification(transaction: Transaction, queue: ServiceQueue, name: string): void {
    queue.lock.acquire(transaction, 'Sch-M');
    definitions.dropQueueNotification(this.#work(transaction), this.#state, queue, name);
  }

  createService(transaction: Transaction, options: definitions.NewService): Service {
    return definitions.createService(this.#work(transaction), this.#state, options);
  }

  alterService(transaction: Transaction, name: string, changes: definitions.ServiceChanges): void {
    const moved = changes.queueId === undefined ? undefined : this.#state.queues.get(changes.queueId);
    if (moved !== undefined) {
      this.#state.services.get(name)?.queue.lock.acquire(transaction, 'Sch-M');
      moved.lock.acquire(transaction, 'Sch-M');
    }
    definitions.alterService(this.#work(transaction), this.#state, name, changes);
  }

  dropService(transaction: Transaction, name: string): void {
    this.#state.services.get(name)?.queue.lock.acquire(transaction, 'Sch-M');
    definitions.dropService(this.#work(transaction), this.#state, name);
  }

  /** ALTER AUTHORIZATION. */
  setOwner(transaction: Transaction, kind: definitions.OwnedKind, name: string, ownerId: number): void {
    definitions.setOwner(this.#work(transaction), this.#state, kind, name, ownerId);
  }

  createRoute(transaction: Transaction, name: string, options: definitions.RouteOptions): Route {
    return definitions.createRoute(this.#work(transaction), this.#state, name, options);
  }

  alterRoute(transaction: Transaction, name: string, options: definitions.RouteOptions): void {
    definitions.alterRoute(this.#work(transaction), this.#state, name, options);
  }

  dropRoute(transaction: Transaction, name: string): void {
    definitions.dropRoute(this.#work(transaction), this.#state, name);
  }

  createPriority(transaction: Transaction, name: string, options: definitions.PriorityOptions): BrokerPriority {
    return definitions.createPriority(this.#work(transaction), this.#state, name, options);
  }

  alterPriority(transaction: Transaction, name: string, options: definitions.PriorityOptions): void {
    definitions.alterPriority(this.#work(transaction), this.#state, name, options);
  }

  dropPriority(transaction: Transaction, name: string): void {
    definitions.dropPriority(this.#work(transaction), this.#state, name);
  }

  /** BEGIN DIALOG CONVERSATION. Returns the new conversation handle. */
  beginDialog(transaction: Transaction, options: dialogs.BeginDialog): string {
    return dialogs.beginDialog(this.#work(transaction), this.#state, options);
  }

  /**
   * SEND ON CONVERSATION, to all handles or to none.
   *
   * @param handles null where the statement gave NULL
   * @param body null for no body clause; a NULL body expression is {@link bodyMissing}
   */
  send(
    transaction: Transaction,
    handles: readonly (string | null)[],
    messageType: string,
    body: Uint8Array | null,
  ): void {
    dialogs.send(this.#work(transaction), this.#state, handles, messageType, body);
  }

  /** Error 8433: the body expression of a SEND was NULL. */
  bodyMissing(): never {
    throw brokerErrors.bodyNull();
  }

  /** RECEIVE without WAITFOR: the messages of one group, now; an empty result is not an error. */
  receive(transaction: Transaction, queue: ServiceQueue, options: receiving.ReceiveOptions = {}): receiving.QueueRow[] {
    return receiving.receive(this.#work(transaction), this.#state, queue, options);
  }

  /** GET CONVERSATION GROUP: locks the next group and returns its id. */
  lockNextGroup(transaction: Transaction, queue: ServiceQueue): string | undefined {
    return receiving.lockNextGroup(this.#work(transaction), queue);
  }

  /**
   * Waits until a RECEIVE may find something. `ready` isn't a promise: another session may have been faster.
   *
   * @throws {SqlError} 9617 when the queue is or gets disabled, 208 when it is dropped
   */
  async waitForMessage(queue: ServiceQueue, options: WaitForMessage): Promise<'ready' | 'timeout'> {
    queue.checkReceive();
    const { signal, timeoutMs, transaction } = options;
    const group = receiving.namedGroupOf(this.#state, queue, options);
    const own = this.#instance.workOf(transaction)?.lockedGroups ?? [];
    if (queue.hasMessagesFor(transaction, own, group)) return 'ready';
    return queue.waiters.wait({ signal, timeoutMs, transaction, group });
  }

  moveConversation(transaction: Transaction, handle: string, groupId: string): void {
    dialogs.moveConversation(this.#work(transaction), this.#state, handle, groupId);
  }

  /** END CONVERSATION, WITH ERROR when `error` is given. */
  endConversation(transaction: Transaction, handle: string, error?: dialogs.EndWithError): void {
    dialogs.endConversation(this.#work(transaction), this.#state, handle, error);
  }

  /** END CONVERSATION WITH CLEANUP. */
  cleanUpConversation(transaction: Transaction, handle: string): void {
    dialogs.cleanUpConversation(this.#work(transaction), this.#state, handle);
  }

  /** BEGIN CONVERSATION TIMER, `seconds` from now. */
  setTimer(transaction: Transaction, handle: string, seconds: number): void {
    dialogs.setTimer(this.#work(transaction), this.#state, handle, seconds);
  }

  /** ALTER DATABASE SET ENABLE_BROKER or DISABLE_BROKER. */
  setEnabled(transaction: Transaction, enabled: boolean): void {
    this.#changeDatabase(transaction, { enabled });
    this.#work(transaction).retry = true;
  }

  /** As in a copy of another database: off, with that one's guid. */
  takeIdentifierOf(transaction: Transaction, other: ServiceBroker): void {
    this.#changeDatabase(transaction, { guid: other.guid, enabled: false });
  }

  /** What waits for transmission is tried again once the transaction has committed. */
  retryDelivery(transaction: Transaction): void {
    this.#work(transaction).retry = true;
  }

  /** ALTER DATABASE SET NEW_BROKER: another guid, and all conversations are gone. */
  newBroker(transaction: Transaction): void {
    const work = this.#work(transaction);
    for (const endpoint of [...this.#state.endpoints.values()]) {
      work.lock(endpoint.group);
      removeEndpoint(work, endpoint);
    }
    this.#changeDatabase(transaction, { guid: newGuid(), enabled: true });
  }

  /** ALTER DATABASE SET ERROR_BROKER_CONVERSATIONS: every conversation gets an Error. */
  errorAllConversations(transaction: Transaction): void {
    const work = this.#work(transaction);
    this.#changeDatabase(transaction, { enabled: true });
    work.send((atCommit) =>
      definitions.failAll(atCommit, [...this.#state.endpoints.values()], conversationErrors.remoteEndpointGone()),
    );
  }

  /** DROP DATABASE, inside its transaction. */
  drop(transaction: Transaction): void {
    const work = this.#work(transaction);
    for (const endpoint of [...this.#state.notificationService.endpoints]) removeEndpoint(work, endpoint);
    for (const service of [...this.#state.services.values()]) this.dropService(transaction, service.name);
    for (const queue of [...this.#state.queues.values()]) this.dropQueue(transaction, queue);
    const { contracts, messageTypes, routes, priorities } = this.#state;
    for (const { name } of contracts.values()) forgetObject(work, this.#state, 'broker.contract', name);
    for (const { name } of messageTypes.values()) forgetObject(work, this.#state, 'broker.messageType', name);
    for (const { name } of routes.values()) forgetObject(work, this.#state, 'broker.route', name);
    for (const { name } of priorities.values()) forgetObject(work, this.#state, 'broker.priority', name);
    forgetObject(work, this.#state, 'broker.database', '');
    work.send((atCommit) => {
      const { states } = this.#instance;
      states.delete(this.#state.database);
      atCommit.undo(() => states.set(this.#state.database, this.#state));
    });
  }

  /**
   * `sys.conversation_endpoints` as the transaction sees it.
   *
   * @throws {TransactionConflict} with locks, also while iterating
   */
  endpoints(transaction?: Transaction, read: ReadMode = readVersions): Iterable<views.EndpointRow> {
    return views.endpointRows(this.#state, transaction, read);
  }

  /** The endpoint of a handle as the transaction sees it. @throws {TransactionConflict} with locks */
  endpoint(handle: string, transaction?: Transaction, read: ReadMode = readVersions): views.EndpointRow | undefined {
    return views.endpointRowOf(this.#state, handle, transaction, read);
  }

  /** The queue that a conversation's messages arrive on. */
  queueOfConversation(handle: string): ServiceQueue | undefined {
    return this.#state.endpoints.get(handle)?.group.queue;
  }

  /** The service that an endpoint belongs to. */
  serviceOfConversation(handle: string): Service | undefined {
    return this.#state.endpoints.get(handle)?.origin.service;
  }

  /** GET_TRANSMISSION_STATUS: of the last message that is still in transmission, empty without one; null = no such endpoint. */
  transmissionStatusOf(handle: string): string | null {
    const endpoint = this.#state.endpoints.get(handle);
    return endpoint === undefined ? null : (endpoint.outbox.at(-1)?.status ?? '');
  }

  /** `sys.conversation_groups`. */
  groups(transaction?: Transaction): ReturnType<typeof views.groupRows> {
    return views.groupRows(this.#state, transaction);
  }

  /** `sys.transmission_queue`. */
  transmissionQueue(transaction?: Transaction): Iterable<views.TransmissionRow> {
    return views.transmissionRows(this.#state, transaction);
  }

  /**
   * SELECT * FROM a queue.
   *
   * @param groupId only the messages of that group, and only their locks
   * @throws {TransactionConflict} with locks, for what others have received or sent and not committed
   */
  queueContents(
    queue: ServiceQueue,
    transaction?: Transaction,
    read: ReadMode = readDirty,
    groupId?: string,
  ): receiving.QueueRow[] {
    return queueRows(this.#state, queue, { transaction, read, groupId });
  }

  /** Tasks that wait for a queue, or change it, after rollbacks: by queue, their transactions. */
  get rollbackHandlers(): ReadonlyMap<ServiceQueue, Transaction> {
    return this.#instance.rollbackHandlers.running;
  }

  #changeDatabase(transaction: Transaction, changes: { guid?: string; enabled?: boolean }): void {
    const work = this.#work(transaction);
    const { guid, enabled } = this.#state;
    Object.assign(this.#state, changes);
    work.undo(() => Object.assign(this.#state, { guid, enabled }));
    storeDatabase(work, this.#state);
  }

  #work(transaction: Transaction): BrokerWork {
    transaction.changedDatabases.add(this.#state.database);
    return this.#instance.work(transaction);
  }
}

/** Brings conversations and messages back, once the brokers of all databases are open, and resumes what was stuck. */
export function loadConversations(instance: BrokerInstance): void {
  instance.conversations?.load(instance);
  instance.resume();
}
