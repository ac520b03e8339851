import type { DropStatement } from '../../tsql/ast/drop.ts';
import type { ObjectName } from '../../tsql/ast/nodes.ts';
import { cannotDo } from '../security/errors.ts';
import { databaseSecurable, objectSecurable, type Securable } from '../security/securables.ts';
import { mayNotDrop } from './errors.ts';
import { findSecurable, isSecurableClass } from './find-securable.ts';
import type { ModuleFrame } from './module-frame.ts';
import { databaseOf, printName } from './name-resolution.ts';
import type { SessionCore } from './session-core.ts';

/** What a name of DROP means, as far as it is there. */
function securableOf(
  session: SessionCore,
  kind: DropStatement['object'],
  name: ObjectName,
  frame: ModuleFrame,
): Securable | undefined {
  const { database } = session;
  if (kind === 'DATABASE') {
    const target = session.server.databases.find(name.name);
    return target === undefined ? undefined : databaseSecurable(target);
  }
  if (kind === 'BROKER PRIORITY') return databaseSecurable(database);
  if (isSecurableClass(kind)) return findSecurable(kind, name, database, frame.defaultSchema)?.securable;
  const target = databaseOf(name, database, session.server.databases);
  const found = findSecurable('OBJECT', name, target, frame.defaultSchema);
  if (found?.object?.kind !== 'trigger' || found.object.parent === undefined) return found?.securable;
  return objectSecurable(target, found.object.parent);
}

/** Objects and types: CONTROL on them or ALTER on their schema. Others: ALTER, which the `ALTER ANY ...` include. */
function mayDrop(session: SessionCore, kind: DropStatement['object'], securable: Securable): boolean {
  const [, schema] = securable.path;
  if (schema?.startsWith('SCHEMA:') === true && kind !== 'TRIGGER') {
    const owner = securable.owner;
    return (
      session.holds('CONTROL', securable) ||
      session.holds('ALTER', { ...securable, path: securable.path.slice(1), owner })
    );
  }
  if (kind === 'DATABASE') return session.holds('CONTROL', securable) || session.holdsOnServer('ALTER ANY DATABASE');
  if (kind === 'SCHEMA') return session.holds('CONTROL', securable) || session.holds('ALTER', securable);
  if (kind === 'BROKER PRIORITY')
    return session.holds('ALTER', securable) || session.holds('ALTER ANY SERVICE', securable);
  return session.holds('ALTER', securable);
}

/** @throws {SqlError} 3701 for objects and databases, 15151 for the others */
export function requireDropPermission(session: SessionCore, statement: DropStatement, frame: ModuleFrame): void {
  const { object: kind, names } = statement;
  for (const name of names) {
    if (name.name.startsWith('#')) continue;
    if (kind === 'LOGIN') {
      if (!session.holdsOnServer('ALTER ANY LOGIN')) throw cannotDo('drop', 'login', name.name);
      continue;
    }
    const securable = securableOf(session, kind, name, frame);
    if (securable === undefined || mayDrop(session, kind, securable)) continue;
    const inSchema = securable.path[1]?.startsWith('SCHEMA:') === true;
    if (!inSchema && kind !== 'DATABASE') throw cannotDo('drop', kind.toLowerCase(), name.name);
    throw mayNotDrop(kind.toLowerCase(), printName(name));
  }
}
