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
  /** Milliseconds since 1970, UTC; absent = forever. */
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
export const errorType = `${uri}/Error`;
export const endDialogType = `${uri}/EndDialog`;
export const dialogTimerType = `${uri}/DialogTimer`;
export const eventNotificationType = 'http://schemas.microsoft.com/SQL/Notifications/EventNotification';
export const eventNotificationContract = 'http://schemas.microsoft.com/SQL/Notifications/PostEventNotification';
export const eventNotificationService = 'http://schemas.microsoft.com/SQL/Notifications/EventNotificationService';
/** Name of the message type and of the contract used when none is given. */
export const defaultName = 'DEFAULT';

/** Ids of user-defined message types, contracts, services, routes and priorities start here. */
export const firstUserId = 65_536;

const dbo = 1;

/** Message types that every database has, by name. */
export function requireMessageTypes(): Map<string, MessageType> {
  const types: MessageType[] = [
    { id: 1, name: errorType, ownerId: dbo, validation: 'WELL_FORMED_XML' },
    { id: 2, name: endDialogType, ownerId: dbo, validation: 'EMPTY' },
    { id: 3, name: dialogTimerType, ownerId: dbo, validation: 'EMPTY' },
    { id: 14, name: defaultName, ownerId: dbo, validation: 'NONE' },
    { id: 20, name: eventNotificationType, ownerId: dbo, validation: 'WELL_FORMED_XML' },
  ];
  return new Map(types.map((type) => [type.name, type]));
}

/** True for types that only the broker itself sends, on any contract. */
export function isSystemMessage(name: string): boolean {
  return name === errorType || name === endDialogType || name === dialogTimerType;
}

/** Contracts that every database has. */
export function systemContracts(types: ReadonlyMap<string, MessageType>): Map<string, Contract> {
  const contract = (id: number, name: string, typeName: string, sentBy: SentBy): Contract => {
    const messageType = types.get(typeName);
    if (messageType === undefined) throw new Error(`system message type ${typeName} is missing`);
    return { id, name, ownerId: dbo, messages: new Map([[typeName, { messageType, sentBy }]]) };
  };
  const contracts = [
    contract(4, eventNotificationContract, eventNotificationType, 'INITIATOR'),
    contract(6, defaultName, defaultName, 'ANY'),
  ];
  return new Map(contracts.map((item) => [item.name, item]));
}
