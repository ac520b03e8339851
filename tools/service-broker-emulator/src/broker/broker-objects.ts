import type { Endpoint } from './conversation.ts';
import type { ServiceQueue } from './service-queue.ts';

export type Validation = 'NONE' | 'EMPTY' | 'WELL_FORMED_XML';

export interface MessageType {
  readonly id: number;
  readonly name: string;
  ownerId: number;
  validation: Validation;
}

export type SentBy = 'INITIATOR' | 'TARGET' | 'ANY';

export interface Contract {
  readonly id: number;
  readonly name: string;
  ownerId: number;
  /** By message type name. */
  readonly messages: ReadonlyMap<string, { readonly messageType: MessageType; readonly sentBy: SentBy }>;
}

export interface Service {
  readonly id: number;
  readonly name: string;
  ownerId: number;
  queue: ServiceQueue;
  /** Contracts that it accepts as a target. */
  readonly contracts: Set<Contract>;
  readonly endpoints: Set<Endpoint>;
}

export interface Route {
  readonly id: number;
  readonly name: string;
  readonly ownerId: number;
  serviceName: string | undefined;
  brokerInstance: string | undefined;
  /** Milliseconds since 1970, UTC; absent = for ever. */
  expiresAt: number | undefined;
  address: string;
}

export interface BrokerPriority {
  readonly id: number;
  readonly name: string;
  /** Absent = ANY. */
  contractName: string | undefined;
  localServiceName: string | undefined;
  remoteServiceName: string | undefined;
  /** 1 to 10. */
  level: number;
}

const uri = 'http://schemas.microsoft.com/SQL/ServiceBroker';
export const ERROR_TYPE = `${uri}/Error`;
export const END_DIALOG_TYPE = `${uri}/EndDialog`;
export const DIALOG_TIMER_TYPE = `${uri}/DialogTimer`;
export const EVENT_NOTIFICATION_TYPE = 'http://schemas.microsoft.com/SQL/Notifications/EventNotification';
export const EVENT_NOTIFICATION_CONTRACT = 'http://schemas.microsoft.com/SQL/Notifications/PostEventNotification';
export const EVENT_NOTIFICATION_SERVICE = 'http://schemas.microsoft.com/SQL/Notifications/EventNotificationService';
/** Name of the message type and of the contract used when none is given. */
export const DEFAULT_NAME = 'DEFAULT';

/** Ids of user-defined message types, contracts, services, routes and priorities start here. */
export const FIRST_USER_ID = 65_536;

const DBO = 1;

/** Message types that every database has, by name. */
export function requireMessageTypes(): Map<string, MessageType> {
  const types: MessageType[] = [
    { id: 1, name: ERROR_TYPE, ownerId: DBO, validation: 'WELL_FORMED_XML' },
    { id: 2, name: END_DIALOG_TYPE, ownerId: DBO, validation: 'EMPTY' },
    { id: 3, name: DIALOG_TIMER_TYPE, ownerId: DBO, validation: 'EMPTY' },
    { id: 14, name: DEFAULT_NAME, ownerId: DBO, validation: 'NONE' },
    { id: 20, name: EVENT_NOTIFICATION_TYPE, ownerId: DBO, validation: 'WELL_FORMED_XML' },
  ];
  return new Map(types.map((type) => [type.name, type]));
}

/** True for types that only the broker itself sends, on any contract. */
export function isSystemMessage(name: string): boolean {
  return name === ERROR_TYPE || name === END_DIALOG_TYPE || name === DIALOG_TIMER_TYPE;
}

/** Contracts that every database has. */
export function systemContracts(types: ReadonlyMap<string, MessageType>): Map<string, Contract> {
  const contract = (id: number, name: string, typeName: string, sentBy: SentBy): Contract => {
    const messageType = types.get(typeName);
    if (messageType === undefined) throw new Error(`system message type ${typeName} is missing`);
    return { id, name, ownerId: DBO, messages: new Map([[typeName, { messageType, sentBy }]]) };
  };
  const contracts = [
    contract(4, EVENT_NOTIFICATION_CONTRACT, EVENT_NOTIFICATION_TYPE, 'INITIATOR'),
    contract(6, DEFAULT_NAME, DEFAULT_NAME, 'ANY'),
  ];
  return new Map(contracts.map((item) => [item.name, item]));
}
