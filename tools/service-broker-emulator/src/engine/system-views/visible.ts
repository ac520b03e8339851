import type { Contract, MessageType, Service } from '../../broker/broker-objects.ts';
import type { CatalogObject, TypeObject } from '../catalog/catalog-object.ts';
import { nameKey } from '../catalog/name-key.ts';
import type { Principal } from '../security/principals.ts';
import {
  contractSecurable,
  databaseSecurable,
  messageTypeSecurable,
  objectSecurable,
  principalSecurable,
  type Securable,
  serviceSecurable,
  typeSecurable,
} from '../security/securables.ts';
import type { Database } from '../server/database.ts';
import type { SessionCore } from '../session/session-core.ts';
import type { SeenTable } from '../session/temp-table-object.ts';

/**
 * What a session's user sees in catalog views: what it owns or has a permission on. The rest is not there, without
 * an error. Source: Microsoft's "Metadata visibility configuration".
 */

function* seen<T>(
  items: Iterable<T>,
  database: Database,
  session: SessionCore,
  securableOf: (database: Database, item: T) => Securable,
): Iterable<T> {
  const everything = session.userIn(database) === 'dbo';
  for (const item of items) if (everything || session.sees(securableOf(database, item))) yield item;
}

function securableOfObject(database: Database, object: CatalogObject): Securable {
  // A trigger shows with its table.
  return objectSecurable(database, object.kind === 'trigger' && object.parent !== undefined ? object.parent : object);
}

export function seenObjects(database: Database, session: SessionCore): Iterable<CatalogObject> {
  return seen(database.catalog.objects, database, session, securableOfObject);
}

/** Tables, those of tempdb with the temp tables. */
export function* seenTables(database: Database, session: SessionCore): Iterable<SeenTable> {
  for (const object of seenObjects(database, session)) if (object.kind === 'table') yield object;
  yield* seenTempTables(database, session);
}

/** The temp tables, which tempdb has: everybody's for dbo, else the session's own. */
export function* seenTempTables(database: Database, session: SessionCore): Iterable<SeenTable> {
  if (database.name !== 'tempdb') return;
  if (session.userIn(database) !== 'dbo') {
    yield* session.tempTables.objects();
    return;
  }
  for (const { core } of session.server.sessions.values()) yield* core.tempTables.objects();
}

/**
 * Whether the session's user sees what CHECKs, DEFAULTs, computed columns and filters of a table say; who doesn't gets NULL. What
 * tempdb shows of a session's own tables isn't documented: all of it. Source: Microsoft's "Metadata visibility configuration".
 */
export function seesDefinitions(
  database: Database,
  session: SessionCore,
  table: { readonly schema: string; readonly name: string },
): boolean {
  return database.name === 'tempdb' || session.holds('VIEW DEFINITION', objectSecurable(database, table));
}

export function seesObject(database: Database, session: SessionCore, object: CatalogObject): boolean {
  return session.userIn(database) === 'dbo' || session.sees(securableOfObject(database, object));
}

export function seenTypes(database: Database, session: SessionCore): Iterable<TypeObject> {
  return seen(database.catalog.types, database, session, typeSecurable);
}

export function seenServices(database: Database, session: SessionCore): Iterable<Service> {
  return seen(database.broker.services, database, session, serviceSecurable);
}

export function seenContracts(database: Database, session: SessionCore): Iterable<Contract> {
  return seen(database.broker.contracts, database, session, contractSecurable);
}

export function seenMessageTypes(database: Database, session: SessionCore): Iterable<MessageType> {
  return seen(database.broker.messageTypes, database, session, messageTypeSecurable);
}

/** Built-in users and roles, oneself and one's roles, and what one has a permission on. */
export function seenPrincipals(database: Database, session: SessionCore): Iterable<Principal> {
  const roles = database.principals.rolesOf(session.userIn(database) ?? 'guest');
  return [...database.principals.snapshot.principals].filter(
    (principal) =>
      principal.fixed || roles.has(nameKey(principal.name)) || session.sees(principalSecurable(database, principal)),
  );
}

/** Conversations and what waits for transmission: for db_owner only. No permission can be granted that shows them. */
export function seesConversations(database: Database, session: SessionCore): boolean {
  return session.holds('CONTROL', databaseSecurable(database));
}
