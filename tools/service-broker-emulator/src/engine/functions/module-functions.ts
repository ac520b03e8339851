import { randomBytes } from 'node:crypto';
import type { SqlValue } from '../types/sql-value.ts';
import { INT, isCharacterType, NVARCHAR_MAX, SQL_VARIANT, withLength } from '../types/type-info.ts';
import { intArgument, textArgument } from './arguments.ts';
import { defineFunction } from './define-function.ts';
import { messageNotFound } from './errors.ts';
import { formatMessage } from './message-format.ts';
import type { ScalarFunction } from './scalar-function.ts';

/** SET options that SESSIONPROPERTY tells of, as bits of @@OPTIONS. */
const sessionOptions: Readonly<Record<string, number>> = {
  ansi_warnings: 8,
  ansi_padding: 16,
  ansi_nulls: 32,
  arithabort: 64,
  quoted_identifier: 256,
  concat_null_yields_null: 4096,
  numeric_roundabort: 8192,
};

/** Functions about the running module, its session and its messages. */
export const moduleFunctions: readonly ScalarFunction[] = [
  defineFunction('FORMATMESSAGE', {
    arguments: [1, 21],
    type: withLength('nvarchar', 2048),
    evaluate: (args, types) => {
      const [message = null] = args;
      if (message === null) return null;
      if (types[0] === undefined || !isCharacterType(types[0])) {
        throw messageNotFound(String(message));
      }
      return formatMessage(textArgument(message, types[0]) ?? '', args.slice(1) as readonly SqlValue[]).slice(0, 2047);
    },
  }),
  defineFunction('COLUMNS_UPDATED', {
    arguments: 0,
    deterministic: false,
    type: withLength('varbinary', 128),
    evaluate: (_args, _types, context) => context.columnsUpdated(),
  }),
  defineFunction('TRIGGER_NESTLEVEL', {
    arguments: [0, 1],
    deterministic: false,
    type: INT,
    evaluate: (args, types, context) =>
      context.triggerNestLevel(args.length === 0 ? undefined : (intArgument(args[0], types[0]) ?? undefined)),
  }),
  defineFunction('OBJECT_DEFINITION', {
    arguments: 1,
    deterministic: false,
    type: NVARCHAR_MAX,
    evaluate: (args, types, context) => {
      const id = intArgument(args[0], types[0]);
      return id === null ? null : context.definitionOf(id);
    },
  }),
  defineFunction('SESSIONPROPERTY', {
    arguments: 1,
    deterministic: false,
    type: SQL_VARIANT,
    evaluate: (args, types, context) => {
      const bit = sessionOptions[textArgument(args[0], types[0])?.toLowerCase() ?? ''];
      if (bit === undefined) return null;
      return { baseType: INT, value: (context.setOptionBits & bit) === 0 ? 0 : 1 };
    },
  }),
  defineFunction('GET_TRANSMISSION_STATUS', {
    arguments: 1,
    deterministic: false,
    type: withLength('nvarchar', 4000),
    evaluate: (args, types, context) => {
      const handle = textArgument(args[0], types[0]);
      return handle === null ? null : context.transmissionStatus(handle.toUpperCase());
    },
  }),
  defineFunction('CRYPT_GEN_RANDOM', {
    arguments: [1, 2],
    deterministic: false,
    type: withLength('varbinary', 8000),
    evaluate: (args, types) => {
      const length = intArgument(args[0], types[0]);
      return length === null || length < 1 || length > 8000 ? null : randomBytes(length);
    },
  }),
];
