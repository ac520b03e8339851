import { type Collation, collationOf } from '../../types/collation.ts';
import { compilePatternIndex } from '../../types/like.ts';
import type { SqlType } from '../../types/sql-type.ts';
import { bigintType, intType, isUnicodeType, lengthOf, withLength } from '../../types/type-info.ts';
import { fitText, intArgument, requireText, textArgument, textTypeOf } from '../arguments.ts';
import { defineFunction } from '../define-function.ts';
import { unequalTranslateArguments } from '../errors.ts';
import type { ScalarFunction } from '../scalar-function.ts';
import { charactersBefore, sliceCharacters } from './characters.ts';

function collationOfTypes(types: readonly SqlType[]): Collation {
  return collationOf(types.find((type) => type.collation !== undefined)?.collation);
}

const positionType =
  (position: number) =>
  (types: readonly SqlType[], _: unknown, name: string): SqlType =>
    lengthOf(requireText(types, position, name)) === Infinity ? bigintType : intType;

const asPosition = (position: number, type: SqlType | undefined): number | bigint =>
  type !== undefined && lengthOf(textTypeOf(type)) === Infinity ? BigInt(position) : position;

/** First place of `wanted` at or after `start` (0-based) under the collation, -1 = nowhere. */
function indexOf(text: string, wanted: string, start: number, collation: Collation): number {
  const folded = collation.foldAll(text);
  // Folding can change the length of rare characters; then positions must be found one by one.
  if (folded.length === text.length) return folded.indexOf(collation.foldAll(wanted), start);
  for (let at = start; at + wanted.length <= text.length; at++) {
    if (collation.foldAll(text.slice(at, at + wanted.length)) === collation.foldAll(wanted)) return at;
  }
  return -1;
}

function replaceAll(text: string, wanted: string, replacement: string, collation: Collation): string {
  if (wanted === '') return text;
  let result = '';
  let at = 0;
  for (;;) {
    const found = indexOf(text, wanted, at, collation);
    if (found === -1) return result + text.slice(at);
    result += text.slice(at, found) + replacement;
    at = found + wanted.length;
  }
}

function replacedType(types: readonly SqlType[]): SqlType {
  const all = [0, 1, 2].map((position) => requireText(types, position, 'REPLACE'));
  const unicode = all.some(isUnicodeType);
  const large = all.some((type) => lengthOf(type) === Infinity);
  const collation = types.find((type) => type.collation !== undefined)?.collation;
  return withLength(unicode ? 'nvarchar' : 'varchar', large ? Infinity : unicode ? 4000 : 8000, collation);
}

type PatternIndex = (text: string) => number;
/** The last pattern: PATINDEX in a query has the same pattern for each row. */
let lastPattern: { readonly text: string; readonly collation: string; readonly find: PatternIndex } | undefined;

function patternFor(text: string, collation: string): PatternIndex {
  if (lastPattern?.text !== text || lastPattern.collation !== collation) {
    lastPattern = { text, collation, find: compilePatternIndex(text, collation) };
  }
  return lastPattern.find;
}

/** Functions that look for text in text, under the collation of their arguments. */
export const searchFunctions: readonly ScalarFunction[] = [
  defineFunction('CHARINDEX', {
    arguments: [2, 3],
    type: positionType(1),
    evaluate: (args, types) => {
      const wanted = textArgument(args[0], types[0]);
      const text = textArgument(args[1], types[1]);
      const start = args.length > 2 ? intArgument(args[2], types[2]) : 1;
      if (wanted === null || text === null || start === null) return null;
      const collation = collationOfTypes(types);
      const skipped = sliceCharacters(text, collation.name, 0, Math.max(0, start - 1)).length;
      const found = wanted === '' ? -1 : indexOf(text, wanted, skipped, collation);
      return asPosition(found === -1 ? 0 : charactersBefore(text, collation.name, found) + 1, types[1]);
    },
  }),
  defineFunction('PATINDEX', {
    arguments: 2,
    type: positionType(1),
    evaluate: (args, types) => {
      const pattern = textArgument(args[0], types[0]);
      const text = textArgument(args[1], types[1]);
      if (pattern === null || text === null) return null;
      const { name } = collationOfTypes(types);
      const found = patternFor(pattern, name)(text);
      return asPosition(found === 0 ? 0 : charactersBefore(text, name, found - 1) + 1, types[1]);
    },
  }),
  defineFunction('REPLACE', {
    arguments: 3,
    type: replacedType,
    evaluate: (args, types) => {
      const text = textArgument(args[0], types[0]);
      const wanted = textArgument(args[1], types[1]);
      const replacement = textArgument(args[2], types[2]);
      if (text === null || wanted === null || replacement === null) return null;
      const replaced = replaceAll(text, wanted, replacement, collationOfTypes(types));
      // Cut without an error at what a type without `max` holds.
      return fitText(replaced, replacedType(types));
    },
  }),
  defineFunction('TRANSLATE', {
    arguments: 3,
    type: (types, _, name) => requireText(types, 0, name),
    evaluate: (args, types) => {
      const text = textArgument(args[0], types[0]);
      const from = textArgument(args[1], types[1]);
      const to = textArgument(args[2], types[2]);
      if (text === null || from === null || to === null) return null;
      if (from.length !== to.length) {
        throw unequalTranslateArguments();
      }
      const { foldAll } = collationOfTypes(types);
      const map = new Map<string, string>();
      for (let index = from.length - 1; index >= 0; index--) map.set(foldAll(from.charAt(index)), to.charAt(index));
      return Array.from(text, (character) => map.get(foldAll(character)) ?? character).join('');
    },
  }),
];
