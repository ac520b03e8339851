import { type Contract, eventNotificationContract, eventNotificationType, type Service } from './broker-objects.ts';
import type { BrokerState } from './broker-state.ts';
import type { BrokerWork } from './broker-work.ts';
import type { Endpoint } from './conversation.ts';
import { addEndpoint, groupFor } from './conversation-changes.ts';
import { endConversation, post } from './dialogs.ts';
import { newGuid } from './guid.ts';
import { ordinaryUrgency } from './message.ts';
import { priorityOf } from './priorities.ts';
import type { QueueNotification, ServiceQueue } from './service-queue.ts';

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Body of a QUEUE_ACTIVATION message, as real servers write it; as all xml values, UTF-16LE with a byte order mark. */
function notificationBody(work: BrokerWork, state: BrokerState, queue: ServiceQueue): Uint8Array {
  const { clock, options } = work.instance;
  const facts: readonly (readonly [element: string, value: string])[] = [
    ['EventType', 'QUEUE_ACTIVATION'],
    ['PostTime', new Date(clock.now()).toISOString().slice(0, -1)],
    ['SPID', String(work.transaction.sessionId)],
    ['ServerName', options.serverName ?? ''],
    ['LoginName', 'sa'],
    ['UserName', 'dbo'],
    ['DatabaseName', state.database],
    ['SchemaName', queue.schema],
    ['ObjectName', queue.name],
    ['ObjectType', 'QUEUE'],
  ];
  const elements = facts.map(([element, value]) => `<${element}>${escapeText(value)}</${element}>`).join('');
  return new Uint8Array(Buffer.from(`\uFEFF<EVENT_INSTANCE>${elements}</EVENT_INSTANCE>`, 'utf16le'));
}

function farBrokerOf(state: BrokerState, notification: QueueNotification): string {
  const { brokerInstance } = notification;
  return brokerInstance.toUpperCase() === 'CURRENT DATABASE' ? state.guid : brokerInstance.toUpperCase();
}

/** The open dialog with the service that a notification names. */
function openDialog(state: BrokerState, service: Service, notification: QueueNotification): Endpoint | undefined {
  const farBroker = farBrokerOf(state, notification);
  for (const endpoint of service.endpoints) {
    const { origin } = endpoint;
    const open = endpoint.state === 'SO' || endpoint.state === 'CO';
    if (open && origin.farService === notification.service && origin.farBroker === farBroker) return endpoint;
  }
  return undefined;
}

/** Sends the QUEUE_ACTIVATION event of a queue to the service that its event notification names. */
export function notifyActivation(work: BrokerWork, state: BrokerState, queue: ServiceQueue): void {
  const { notification } = queue.settings;
  if (notification === undefined) return;
  const service = state.notificationService;
  const endpoint = openDialog(state, service, notification) ?? beginDialog(work, state, service, notification);
  work.lock(endpoint.group);
  const type = state.requireMessageType(eventNotificationType);
  post(work, endpoint, type, notificationBody(work, state, queue), ordinaryUrgency);
}

function beginDialog(
  work: BrokerWork,
  state: BrokerState,
  service: Service,
  notification: QueueNotification,
): Endpoint {
  const contract: Contract | undefined = state.contracts.get(eventNotificationContract);
  if (contract === undefined) throw new Error(`contract ${eventNotificationContract} is missing`);
  const origin = {
    handle: newGuid(),
    conversationId: newGuid(),
    isInitiator: true,
    service,
    contract,
    farService: notification.service,
    farBroker: farBrokerOf(state, notification),
    expiresAt: Number.POSITIVE_INFINITY,
    priority: priorityOf(state, contract.name, service.name, notification.service),
  };
  return addEndpoint(work, state, origin, groupFor(state, work, newGuid(), service), 'SO');
}

/** DROP EVENT NOTIFICATION: its dialog ends, unless another notification uses it. */
export function endNotification(work: BrokerWork, state: BrokerState, dropped: QueueNotification): void {
  const endpoint = openDialog(state, state.notificationService, dropped);
  if (endpoint === undefined) return;
  for (const { settings } of state.queues.values()) {
    const other = settings.notification;
    if (other !== undefined && openDialog(state, state.notificationService, other) === endpoint) return;
  }
  endConversation(work, state, endpoint.origin.handle);
}
