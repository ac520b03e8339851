import { defineView, type SystemView, viewTime } from './define-view.ts';

const permissionStates = { grant: ['G', 'GRANT'], deny: ['D', 'DENY'] } as const;

/** Class numbers and names of `sys.database_permissions` by the emulator's securable prefix. */
const securableClasses: Readonly<Record<string, readonly [number, string]>> = {
  DATABASE: [0, 'DATABASE'],
  OBJECT: [1, 'OBJECT_OR_COLUMN'],
  SCHEMA: [3, 'SCHEMA'],
  PRINCIPAL: [4, 'DATABASE_PRINCIPAL'],
  TYPE: [6, 'TYPE'],
  'MESSAGE TYPE': [15, 'MESSAGE_TYPE'],
  CONTRACT: [16, 'SERVICE_CONTRACT'],
  SERVICE: [17, 'SERVICE'],
};

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
      is_fixed_role: 'bit',
      authentication_type_desc: 'description',
    },
    function* (database) {
      for (const principal of database.principals.snapshot.principals) {
        const role = principal.kind === 'role';
        yield {
          name: principal.name,
          principal_id: principal.principalId,
          type: role ? 'R' : 'S',
          type_desc: role ? 'DATABASE_ROLE' : 'SQL_USER',
          default_schema_name: principal.defaultSchema ?? null,
          create_date: viewTime(principal.createdAt),
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
    function* (database) {
      for (const member of database.principals.snapshot.principals) {
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
      permission_name: 'name',
      state: 'char1',
      state_desc: 'description',
    },
    function* (database) {
      for (const permission of database.principals.snapshot.permissions) {
        const separator = permission.securable.indexOf(':');
        const [number, text] = securableClasses[permission.securable.slice(0, separator)] ?? [0, 'DATABASE'];
        const name = permission.securable.slice(separator + 1);
        const [schema, object] = name.split('\u0000');
        const [state, stateText] = permissionStates[permission.state];
        const majorId =
          number === 1
            ? database.catalog.find(schema ?? '', object ?? '')?.objectId
            : number === 3
              ? database.catalog.findSchema(name)?.schemaId
              : number === 17
                ? database.broker.service(name)?.id
                : 0;
        yield {
          class: number,
          class_desc: text,
          major_id: majorId ?? 0,
          minor_id: 0,
          grantee_principal_id: database.principals.find(permission.grantee)?.principalId ?? null,
          grantor_principal_id: 1,
          permission_name: permission.permission,
          state,
          state_desc: stateText,
        };
      }
    },
  ),
  defineView(
    'sys',
    'server_principals',
    { name: 'name', principal_id: 'int', type: 'char1', type_desc: 'description', is_disabled: 'bit' },
    function* (_database, session) {
      for (const login of session.server.logins.all) {
        yield { name: login.name, principal_id: login.loginId, type: 'S', type_desc: 'SQL_LOGIN', is_disabled: 0 };
      }
    },
  ),
  defineView(
    'sys',
    'sql_logins',
    { name: 'name', principal_id: 'int', type: 'char1', type_desc: 'description', is_disabled: 'bit' },
    function* (_database, session) {
      for (const login of session.server.logins.all) {
        yield { name: login.name, principal_id: login.loginId, type: 'S', type_desc: 'SQL_LOGIN', is_disabled: 0 };
      }
    },
  ),
];
