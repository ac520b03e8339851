import { compileConversion } from '../../types/convert.ts';
import type { SqlType } from '../../types/sql-type.ts';
import type { SqlValue } from '../../types/sql-value.ts';
import {
  bigintType,
  intType,
  isBinaryType,
  isCharacterType,
  isUnicodeType,
  lengthOf,
  nullType,
  nvarcharMaxType,
  withLength,
} from '../../types/type-info.ts';
import { encodeVarchar } from '../../types/varchar-bytes.ts';
import {
  bytesArgument,
  fitText,
  intArgument,
  requireText,
  textArgument,
  textTypeOf,
  textTypeOfLength,
} from '../arguments.ts';
import { defineFunction } from '../define-function.ts';
import { invalidLength, nullArgument } from '../errors.ts';
import type { ScalarFunction } from '../scalar-function.ts';
import { charactersOf, countsPairs, sliceCharacters } from './characters.ts';
import { lowerText, upperText } from './letter-case.ts';

type Literals = readonly (SqlValue | undefined)[];

export const lengthType = (types: readonly SqlType[]): SqlType => {
  const type = types[0] ?? intType;
  return (isCharacterType(type) || isBinaryType(type)) && lengthOf(type) === Infinity ? bigintType : intType;
};

const sameText = (types: readonly SqlType[], _: Literals, name: string): SqlType => requireText(types, 0, name);

export const asLength = (length: number, types: readonly SqlType[]): SqlValue =>
  lengthType(types).name === 'bigint' ? BigInt(length) : length;

const trimCharacters = (text: string, characters: string, side: 'both' | 'left' | 'right'): string => {
  let start = 0;
  let end = text.length;
  if (side !== 'right') while (start < end && characters.includes(text.charAt(start))) start++;
  if (side !== 'left') while (end > start && characters.includes(text.charAt(end - 1))) end--;
  return text.slice(start, end);
};

function trimFunction(name: string, side: 'both' | 'left' | 'right'): ScalarFunction {
  return defineFunction(name, {
    arguments: [1, 2],
    type: sameText,
    evaluate: (args, types) => {
      const text = textArgument(args[0], types[0]);
      const characters = args.length > 1 ? textArgument(args[1], types[1]) : ' ';
      return text === null || characters === null ? null : trimCharacters(text, characters, side);
    },
  });
}

/** LEFT and RIGHT. */
function sideFunction(name: string, side: (count: number) => readonly [start: number, end?: number]): ScalarFunction {
  return defineFunction(name, {
    arguments: 2,
    type: (types, literals) => {
      const text = requireText(types, 0, name);
      const count = literals[1];
      return typeof count === 'number' && count >= 0 ? textTypeOfLength(text, Math.min(count, lengthOf(text))) : text;
    },
    evaluate: (args, types) => {
      const text = textArgument(args[0], types[0]);
      const count = intArgument(args[1], types[1]);
      if (text === null || count === null) return null;
      if (count < 0) throw invalidLength(name);
      return count === 0 ? '' : sliceCharacters(text, types[0]?.collation, ...side(count));
    },
  });
}

function substringType(types: readonly SqlType[], literals: Literals, name: string): SqlType {
  const source = types[0] ?? intType;
  if (source === nullType) throw nullArgument(1, name);
  const length = literals[2];
  const cap = typeof length === 'number' && length > 0 ? length : Infinity;
  if (isBinaryType(source)) return withLength('varbinary', Math.min(lengthOf(source), cap));
  const text = requireText(types, 0, name);
  return textTypeOfLength(text, Math.min(lengthOf(text), cap));
}

/** Without the blanks at the end; a pattern for them would begin anew at each run of blanks inside. */
function lengthWithoutBlanks(text: string): number {
  let length = text.length;
  while (length > 0 && text.charCodeAt(length - 1) === 0x20) length -= 1;
  return length;
}

const byteToCharacter = compileConversion(
  { name: 'varbinary', length: 1 },
  { name: 'char', length: 1 },
  { explicit: true },
);

