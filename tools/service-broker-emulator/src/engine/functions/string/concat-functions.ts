import type { SqlType } from '../../types/sql-type.ts';
import type { SqlValue } from '../../types/sql-value.ts';
import { isUnicodeType, lengthOf, nvarcharMaxType, withLength } from '../../types/type-info.ts';
import { fitText, requireText, textArgument } from '../arguments.ts';
import { defineFunction } from '../define-function.ts';
import { invalidSeparator } from '../errors.ts';
import type { ScalarFunction } from '../scalar-function.ts';

function joinedType(types: readonly SqlType[], name: string, separators: number): SqlType {
  const texts = types.map((_, position) => requireText(types, position, name));
  const unicode = texts.some(isUnicodeType);
  const separator = separators > 0 ? lengthOf(texts[0] ?? nvarcharMaxType) * (separators - 1) : 0;
  const length = texts.reduce((sum, type) => sum + lengthOf(type), 0) + separator;
  const limit = unicode ? 4000 : 8000;
  return withLength(unicode ? 'nvarchar' : 'varchar', length === Infinity ? Infinity : Math.min(length, limit));
}

/** Characters that JSON escapes ("STRING_ESCAPE" in the T-SQL reference). */
const jsonEscapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '/': '\\/',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** Text as the inside of a JSON string, as STRING_ESCAPE and FOR JSON write it. */
export function escapeJsonText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what JSON must escape.
  return text.replace(/["\\/\u0000-\u001F]/g, (character) => {
    return jsonEscapes[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

export const concatFunctions: readonly ScalarFunction[] = [
  defineFunction('CONCAT', {
    arguments: [2, 254],
    type: (types, _, name) => joinedType(types, name, 0),
    evaluate: (args, types) => {
      let joined = '';
      for (const [position, value] of args.entries()) joined += textArgument(value, types[position]) ?? '';
      return joined.length > 4000 ? fitText(joined, joinedType(types, 'CONCAT', 0)) : joined;
    },
  }),
  defineFunction('CONCAT_WS', {
    arguments: [3, 254],
    type: (types, _, name) => joinedType(types, name, types.length - 1),
    evaluate: (args, types) => {
      const separator = textArgument(args[0], types[0]) ?? '';
      const parts: string[] = [];
      for (let position = 1; position < args.length; position++) {
        const text = textArgument(args[position], types[position]);
        if (text !== null) parts.push(text);
      }
      return fitText(parts.join(separator), joinedType(types, 'CONCAT_WS', types.length - 1));
    },
  }),
  defineFunction('STRING_ESCAPE', {
    arguments: 2,
    type: nvarcharMaxType,
    evaluate: (args, types): SqlValue => {
      const text = textArgument(args[0], types[0]);
      const kind = textArgument(args[1], types[1]);
      if (text === null) return null;
      if (kind?.toLowerCase() !== 'json') {
        throw invalidSeparator();
      }
      return escapeJsonText(text);
    },
  }),
];
