import type { TableUserFunction } from '../query/environment.ts';
import { columnPermissions } from '../security/permission-codes.ts';
import { serverPermissionNames } from '../server/logins.ts';
import { heldPermissions, namedSecurable } from '../session/held-permissions.ts';
import type { SessionCore } from '../session/session-core.ts';
import type { SqlRow } from '../types/sql-value.ts';
import { sessionOf, viewColumns } from './define-view.ts';
import { objectColumns } from './relation-columns.ts';

/** What the session's user may do with a securable: with all of it first, then with each of its columns. */
function* held(session: SessionCore, securable: string | null, securableClass: string): Iterable<SqlRow> {
  if (securableClass === 'SERVER') {
    if (securable !== null) return;
    for (const permission of serverPermissionNames)
      if (session.holdsOnServer(permission)) yield ['server', '', permission];
    return;
  }
  const named = namedSecurable(session, securableClass, securable, session.defaultSchema);
  if (named === undefined) return;
  const entity = securable ?? (securableClass === 'DATABASE' ? 'database' : null);
  for (const permission of heldPermissions(session, named)) yield [entity, '', permission];
  if (named.object === undefined) return;
  const { database } = named.securable;
  for (const { name } of objectColumns(named.object, database, session)) {
    for (const permission of columnPermissions)
      if (session.holdsOnColumn(permission, named.securable, name)) yield [entity, name, permission];
  }
}

const nameType = { name: 'nvarchar', length: 128 } as const;

/** `sys.fn_my_permissions`: what one may do with a securable, column by column where it has columns. */
export const permissionFunction: TableUserFunction = {
  kind: 'rows',
  name: 'fn_my_permissions',
  parameters: [
    { name: '@securable', type: nameType, defaultValue: null },
    { name: '@class', type: nameType, defaultValue: null },
  ],
  columns: viewColumns({ entity_name: 'name', subentity_name: 'name', permission_name: 'description' }),
  rows: (context, [securable, securableClass]) =>
    held(
      sessionOf(context),
      typeof securable === 'string' ? securable : null,
      typeof securableClass === 'string' ? securableClass.trimEnd().toUpperCase() : '',
    ),
};
