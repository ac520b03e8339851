import { usEnglish } from '../../languages.ts';
import { nameKey } from '../catalog/name-key.ts';
import { permissionCode } from '../security/permission-codes.ts';
import type { Permission } from '../security/permission-rows.ts';
import type { Principal } from '../security/principals.ts';
import { databaseSecurable } from '../security/securables.ts';
import type { Database } from '../server/database.ts';
import { administratorSid, type LoginIdentity } from '../server/logins.ts';
import type { SessionCore } from '../session/session-core.ts';
import { defineView, type SystemView, viewTime } from './define-view.ts';
import { objectColumns } from './relation-columns.ts';
import { seenPrincipals } from './visible.ts';

/** State of a permission and its name, as `sys.database_permissions` shows them. */
function stateOf({ state, withGrantOption }: Permission): readonly [string, string] {
  if (state === 'deny') return ['D', 'DENY'];
  if (state === 'revoke') return ['R', 'REVOKE'];
  return withGrantOption ? ['W', 'GRANT_WITH_GRANT_OPTION'] : ['G', 'GRANT'];
}

/** Class numbers and names of `sys.database_permissions` by the emulator's securable prefix. */
const securableClasses: Readonly<Record<string, readonly [number, string]>> = {
  DATABASE: [0, 'DATABASE'],
  OBJECT: [1, 'OBJECT_OR_COLUMN'],
  SCHEMA: [3, 'SCHEMA'],
  USER: [4, 'DATABASE_PRINCIPAL'],
  ROLE: [4, 'DATABASE_PRINCIPAL'],
  TYPE: [6, 'TYPE'],
  'MESSAGE TYPE': [15, 'MESSAGE_TYPE'],
  CONTRACT: [16, 'SERVICE_CONTRACT'],
  SERVICE: [17, 'SERVICE'],
  ROUTE: [19, 'ROUTE'],
};

/** Id of the column that a permission is on: its place in the object; 0 for a permission on all of it. */
function minorIdOf(database: Database, session: SessionCore, { securable, column }: Permission): number {
  if (column === undefined) return 0;
  const object = database.catalog.findById(majorIdOf(database, securable));
  if (object === undefined) return 0;
  return objectColumns(object, database, session).findIndex(({ name }) => nameKey(name) === column) + 1;
}

/** Id of what a permission is on, as the view shows it. */
function majorIdOf(database: Database, securable: string): number {
  const separator = securable.indexOf(':');
  const name = securable.slice(separator + 1);
  const [schema = '', object = ''] = name.split('\u0000');
  const { broker, catalog, principals } = database;
  switch (securable.slice(0, separator)) {
    case 'OBJECT':
      return catalog.find(schema, object)?.objectId ?? 0;
    case 'TYPE':
      return catalog.findType(schema, object)?.objectId ?? 0;
    case 'SCHEMA':
      return catalog.findSchema(name)?.schemaId ?? 0;
    case 'USER':
    case 'ROLE':
      return principals.find(name)?.principalId ?? 0;
    case 'MESSAGE TYPE':
      return broker.messageType(name)?.id ?? 0;
    case 'CONTRACT':
      return broker.contract(name)?.id ?? 0;
    case 'SERVICE':
      return broker.service(name)?.id ?? 0;
    default:
      return 0;
  }
}

/** Security identifier of a user: that of its login, or one of its own. */
function sidOf(principal: Principal, database: Database): Uint8Array | null {
  if (principal.kind === 'role') return null;
  const sid = principal.name === 'dbo' ? database.ownerSid : principal.sid;
  return Buffer.from(sid ?? `0105${Buffer.from(principal.name, 'utf16le').toString('hex')}`, 'hex');
}

/** One's own login and `sa`; all with the right to manage them. */
function seenLogins(session: SessionCore): ReturnType<typeof loginsOf> {
  const everything = session.holdsOnServer('ALTER ANY LOGIN') || session.holdsOnServer('VIEW ANY DEFINITION');
  return loginsOf(session).filter(
    (login) => everything || login.sid === administratorSid || login.sid === session.identity.sid,
  );
}

