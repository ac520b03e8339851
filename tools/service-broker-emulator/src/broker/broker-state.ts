import type { BrokerInstance } from './broker-instance.ts';
import {
  type BrokerPriority,
  type Contract,
  eventNotificationService,
  firstUserId,
  type MessageType,
  type Route,
  requireMessageTypes,
  type Service,
  systemContracts,
} from './broker-objects.ts';
import type { ConversationGroup, Endpoint } from './conversation.ts';
import { newGuid } from './guid.ts';
import { defaultQueueSettings, ServiceQueue } from './service-queue.ts';

/** Everything the broker of one database holds in memory. Changes go through the modules beside this one. */
export class BrokerState {
  readonly instance: BrokerInstance;
  readonly database: string;
  /** `sys.databases.service_broker_guid`. */
  guid = newGuid();
  /** `sys.databases.is_broker_enabled`. */
  enabled = true;
  /** By name, byte by byte: whatever the collation, case counts. */
  readonly messageTypes: Map<string, MessageType> = requireMessageTypes();
  readonly contracts: Map<string, Contract> = systemContracts(this.messageTypes);
  readonly services = new Map<string, Service>();
  /** The broker's own service, which event notifications come from. It is on no queue that anybody can name. */
  readonly notificationService: Service = {
    id: 1,
    name: eventNotificationService,
    ownerId: 1,
    queue: new ServiceQueue(0, 'dbo', 'EventNotificationErrorsQueue', defaultQueueSettings),
    contracts: new Set(),
    endpoints: new Set(),
  };
  readonly routes = new Map<string, Route>();
  readonly priorities = new Map<string, BrokerPriority>();
  /** By object id. */
  readonly queues = new Map<number, ServiceQueue>();
  /** By handle. */
  readonly endpoints = new Map<string, Endpoint>();
  readonly groups = new Map<string, ConversationGroup>();
  /** Endpoints whose outbox is not empty: `sys.transmission_queue`. */
  readonly stuck = new Set<Endpoint>();
  #nextId = firstUserId;

  constructor(instance: BrokerInstance, database: string) {
    this.instance = instance;
    this.database = database;
  }

  /** Id of a new message type, contract, service, route or priority. */
  nextId(): number {
    this.#nextId += 1;
    return this.#nextId - 1;
  }

  /** An object with that id was loaded: new ones get greater ids. */
  idUsed(id: number): void {
    this.#nextId = Math.max(this.#nextId, id + 1);
  }

  /** A service that conversations can be of: one of the users, or the broker's own. */
  conversationService(name: string): Service | undefined {
    return name === eventNotificationService ? this.notificationService : this.services.get(name);
  }

  /** A message type that must be there: a system one, or one that a stored contract names. */
  requireMessageType(name: string): MessageType {
    const type = this.messageTypes.get(name);
    if (type === undefined) throw new Error(`message type ${name} is missing in database ${this.database}`);
    return type;
  }
}
