import { parseDecimal } from '../../types/decimal.ts';
import { parseFloatText, parseMoney } from '../../types/number-text.ts';
import type { SqlType } from '../../types/sql-type.ts';
import type { SqlValue } from '../../types/sql-value.ts';
import {
  bigintType,
  intType,
  isCharacterType,
  isNumericType,
  sqlVariantType,
  sysnameType,
  uniqueidentifierType,
  withLength,
} from '../../types/type-info.ts';
import { makeSequentialGuids, newGuid } from '../../types/unique-identifier.ts';
import { textArgument } from '../arguments.ts';
import { fact } from '../define-fact.ts';
import { defineFunction } from '../define-function.ts';
import { messageNotFound } from '../errors.ts';
import type { ScalarFunction } from '../scalar-function.ts';
import { formatMessage } from '../string/message-format.ts';
import { variantOf } from '../variant-of.ts';

const smallintType: SqlType = { name: 'smallint' };
const sequentialGuid = makeSequentialGuids();

/** SET options that SESSIONPROPERTY reports, as bits of @@OPTIONS. */
const sessionOptions: Readonly<Record<string, number>> = {
  ansi_warnings: 8,
  ansi_padding: 16,
  ansi_nulls: 32,
  arithabort: 64,
  quoted_identifier: 256,
  concat_null_yields_null: 4096,
  numeric_roundabort: 8192,
};

/** Microsoft's chapter "System functions"; those about errors, NULL and checksums have files of their own. */
export const systemFunctions: readonly ScalarFunction[] = [
  fact('NEWID', uniqueidentifierType, newGuid),
  fact('NEWSEQUENTIALID', uniqueidentifierType, sequentialGuid),
  fact('ROWCOUNT_BIG', bigintType, (context) => context.rowCount),
  fact('XACT_STATE', smallintType, (context) => context.transactionState),
  fact('CURRENT_TRANSACTION_ID', bigintType, (context) => context.currentTransactionId),
  fact('HOST_NAME', sysnameType, (context) => context.hostName),
  fact('HOST_ID', { name: 'char', length: 10 }, (context) => `${context.sessionId}`.padEnd(10)),
  fact('CONTEXT_INFO', { name: 'varbinary', length: 128 }, (context) => context.contextInfo()),
  defineFunction('SESSION_CONTEXT', {
    arguments: 1,
    deterministic: false,
    type: sqlVariantType,
    evaluate: (args, types, context) => {
      const key = textArgument(args[0], types[0]);
      return key === null ? null : variantOf(context.sessionContext(key));
    },
  }),
  defineFunction('CONNECTIONPROPERTY', {
    arguments: 1,
    deterministic: false,
    type: sqlVariantType,
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
  defineFunction('SESSIONPROPERTY', {
    arguments: 1,
    deterministic: false,
    type: sqlVariantType,
    evaluate: (args, types, context) => {
      const bit = sessionOptions[textArgument(args[0], types[0])?.toLowerCase() ?? ''];
      if (bit === undefined) return null;
      return { baseType: intType, value: (context.setOptionBits & bit) === 0 ? 0 : 1 };
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
  defineFunction('ISNUMERIC', {
    arguments: 1,
    type: intType,
    evaluate: (args, types) => {
      const [value = null] = args;
      const type = types[0] ?? intType;
      if (value === null) return 0;
      if (!isCharacterType(type)) return isNumericType(type) ? 1 : 0;
      const text = value as string;
      if (text.trim() === '') return 0;
      // What converts to any numeric type, money with its signs and commas included, and a lone sign besides.
      const numeric =
        parseDecimal(text) !== undefined ||
        Number.isFinite(parseFloatText(text) ?? Number.NaN) ||
        parseMoney(text) !== undefined ||
        /^\s*[+\-.,]\s*$/.test(text);
      return numeric ? 1 : 0;
    },
  }),
];
