import type { SqlType } from '../../types/sql-type.ts';
import type { SqlValue } from '../../types/sql-value.ts';
import { intType, isCharacterType, isNumericType, withLength } from '../../types/type-info.ts';
import { textArgument } from '../arguments.ts';
import { defineFunction } from '../define-function.ts';
import { jsonTextTruncated, noArrayAtPath, noObjectAtPath, noScalarAtPath, pathNotFound } from '../errors.ts';
import type { ScalarFunction } from '../scalar-function.ts';
import { escapeJsonText } from '../string/concat-functions.ts';
import { findJson, type JsonPath, parseJsonPath } from './json-path.ts';
import { isJsonText, type JsonNode, parseJson } from './json-text.ts';

/**
 * Type of text that is known to be JSON (results of JSON_QUERY and FOR JSON): nvarchar(max) to all, but JSON_MODIFY and
 * FOR JSON take it as it is instead of quoting it. Recognized by identity.
 */
export const jsonTextType: SqlType = Object.freeze({ name: 'nvarchar' as const, length: 'max' as const });

/** JSON_VALUE in lax mode answers NULL beyond this many characters, in strict mode error 13625. */
const scalarLimit = 4000;

function pathArgument(args: readonly SqlValue[], types: readonly SqlType[]): JsonPath | null {
  if (args.length < 2) return parseJsonPath('$');
  const text = textArgument(args[1], types[1]);
  return text === null ? null : parseJsonPath(text);
}

function scalarText(node: JsonNode, path: JsonPath): string | null {
  if (node.kind === 'object' || node.kind === 'array') {
    if (!path.strict) return null;
    throw noScalarAtPath();
  }
  if (node.kind === 'null') return null;
  if (node.text.length > scalarLimit) {
    if (!path.strict) return null;
    throw jsonTextTruncated();
  }
  return node.text;
}

/** A value as JSON. */
function jsonText(value: SqlValue, type: SqlType): string {
  if (value === null) return 'null';
  if (type === jsonTextType) return value as string;
  if (type.name === 'bit') return value === 0 ? 'false' : 'true';
  const text = textArgument(value, type) ?? '';
  return isNumericType(type) && !isCharacterType(type) ? text : `"${escapeJsonText(text)}"`;
}

/** The text with the part from `start` to `end` replaced. */
function splice(text: string, start: number, end: number, replacement: string): string {
  return text.slice(0, start) + replacement + text.slice(end);
}

function modify(text: string, path: JsonPath, value: SqlValue, type: SqlType): string {
  const root = parseJson(text);
  const target = findJson(root, path.steps);
  if (path.append) return append(text, target, path, jsonText(value, type));
  if (target === undefined) {
    if (path.strict) throw pathNotFound();
    return value === null ? text : insert(text, root, path, jsonText(value, type));
  }
  if (value === null && !path.strict) return remove(text, root, path);
  return splice(text, target.start, target.end, jsonText(value, type));
}

function append(text: string, target: JsonNode | undefined, path: JsonPath, value: string): string {
  if (target?.kind !== 'array') {
    if (path.strict) {
      throw noArrayAtPath();
    }
    return target === undefined ? insert(text, parseJson(text), path, `[${value}]`) : text;
  }
  const separator = target.elements.length === 0 ? '' : ',';
  return splice(text, target.end - 1, target.end - 1, `${separator}${value}`);
}

/** Adds the last step's member to the object that the other steps lead to; lax mode does nothing when it isn't there. */
function insert(text: string, root: JsonNode, path: JsonPath, value: string): string {
  const parent = findJson(root, path.steps.slice(0, -1));
  const name = path.steps.at(-1);
  if (parent === undefined || name === undefined) return text;
  if (parent.kind === 'array' && typeof name === 'number') return text;
  if (parent.kind !== 'object' || typeof name !== 'string') return text;
  const separator = parent.members.length === 0 ? '' : ',';
  return splice(text, parent.end - 1, parent.end - 1, `${separator}"${escapeJsonText(name)}":${value}`);
}

/** Lax mode and NULL: a member goes, an element of an array becomes null. */
function remove(text: string, root: JsonNode, path: JsonPath): string {
  const parent = findJson(root, path.steps.slice(0, -1));
  const step = path.steps.at(-1);
  if (parent === undefined || step === undefined) return text;
  if (typeof step === 'number') {
    const element = parent.elements[step];
    return element === undefined ? text : splice(text, element.start, element.end, 'null');
  }
  const index = parent.members.findIndex((member) => member.name === step);
  const member = parent.members[index];
  if (member === undefined) return text;
  const next = parent.members[index + 1];
  const previous = parent.members[index - 1];
  if (next !== undefined) return splice(text, member.start, next.start, '');
  return splice(text, previous?.value.end ?? member.start, member.value.end, '');
}

export const jsonFunctions: readonly ScalarFunction[] = [
  defineFunction('ISJSON', {
    arguments: [1, 2],
    type: intType,
    evaluate: (args, types) => {
      const text = textArgument(args[0], types[0]);
      if (text === null) return null;
      const kind = args.length > 1 ? textArgument(args[1], types[1])?.toUpperCase() : undefined;
      const kinds: readonly JsonNode['kind'][] =
        kind === 'VALUE'
          ? ['object', 'array', 'string', 'number', 'boolean', 'null']
          : kind === 'ARRAY'
            ? ['array']
            : kind === 'OBJECT'
              ? ['object']
              : kind === 'SCALAR'
                ? ['string', 'number']
                : ['object', 'array'];
      return isJsonText(text, kinds) ? 1 : 0;
    },
  }),
  defineFunction('JSON_VALUE', {
    arguments: 2,
    type: withLength('nvarchar', scalarLimit),
    evaluate: (args, types) => {
      const text = textArgument(args[0], types[0]);
      const path = pathArgument(args, types);
      if (text === null || path === null) return null;
      const node = findJson(parseJson(text), path.steps);
      if (node !== undefined) return scalarText(node, path);
      if (path.strict) throw pathNotFound();
      return null;
    },
  }),
  defineFunction('JSON_QUERY', {
    arguments: [1, 2],
    type: jsonTextType,
    evaluate: (args, types) => {
      const text = textArgument(args[0], types[0]);
      const path = pathArgument(args, types);
      if (text === null || path === null) return null;
      const node = findJson(parseJson(text), path.steps);
      if (node?.kind === 'object' || node?.kind === 'array') return text.slice(node.start, node.end);
      if (!path.strict) return null;
      if (node === undefined) throw pathNotFound();
      throw noObjectAtPath();
    },
  }),
  defineFunction('JSON_PATH_EXISTS', {
    arguments: 2,
    type: { name: 'bit' },
    evaluate: (args, types) => {
      const text = textArgument(args[0], types[0]);
      const path = pathArgument(args, types);
      if (text === null || path === null) return null;
      return findJson(parseJson(text), path.steps) === undefined ? 0 : 1;
    },
  }),
  defineFunction('JSON_MODIFY', {
    arguments: 3,
    type: jsonTextType,
    evaluate: (args, types) => {
      const text = textArgument(args[0], types[0]);
      const path = pathArgument(args, types);
      return text === null || path === null ? null : modify(text, path, args[2] ?? null, types[2] ?? intType);
    },
  }),
];
