import { compileConversion } from '../types/convert.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { SqlValue, SqlVariant } from '../types/sql-value.ts';
import { BIGINT, INT, numericType, SQL_VARIANT, SYSNAME, UNIQUEIDENTIFIER, withLength } from '../types/type-info.ts';
import { makeSequentialGuids, newGuid } from '../types/unique-identifier.ts';
import { intArgument, textArgument } from './arguments.ts';
import { defineFunction } from './define-function.ts';
import type { FunctionContext } from './function-context.ts';
import type { ScalarFunction } from './scalar-function.ts';
import { variantProperty } from './variant-property.ts';

const SMALLINT: SqlType = { name: 'smallint' };
const IDENTITY = numericType(38, 0);
const sequentialGuid = makeSequentialGuids();

function fact(name: string, type: SqlType, read: (context: FunctionContext) => SqlValue): ScalarFunction {
  return defineFunction(name, {
    arguments: 0,
    deterministic: false,
    type,
    evaluate: (_args, _types, context) => read(context),
  });
}

/** A value as sql_variant; numbers are int, texts nvarchar. */
export function variantOf(value: SqlValue): SqlVariant | null {
  if (value === null) return null;
  if (typeof value === 'string') return { baseType: withLength('nvarchar', value.length), value };
  if (typeof value === 'number') return { baseType: INT, value };
  if (typeof value === 'bigint') return { baseType: BIGINT, value };
  if (value instanceof Uint8Array) return { baseType: withLength('varbinary', value.length), value };
  if ('baseType' in value) return value;
  if ('unscaled' in value) return { baseType: numericType(38, value.scale), value };
  return { baseType: { name: 'datetimeoffset', scale: 7 }, value };
}

const identity = (value: bigint | null): SqlValue => (value === null ? null : { unscaled: value, scale: 0 });

/** A name for an id or the present one: SUSER_SNAME(), USER_NAME() and the like. */
function nameFunction(
  name: string,
  present: (context: FunctionContext) => string,
  byId: (context: FunctionContext, id: number) => string | null,
): ScalarFunction {
  return defineFunction(name, {
    arguments: [0, 1],
    deterministic: false,
    type: SYSNAME,
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

/** Facts of the session and server, and the makers of unique ids. */
export const sessionFunctions: readonly ScalarFunction[] = [
  fact('NEWID', UNIQUEIDENTIFIER, newGuid),
  fact('NEWSEQUENTIALID', UNIQUEIDENTIFIER, sequentialGuid),
  fact('ROWCOUNT_BIG', BIGINT, (context) => context.rowCount),
  fact('SCOPE_IDENTITY', IDENTITY, (context) => identity(context.scopeIdentity)),
  defineFunction('IDENT_CURRENT', {
    arguments: 1,
    deterministic: false,
    type: IDENTITY,
    evaluate: (args, types, context) => {
      const table = textArgument(args[0], types[0]);
      return table === null ? null : identity(context.identityOf(table));
    },
  }),
  fact('XACT_STATE', SMALLINT, (context) => context.transactionState),
  fact('CURRENT_TRANSACTION_ID', BIGINT, (context) => context.currentTransactionId),
  fact('APP_NAME', SYSNAME, (context) => context.applicationName),
  fact('HOST_NAME', SYSNAME, (context) => context.hostName),
  fact('HOST_ID', { name: 'char', length: 10 }, (context) => `${context.sessionId}`.padEnd(10)),
  fact('ORIGINAL_LOGIN', SYSNAME, (context) => context.originalLoginName),
  fact('CURRENT_USER', SYSNAME, (context) => context.userName),
  fact('SESSION_USER', SYSNAME, (context) => context.userName),
  fact('SYSTEM_USER', SYSNAME, (context) => context.loginName),
  fact('USER', SYSNAME, (context) => context.userName),
  fact('CONTEXT_INFO', { name: 'varbinary', length: 128 }, (context) => context.contextInfo()),
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
    INT,
    (context) => context.loginName,
    (context, name) => context.loginIdOf(name),
  ),
  idFunction(
    'USER_ID',
    INT,
    (context) => context.userName,
    (context, name) => context.principalIdOf(name),
  ),
  idFunction(
    'DATABASE_PRINCIPAL_ID',
    INT,
    (context) => context.userName,
    (context, name) => context.principalIdOf(name),
  ),
  defineFunction('SESSION_CONTEXT', {
    arguments: 1,
    deterministic: false,
    type: SQL_VARIANT,
    evaluate: (args, types, context) => {
      const key = textArgument(args[0], types[0]);
      return key === null ? null : variantOf(context.sessionContext(key));
    },
  }),
  defineFunction('SERVERPROPERTY', {
    arguments: 1,
    deterministic: false,
    type: SQL_VARIANT,
    evaluate: (args, types, context) => {
      const name = textArgument(args[0], types[0]);
      return name === null ? null : variantOf(context.serverProperty(name));
    },
  }),
  defineFunction('CONNECTIONPROPERTY', {
    arguments: 1,
    deterministic: false,
    type: SQL_VARIANT,
    evaluate: (args, types) => {
      const facts: Readonly<Record<string, string>> = {
        net_transport: 'TCP',
        protocol_type: 'TSQL',
        auth_scheme: 'SQL',
        physical_net_transport: 'TCP',
      };
      const name = textArgument(args[0], types[0])?.toLowerCase() ?? '';
      return variantOf(Object.hasOwn(facts, name) ? (facts[name] ?? null) : null);
    },
  }),
  ...(['IS_MEMBER', 'IS_ROLEMEMBER', 'IS_SRVROLEMEMBER'] as const).map((name) =>
    defineFunction(name, {
      arguments: [1, name === 'IS_MEMBER' ? 1 : 2],
      deterministic: false,
      type: INT,
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
    type: INT,
    evaluate: (args, types, context) => {
      const [securable = null, securableClass = null, permission = null] = [0, 1, 2].map((position) =>
        textArgument(args[position], types[position]),
      );
      return permission === null ? null : context.hasPermission(securable, securableClass, permission);
    },
  }),
  defineFunction('HAS_DBACCESS', {
    arguments: 1,
    deterministic: false,
    type: INT,
    evaluate: (args, types, context) => {
      const database = textArgument(args[0], types[0]);
      return database === null || context.databaseIdOf(database) === null ? null : 1;
    },
  }),
  defineFunction('SQL_VARIANT_PROPERTY', {
    arguments: 2,
    type: SQL_VARIANT,
    evaluate: (args, types) => {
      const property = textArgument(args[1], types[1])?.toLowerCase();
      const from = types[0] ?? SQL_VARIANT;
      const variant = compileConversion(from, SQL_VARIANT, { explicit: true })(args[0] ?? null) as SqlVariant | null;
      return variant === null ? null : variantOf(variantProperty(variant, property));
    },
  }),
];
