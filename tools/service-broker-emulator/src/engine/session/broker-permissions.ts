import type { Contract, Service } from '../../broker/broker-objects.ts';
import type { ServiceQueue } from '../../broker/service-queue.ts';
import { actionDenied, cannotDo, permissionDenied } from '../security/errors.ts';
import { contractSecurable, databaseSecurable, objectSecurable, serviceSecurable } from '../security/securables.ts';
import type { Database } from '../server/database.ts';
import { noAccessToService } from './errors.ts';
import type { ModuleFrame } from './module-frame.ts';
import type { SessionCore } from './session-core.ts';

/**
 * RECEIVE on a queue: what RECEIVE and GET CONVERSATION GROUP take, and SEND and BEGIN DIALOG on the queue of the service
 * that they act for. A queue is an object, so a module's owner lends the permission.
 *
 * @throws {SqlError} 229 when the session's user does not have it
 */
export function requireReceivePermission(
  session: SessionCore,
  database: Database,
  queue: ServiceQueue | undefined,
  frame: ModuleFrame,
): void {
  if (queue === undefined) return;
  const refusal = () => permissionDenied('RECEIVE', queue, database.name);
  const securable = objectSecurable(database, queue);
  session.authorize([{ permission: 'RECEIVE', securable, chain: undefined, refusal }], frame);
}

/**
 * REFERENCES on the contract of BEGIN DIALOG. Contracts are in no schema: no module's owner lends the permission.
 *
 * @throws {SqlError} 15151
 */
export function requireContract(session: SessionCore, contract: Contract | undefined): void {
  if (contract === undefined || session.holds('REFERENCES', contractSecurable(session.database, contract))) return;
  throw cannotDo('find', 'contract', contract.name);
}

/**
 * END CONVERSATION and MOVE CONVERSATION: the owner of the conversation, who is the owner of its service, and db_owner.
 * RECEIVE on the queue is not enough, and no module's owner lends the right.
 *
 * @throws {SqlError} 15247
 */
export function requireConversationOwner(session: SessionCore, service: Service | undefined): void {
  if (service === undefined || session.isSysadmin) return;
  const { database, userName } = session;
  if (session.holds('CONTROL', databaseSecurable(database))) return;
  const owner = database.principals.findById(service.ownerId)?.name.toLowerCase();
  if (owner === undefined || !database.principals.rolesOf(userName).has(owner)) throw actionDenied();
}

/** BEGIN CONVERSATION TIMER: SEND on the service of the conversation. @throws {SqlError} 8494 */
export function requireSendPermission(session: SessionCore, service: Service | undefined): void {
  if (service === undefined || session.holds('SEND', serviceSecurable(session.database, service))) return;
  throw noAccessToService(service.name);
}
