import type { SqlType } from '../types/sql-type.ts';
import type { SqlValue } from '../types/sql-value.ts';
import {
  intType,
  isCharacterType,
  isUnicodeType,
  lengthOf,
  nvarcharMaxType,
  sqlVariantType,
  sysnameType,
  typeFamily,
  withLength,
} from '../types/type-info.ts';
import { intArgument, textArgument } from './arguments.ts';
import { fact } from './define-fact.ts';
import { defineFunction } from './define-function.ts';
import type { FunctionContext } from './function-context.ts';
import { identity, identityType } from './identity-value.ts';
import type { ScalarFunction } from './scalar-function.ts';
import { variantOf } from './variant-of.ts';

const smallintType: SqlType = { name: 'smallint' };

/** A function of one id, and for some of a database's id. */
function byId(
  name: string,
  maximum: 1 | 2,
  type: SqlType,
  read: (context: FunctionContext, id: number, databaseId: number | undefined) => SqlValue,
): ScalarFunction {
  return defineFunction(name, {
    arguments: [1, maximum],
    deterministic: false,
    type,
    evaluate: (args, types, context) => {
      const id = intArgument(args[0], types[0]);
      if (id === null) return null;
      if (args.length === 1) return read(context, id, undefined);
      const databaseId = intArgument(args[1], types[1]);
      return databaseId === null ? null : read(context, id, databaseId);
    },
  });
}

/** Bytes that a column of the type takes, -1 for large-value types: COL_LENGTH. */
function storageLength(type: SqlType): number {
  if (typeFamily(type) === 'xml') return -1;
  if (isCharacterType(type) || type.name === 'binary' || type.name === 'varbinary') {
    const length = lengthOf(type);
    if (type.name === 'text' || type.name === 'ntext') return 16;
    if (length === Infinity) return -1;
    return isUnicodeType(type) ? length * 2 : length;
  }
  const precision = type.precision ?? 18;
  const scale = type.scale ?? 7;
  const time = scale <= 2 ? 3 : scale <= 4 ? 4 : 5;
  const sizes: Readonly<Record<string, number>> = {
    bit: 1,
    tinyint: 1,
    smallint: 2,
    int: 4,
    bigint: 8,
    real: 4,
    float: 8,
    smallmoney: 4,
    money: 8,
    decimal: precision <= 9 ? 5 : precision <= 19 ? 9 : precision <= 28 ? 13 : 17,
    numeric: precision <= 9 ? 5 : precision <= 19 ? 9 : precision <= 28 ? 13 : 17,
    date: 3,
    time,
    smalldatetime: 4,
    datetime: 8,
    datetime2: time + 3,
    datetimeoffset: time + 5,
    uniqueidentifier: 16,
    rowversion: 8,
    image: 16,
    sql_variant: 8016,
  };
  return sizes[type.name] ?? 0;
}

function columnProperty(column: NonNullable<ReturnType<FunctionContext['columnOf']>>, property: string): number | null {
  switch (property.toLowerCase()) {
    case 'allowsnull':
      return column.nullable ? 1 : 0;
    case 'isidentity':
      return column.identity ? 1 : 0;
    case 'iscomputed':
      return column.computed ? 1 : 0;
    case 'columnid':
    case 'ordinal':
      return column.ordinal;
    case 'precision':
      return column.type.precision ?? (isCharacterType(column.type) ? storageLength(column.type) : null);
    case 'scale':
      return column.type.scale ?? null;
    case 'charmaxlen':
      return isCharacterType(column.type) ? (column.type.length === 'max' ? -1 : lengthOf(column.type)) : null;
    default:
      return null;
  }
}

