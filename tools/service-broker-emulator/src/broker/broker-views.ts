import type { ReadMode } from '../engine/storage/table-store.ts';
import { type Transaction, TransactionConflict } from '../engine/storage/transaction.ts';
import { endDialogType, errorType } from './broker-objects.ts';
import type { BrokerState } from './broker-state.ts';
import { type Endpoint, type EndpointState, stateDescriptions } from './conversation.ts';
import type { Message } from './message.ts';

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
  /** When it was closed; undefined while it is not. */
  readonly closedAt: number | undefined;
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

/**
 * Whether a read gets the endpoint. The catalog has no row versions, so that everything but a dirty read meets what others
 * have not committed.
 *
 * @throws {TransactionConflict} when it has to wait
 */
function isRead(endpoint: Endpoint, transaction: Transaction | undefined, read: ReadMode): boolean {
  const { writtenBy } = endpoint;
  if (read.kind === 'dirty') return true;
  if (writtenBy === undefined || writtenBy === transaction) return visible(endpoint, transaction);
  if (read.skipLocked) return false;
  throw new TransactionConflict(writtenBy, { type: 'KEY', mode: 'S', owner: endpoint });
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
    closedAt: endpoint.closedAt,
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
  read: ReadMode,
): EndpointRow | undefined {
  const endpoint = state.endpoints.get(handle);
  return endpoint === undefined || !isRead(endpoint, transaction, read) ? undefined : endpointRow(endpoint);
}

/** `sys.conversation_endpoints`, without what other transactions have not committed. */
export function* endpointRows(
  state: BrokerState,
  transaction: Transaction | undefined,
  read: ReadMode,
): Generator<EndpointRow> {
  for (const endpoint of state.endpoints.values()) {
    if (isRead(endpoint, transaction, read)) yield endpointRow(endpoint);
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
    isConversationError: type.name === errorType,
    isEndOfDialog: type.name === endDialogType,
    body: message.body,
    transmissionStatus: message.status,
    priority: origin.priority,
  };
}
