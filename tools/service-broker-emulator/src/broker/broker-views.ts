import type { Transaction } from '../engine/storage/transaction.ts';
import { END_DIALOG_TYPE, ERROR_TYPE } from './broker-objects.ts';
import type { BrokerState } from './broker-state.ts';
import { type Endpoint, type EndpointState, stateDescriptions } from './conversation.ts';
import type { Message } from './message.ts';
import { QueueRow } from './receiving.ts';
import type { ServiceQueue } from './service-queue.ts';

/** A row of `sys.conversation_endpoints`; times in milliseconds since 1970, UTC. */
export interface EndpointRow {
  readonly conversationHandle: string;
  readonly conversationId: string;
  readonly isInitiator: boolean;
  readonly serviceContractId: number;
  readonly conversationGroupId: string;
  readonly serviceId: number;
  /** Infinity for the default LIFETIME. */
  readonly lifetime: number;
  readonly state: EndpointState;
  readonly stateDescription: string;
  readonly farService: string;
  readonly farBrokerInstance: string | undefined;
  readonly dialogTimer: number | undefined;
  readonly sendSequence: number;
  readonly receiveSequence: number;
  readonly priority: number;
}

/** A row of `sys.transmission_queue`. */
export interface TransmissionRow {
  readonly conversationHandle: string;
  readonly toServiceName: string;
  readonly toBrokerInstance: string | undefined;
  readonly fromServiceName: string;
  readonly serviceContractName: string;
  readonly enqueuedAt: number;
  readonly messageSequenceNumber: number;
  readonly messageTypeName: string;
  readonly isConversationError: boolean;
  readonly isEndOfDialog: boolean;
  readonly body: Uint8Array | null;
  readonly transmissionStatus: string;
  readonly priority: number;
}

function visible(endpoint: Endpoint, transaction: Transaction | undefined): boolean {
  return endpoint.createdBy === undefined || endpoint.createdBy === transaction;
}

function endpointRow(endpoint: Endpoint): EndpointRow {
  const { origin } = endpoint;
  return {
    conversationHandle: origin.handle,
    conversationId: origin.conversationId,
    isInitiator: origin.isInitiator,
    serviceContractId: origin.contract.id,
    conversationGroupId: endpoint.group.id,
    serviceId: origin.service.id,
    lifetime: origin.expiresAt,
    state: endpoint.state,
    stateDescription: stateDescriptions[endpoint.state],
    farService: origin.farService,
    farBrokerInstance: origin.farBroker,
    dialogTimer: endpoint.timerAt,
    sendSequence: endpoint.sendSequence,
    receiveSequence: endpoint.receiveSequence,
    priority: origin.priority,
  };
}

/** The row of one handle in `sys.conversation_endpoints`. */
export function endpointRowOf(
  state: BrokerState,
  handle: string,
  transaction: Transaction | undefined,
): EndpointRow | undefined {
  const endpoint = state.endpoints.get(handle);
  return endpoint === undefined || !visible(endpoint, transaction) ? undefined : endpointRow(endpoint);
}

/** `sys.conversation_endpoints`, without what other transactions have not committed. */
export function* endpointRows(state: BrokerState, transaction: Transaction | undefined): Generator<EndpointRow> {
  for (const endpoint of state.endpoints.values()) {
    if (visible(endpoint, transaction)) yield endpointRow(endpoint);
  }
}

/** `sys.conversation_groups`. */
export function* groupRows(
  state: BrokerState,
  transaction: Transaction | undefined,
): Generator<{ readonly conversationGroupId: string; readonly serviceId: number }> {
  for (const group of state.groups.values()) {
    for (const endpoint of group.endpoints) {
      if (!visible(endpoint, transaction)) continue;
      yield { conversationGroupId: group.id, serviceId: group.service.id };
      break;
    }
  }
}

/** `sys.transmission_queue`: what could not be delivered yet, and what the transaction itself has sent. */
export function* transmissionRows(
  state: BrokerState,
  transaction: Transaction | undefined,
): Generator<TransmissionRow> {
  for (const endpoint of state.stuck) for (const message of endpoint.outbox) yield transmissionRow(message);
  for (const item of state.instance.workOf(transaction)?.outgoing ?? []) {
    if (typeof item !== 'function' && item.endpoint.database === state.database) yield transmissionRow(item);
  }
}

function transmissionRow(message: Message): TransmissionRow {
  const { endpoint, type } = message;
  const { origin } = endpoint;
  return {
    conversationHandle: origin.handle,
    toServiceName: origin.farService,
    toBrokerInstance: origin.farBroker,
    fromServiceName: origin.service.name,
    serviceContractName: origin.contract.name,
    enqueuedAt: message.enqueuedAt,
    messageSequenceNumber: message.sequence,
    messageTypeName: type.name,
    isConversationError: type.name === ERROR_TYPE,
    isEndOfDialog: type.name === END_DIALOG_TYPE,
    body: message.body,
    transmissionStatus: message.status,
    priority: origin.priority,
  };
}

/** SELECT * FROM a queue, in queuing order. Messages that an open transaction has received are not there (as with NOLOCK). */
export function queueRows(state: BrokerState, queue: ServiceQueue): QueueRow[] {
  const prefix = state.instance.messageIdPrefix;
  const rows: QueueRow[] = [];
  for (const service of state.services.values()) {
    if (service.queue !== queue) continue;
    for (const { urgent, messages, retained } of service.endpoints) {
      for (const message of urgent) rows.push(new QueueRow(message, 1, prefix));
      for (const message of messages) rows.push(new QueueRow(message, 1, prefix));
      for (const message of retained) rows.push(new QueueRow(message, message.place === 'sent' ? 3 : 0, prefix));
    }
  }
  return rows.sort((a, b) => a.queuingOrder - b.queuingOrder);
}