/** Functions that look names and ids up in the catalog. */
export const metadataFunctions: readonly ScalarFunction[] = [
  defineFunction('DB_NAME', {
    arguments: [0, 1],
    deterministic: false,
    type: sysnameType,
    evaluate: (args, types, context) => {
      if (args.length === 0) return context.databaseName;
      const id = intArgument(args[0], types[0]);
      return id === null ? null : context.databaseNameOf(id);
    },
  }),
  defineFunction('DB_ID', {
    arguments: [0, 1],
    deterministic: false,
    type: smallintType,
    evaluate: (args, types, context) => {
      const name = args.length === 0 ? context.databaseName : textArgument(args[0], types[0]);
      return name === null ? null : context.databaseIdOf(name);
    },
  }),
  defineFunction('OBJECT_ID', {
    arguments: [1, 2],
    deterministic: false,
    type: intType,
    evaluate: (args, types, context) => {
      const name = textArgument(args[0], types[0]);
      if (name === null) return null;
      if (args.length === 1) return context.objectIdOf(name);
      const typeCode = textArgument(args[1], types[1]);
      return typeCode === null ? null : context.objectIdOf(name, typeCode.trim().toUpperCase());
    },
  }),
  byId('OBJECT_NAME', 2, sysnameType, (context, id, databaseId) => context.objectOf(id, databaseId)?.name ?? null),
  byId(
    'OBJECT_SCHEMA_NAME',
    2,
    sysnameType,
    (context, id, databaseId) => context.objectOf(id, databaseId)?.schema ?? null,
  ),
  defineFunction('SCHEMA_NAME', {
    arguments: [0, 1],
    deterministic: false,
    type: sysnameType,
    evaluate: (args, types, context) => {
      if (args.length === 0) return context.defaultSchema;
      const id = intArgument(args[0], types[0]);
      return id === null ? null : context.schemaNameOf(id);
    },
  }),
  defineFunction('SCHEMA_ID', {
    arguments: [0, 1],
    deterministic: false,
    type: intType,
    evaluate: (args, types, context) => {
      const name = args.length === 0 ? context.defaultSchema : textArgument(args[0], types[0]);
      return name === null ? null : context.schemaIdOf(name);
    },
  }),
  byId('TYPE_NAME', 1, sysnameType, (context, id) => context.typeNameOf(id)),
  defineFunction('TYPE_ID', {
    arguments: 1,
    deterministic: false,
    type: intType,
    evaluate: (args, types, context) => {
      const name = textArgument(args[0], types[0]);
      return name === null ? null : context.typeIdOf(name);
    },
  }),
  defineFunction('COL_LENGTH', {
    arguments: 2,
    deterministic: false,
    type: smallintType,
    evaluate: (args, types, context) => {
      const table = textArgument(args[0], types[0]);
      const name = textArgument(args[1], types[1]);
      const column = table === null || name === null ? null : context.columnOf(table, name);
      return column === null ? null : storageLength(column.type);
    },
  }),
  defineFunction('COL_NAME', {
    arguments: 2,
    deterministic: false,
    type: sysnameType,
    evaluate: (args, types, context) => {
      const table = intArgument(args[0], types[0]);
      const ordinal = intArgument(args[1], types[1]);
      return table === null || ordinal === null ? null : (context.columnOf(table, ordinal)?.name ?? null);
    },
  }),
  defineFunction('COLUMNPROPERTY', {
    arguments: 3,
    deterministic: false,
    type: intType,
    evaluate: (args, types, context) => {
      const table = intArgument(args[0], types[0]);
      const name = textArgument(args[1], types[1]);
      const property = textArgument(args[2], types[2]);
      const column = table === null || name === null ? null : context.columnOf(table, name);
      return column === null || property === null ? null : columnProperty(column, property);
    },
  }),
  ...(['OBJECTPROPERTY', 'OBJECTPROPERTYEX'] as const).map((name) =>
    defineFunction(name, {
      arguments: 2,
      deterministic: false,
      type: name === 'OBJECTPROPERTY' ? intType : sqlVariantType,
      evaluate: (args, types, context) => {
        const id = intArgument(args[0], types[0]);
        const property = textArgument(args[1], types[1]);
        const value = id === null || property === null ? null : context.objectProperty(id, property);
        return name === 'OBJECTPROPERTY' ? value : variantOf(value);
      },
    }),
  ),
  defineFunction('DATABASEPROPERTYEX', {
    arguments: 2,
    deterministic: false,
    type: sqlVariantType,
    evaluate: (args, types, context) => {
      const database = textArgument(args[0], types[0]);
      const property = textArgument(args[1], types[1]);
      return database === null || property === null ? null : variantOf(context.databaseProperty(database, property));
    },
  }),
  defineFunction('PARSENAME', {
    arguments: 2,
    type: sysnameType,
    evaluate: (args, types) => {
      const name = textArgument(args[0], types[0]);
      const piece = intArgument(args[1], types[1]);
      if (name === null || piece === null || piece < 1 || piece > 4) return null;
      const parts = splitName(name);
      return parts === undefined || parts.length > 4 ? null : (parts[parts.length - piece] ?? null);
    },
  }),
  defineFunction('ORIGINAL_DB_NAME', {
    arguments: 0,
    deterministic: false,
    type: withLength('nvarchar', 128),
    evaluate: (_args, _types, context) => context.databaseName,
  }),
  fact('SCOPE_IDENTITY', identityType, (context) => identity(context.scopeIdentity)),
  fact('APP_NAME', sysnameType, (context) => context.applicationName),
  defineFunction('SERVERPROPERTY', {
    arguments: 1,
    deterministic: false,
    type: sqlVariantType,
    evaluate: (args, types, context) => {
      const name = textArgument(args[0], types[0]);
      return name === null ? null : variantOf(context.serverProperty(name));
    },
  }),
  defineFunction('OBJECT_DEFINITION', {
    arguments: 1,
    deterministic: false,
    type: nvarcharMaxType,
    evaluate: (args, types, context) => {
      const id = intArgument(args[0], types[0]);
      return id === null ? null : context.definitionOf(id);
    },
  }),
];

/** Parts of a name with dots, brackets and quotes; undefined when it is not one. */
function splitName(name: string): string[] | undefined {
  const parts: string[] = [];
  const pattern = /\s*(?:\[((?:[^\]]|\]\])*)\]|"((?:[^"]|"")*)"|([^.[\]"]*))\s*(\.|$)/y;
  while (pattern.lastIndex <= name.length) {
    const match = pattern.exec(name);
    if (match === null) return undefined;
    parts.push(match[1]?.replaceAll(']]', ']') ?? match[2]?.replaceAll('""', '"') ?? (match[3] ?? '').trimEnd());
    if (match[4] === '') return parts;
  }
  return parts;
}
