import type { SqlType } from '../types/sql-type.ts';
import { intType, sysnameType } from '../types/type-info.ts';
import { intArgument, textArgument } from './arguments.ts';
import { fact } from './define-fact.ts';
import { defineFunction } from './define-function.ts';
import type { FunctionContext } from './function-context.ts';
import type { ScalarFunction } from './scalar-function.ts';

/** A name for an id or the present one: SUSER_SNAME(), USER_NAME() and the like. */
function nameFunction(
  name: string,
  present: (context: FunctionContext) => string,
  byId: (context: FunctionContext, id: number) => string | null,
): ScalarFunction {
  return defineFunction(name, {
    arguments: [0, 1],
    deterministic: false,
    type: sysnameType,
    evaluate: (args, types, context) => {
      if (args.length === 0) return present(context);
      if (args[0] instanceof Uint8Array) return context.loginNameOfSid(args[0]);
      const id = intArgument(args[0], types[0]);
      return id === null ? null : byId(context, id);
    },
  });
}

function idFunction(
  name: string,
  type: SqlType,
  present: (context: FunctionContext) => string,
  byName: (context: FunctionContext, value: string) => number | null,
): ScalarFunction {
  return defineFunction(name, {
    arguments: [0, 1],
    deterministic: false,
    type,
    evaluate: (args, types, context) => {
      const text = args.length === 0 ? present(context) : textArgument(args[0], types[0]);
      return text === null ? null : byName(context, text);
    },
  });
}

/** Microsoft's chapter "Security functions". */
export const securityFunctions: readonly ScalarFunction[] = [
  fact('ORIGINAL_LOGIN', sysnameType, (context) => context.originalLoginName),
  fact('CURRENT_USER', sysnameType, (context) => context.userName),
  fact('SESSION_USER', sysnameType, (context) => context.userName),
  fact('SYSTEM_USER', sysnameType, (context) => context.loginName),
  fact('USER', sysnameType, (context) => context.userName),
  nameFunction(
    'SUSER_SNAME',
    (context) => context.loginName,
    (context, id) => context.loginNameOf(id),
  ),
  nameFunction(
    'SUSER_NAME',
    (context) => context.loginName,
    (context, id) => context.loginNameOf(id),
  ),
  nameFunction(
    'USER_NAME',
    (context) => context.userName,
    (context, id) => context.principalNameOf(id),
  ),
  idFunction(
    'SUSER_ID',
    intType,
    (context) => context.loginName,
    (context, name) => context.loginIdOf(name),
  ),
  idFunction(
    'USER_ID',
    intType,
    (context) => context.userName,
    (context, name) => context.principalIdOf(name),
  ),
  idFunction(
    'DATABASE_PRINCIPAL_ID',
    intType,
    (context) => context.userName,
    (context, name) => context.principalIdOf(name),
  ),
  ...(['IS_MEMBER', 'IS_ROLEMEMBER', 'IS_SRVROLEMEMBER'] as const).map((name) =>
    defineFunction(name, {
      arguments: [1, name === 'IS_MEMBER' ? 1 : 2],
      deterministic: false,
      type: intType,
      evaluate: (args, types, context) => {
        const role = textArgument(args[0], types[0]);
        const principal = args.length > 1 ? textArgument(args[1], types[1]) : undefined;
        if (role === null || principal === null) return null;
        const rest: [] | [string] = principal === undefined ? [] : [principal];
        return name === 'IS_SRVROLEMEMBER'
          ? context.isServerRoleMember(role, ...rest)
          : context.isRoleMember(role, ...rest);
      },
    }),
  ),
  defineFunction('HAS_PERMS_BY_NAME', {
    arguments: [3, 5],
    deterministic: false,
    type: intType,
    evaluate: (args, types, context) => {
      const [securable = null, securableClass = null, permission = null] = [0, 1, 2].map((position) =>
        textArgument(args[position], types[position]),
      );
      const [column = null, columnClass = null] = [3, 4].map((position) =>
        position < args.length ? textArgument(args[position], types[position]) : null,
      );
      if (permission === null) return null;
      return column === null && columnClass === null
        ? context.hasPermission(securable, securableClass, permission)
        : context.hasColumnPermission(securable, securableClass, permission, column, columnClass);
    },
  }),
  defineFunction('HAS_DBACCESS', {
    arguments: 1,
    deterministic: false,
    type: intType,
    evaluate: (args, types, context) => {
      const database = textArgument(args[0], types[0]);
      return database === null || context.databaseIdOf(database) === null ? null : 1;
    },
  }),
];