function loginsOf(session: SessionCore) {
  return session.server.logins.all;
}

const loginColumns = {
  name: 'name',
  principal_id: 'int',
  sid: 'bytes',
  type: 'char1',
  type_desc: 'description',
  is_disabled: 'bit',
  default_database_name: 'name',
  default_language_name: 'name',
} as const;

function loginFacts(login: LoginIdentity & { readonly loginId: number }) {
  return {
    name: login.name,
    principal_id: login.loginId,
    sid: Buffer.from(login.sid, 'hex'),
    type: 'S',
    type_desc: 'SQL_LOGIN',
    is_disabled: 0,
    default_database_name: login.database ?? 'master',
    default_language_name: login.language ?? usEnglish.name,
  };
}

export const securityViews: readonly SystemView[] = [
  defineView(
    'sys',
    'database_principals',
    {
      name: 'name',
      principal_id: 'int',
      type: 'char1',
      type_desc: 'description',
      default_schema_name: 'name',
      create_date: 'datetime',
      owning_principal_id: 'int',
      sid: 'bytes',
      is_fixed_role: 'bit',
      authentication_type_desc: 'description',
    },
    function* (database, session) {
      for (const principal of seenPrincipals(database, session)) {
        const role = principal.kind === 'role';
        yield {
          name: principal.name,
          principal_id: principal.principalId,
          type: role ? 'R' : 'S',
          type_desc: role ? 'DATABASE_ROLE' : 'SQL_USER',
          default_schema_name: principal.defaultSchema ?? null,
          create_date: viewTime(principal.createdAt),
          owning_principal_id: role ? (database.principals.find(principal.owner ?? 'dbo')?.principalId ?? 1) : null,
          sid: sidOf(principal, database),
          is_fixed_role: Number(role && principal.fixed && principal.name !== 'public'),
          authentication_type_desc: principal.login === undefined ? 'NONE' : 'INSTANCE',
        };
      }
    },
  ),
  defineView(
    'sys',
    'database_role_members',
    { role_principal_id: 'int', member_principal_id: 'int' },
    function* (database, session) {
      for (const member of seenPrincipals(database, session)) {
        for (const role of member.memberOf) {
          yield {
            role_principal_id: database.principals.find(role)?.principalId ?? null,
            member_principal_id: member.principalId,
          };
        }
      }
    },
  ),
  defineView(
    'sys',
    'database_permissions',
    {
      class: 'tinyint',
      class_desc: 'description',
      major_id: 'int',
      minor_id: 'int',
      grantee_principal_id: 'int',
      grantor_principal_id: 'int',
      type: 'char4',
      permission_name: 'name',
      state: 'char1',
      state_desc: 'description',
    },
    function* (database, session) {
      const roles = database.principals.rolesOf(session.userIn(database) ?? 'guest');
      const everything = session.holds('VIEW DEFINITION', databaseSecurable(database));
      for (const permission of database.principals.snapshot.permissions) {
        if (!everything && !roles.has(nameKey(permission.grantee))) continue;
        const separator = permission.securable.indexOf(':');
        const [number, text] = securableClasses[permission.securable.slice(0, separator)] ?? [0, 'DATABASE'];
        const [state, stateText] = stateOf(permission);
        yield {
          class: number,
          class_desc: text,
          major_id: majorIdOf(database, permission.securable),
          minor_id: minorIdOf(database, session, permission),
          grantee_principal_id: database.principals.find(permission.grantee)?.principalId ?? null,
          grantor_principal_id: 1,
          type: permissionCode(permission.permission),
          permission_name: permission.permission,
          state,
          state_desc: stateText,
        };
      }
    },
  ),
  defineView('sys', 'server_principals', loginColumns, function* (_database, session) {
    for (const login of seenLogins(session)) {
      yield loginFacts(login);
    }
  }),
  defineView('sys', 'sql_logins', loginColumns, function* (_database, session) {
    for (const login of seenLogins(session)) {
      yield loginFacts(login);
    }
  }),
];