export const stringFunctions: readonly ScalarFunction[] = [
  defineFunction('LEN', {
    arguments: 1,
    type: lengthType,
    evaluate: (args, types) => {
      const [value] = args;
      if (value instanceof Uint8Array) return asLength(value.length, types);
      const text = textArgument(value, types[0]);
      if (text === null) return null;
      const counted = text.slice(0, lengthWithoutBlanks(text));
      return asLength(charactersOf(counted, types[0]?.collation).length, types);
    },
  }),
  defineFunction('SUBSTRING', {
    arguments: [2, 3],
    type: substringType,
    evaluate: (args, types) => {
      const start = intArgument(args[1], types[1]);
      const count = args.length > 2 ? intArgument(args[2], types[2]) : 0x7fffffff;
      const [source] = args;
      if (source === null || start === null || count === null) return null;
      if (count < 0) throw invalidLength('SUBSTRING');
      const from = Math.max(0, start - 1);
      const end = Math.max(from, start - 1 + count);
      if (source instanceof Uint8Array) return source.subarray(from, end);
      const text = textArgument(source, types[0]);
      return text === null ? null : sliceCharacters(text, types[0]?.collation, from, end);
    },
  }),
  sideFunction('LEFT', (count) => [0, count]),
  sideFunction('RIGHT', (count) => [-count]),
  defineFunction('UPPER', {
    arguments: 1,
    type: sameText,
    evaluate: ([value], types) => {
      const text = textArgument(value, types[0]);
      return text === null ? null : upperText(text, types[0]);
    },
  }),
  defineFunction('LOWER', {
    arguments: 1,
    type: sameText,
    evaluate: ([value], types) => {
      const text = textArgument(value, types[0]);
      return text === null ? null : lowerText(text, types[0]);
    },
  }),
  trimFunction('LTRIM', 'left'),
  trimFunction('RTRIM', 'right'),
  trimFunction('TRIM', 'both'),
  defineFunction('REVERSE', {
    arguments: 1,
    type: sameText,
    evaluate: ([value], types) => {
      const text = textArgument(value, types[0]);
      if (text === null) return null;
      const characters = charactersOf(text, types[0]?.collation);
      // Without supplementary characters the halves of a pair change places too.
      return [...(typeof characters === 'string' ? characters.split('') : characters)].reverse().join('');
    },
  }),
  defineFunction('REPLICATE', {
    arguments: 2,
    type: (types, literals, name) => {
      const text = requireText(types, 0, name);
      const limit = isUnicodeType(text) ? 4000 : 8000;
      const count = literals[1];
      if (lengthOf(text) === Infinity) return text;
      return textTypeOfLength(
        text,
        typeof count === 'number' ? Math.min(limit, lengthOf(text) * Math.max(1, count)) : limit,
      );
    },
    evaluate: (args, types) => {
      const text = textArgument(args[0], types[0]);
      const count = intArgument(args[1], types[1]);
      if (text === null || count === null || count < 0) return null;
      const type = textTypeOf(types[0] ?? nvarcharMaxType);
      const limit = lengthOf(type) === Infinity ? 2 ** 29 : isUnicodeType(type) ? 4000 : 8000;
      if (text === '') return '';
      const repeated = text.repeat(Math.min(count, Math.ceil(limit / text.length)));
      return repeated.length > limit ? repeated.slice(0, limit) : repeated;
    },
  }),
  defineFunction('SPACE', {
    arguments: 1,
    type: (_, literals) => withLength('varchar', typeof literals[0] === 'number' ? Math.min(8000, literals[0]) : 8000),
    evaluate: (args, types) => {
      const count = intArgument(args[0], types[0]);
      return count === null || count < 0 ? null : ' '.repeat(Math.min(count, 8000));
    },
  }),
  defineFunction('STUFF', {
    arguments: 4,
    type: (types, _, name) => {
      const [target] = types;
      if (target !== undefined && isBinaryType(target)) {
        const bytes = lengthOf(target) + lengthOf(types[3] ?? target);
        return withLength('varbinary', bytes > 8000 ? Infinity : bytes);
      }
      const text = requireText(types, 0, name);
      const inserted = requireText(types, 3, name);
      const unicode = isUnicodeType(text) || isUnicodeType(inserted);
      const length = lengthOf(text) + lengthOf(inserted);
      return withLength(
        unicode ? 'nvarchar' : 'varchar',
        length === Infinity ? Infinity : Math.min(length, unicode ? 4000 : 8000),
      );
    },
    evaluate: (args, types) => {
      const [target] = types;
      const start = intArgument(args[1], types[1]);
      const count = intArgument(args[2], types[2]);
      if (start === null || count === null) return null;
      if (target !== undefined && isBinaryType(target)) {
        const bytes = bytesArgument(args[0], target);
        if (bytes === null || start < 1 || start > bytes.length || count < 0) return null;
        const put = bytesArgument(args[3], types[3]) ?? new Uint8Array();
        return Buffer.concat([bytes.subarray(0, start - 1), put, bytes.subarray(start - 1 + count)]);
      }
      const text = textArgument(args[0], target);
      const collation = target?.collation;
      if (text === null || start < 1 || count < 0 || start > charactersOf(text, collation).length) return null;
      const inserted = textArgument(args[3], types[3]) ?? '';
      const before = sliceCharacters(text, collation, 0, start - 1);
      return before + inserted + sliceCharacters(text, collation, start - 1 + count);
    },
  }),
  defineFunction('ASCII', {
    arguments: 1,
    type: intType,
    evaluate: ([value], types) => {
      const text = textArgument(value, types[0]);
      return text === null || text === '' ? null : (encodeVarchar(text.charAt(0), types[0]?.collation)[0] ?? null);
    },
  }),
  defineFunction('CHAR', {
    arguments: 1,
    type: { name: 'char', length: 1 },
    evaluate: (args, types) => {
      const code = intArgument(args[0], types[0]);
      if (code === null || code < 0 || code > 255) return null;
      return byteToCharacter(Uint8Array.of(code));
    },
  }),
  defineFunction('NCHAR', {
    arguments: 1,
    type: { name: 'nchar', length: 1 },
    evaluate: (args, types) => {
      const code = intArgument(args[0], types[0]);
      return code === null || code < 0 || code > 0xffff ? null : String.fromCharCode(code);
    },
  }),
  defineFunction('UNICODE', {
    arguments: 1,
    type: intType,
    evaluate: ([value], types) => {
      const text = textArgument(value, types[0]);
      if (text === null || text === '') return null;
      return (countsPairs(types[0]?.collation) ? text.codePointAt(0) : text.charCodeAt(0)) ?? null;
    },
  }),
  defineFunction('QUOTENAME', {
    arguments: [1, 2],
    type: withLength('nvarchar', 258),
    evaluate: (args, types) => {
      const text = textArgument(args[0], types[0]);
      const quote = args.length > 1 ? textArgument(args[1], types[1]) : '[';
      if (text === null || quote === null || text.length > 128) return null;
      const pair = ['[]', '()', '<>', '{}', '""', "''", '``'].find(
        (known) => known.includes(quote.charAt(0)) && quote !== '',
      );
      if (pair === undefined) return null;
      const close = pair.charAt(1);
      return fitText(`${pair.charAt(0)}${text.replaceAll(close, close + close)}${close}`, {
        name: 'nvarchar',
        length: 258,
      });
    },
  }),
];
