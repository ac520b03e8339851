import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import {
  createScanner,
  type Node,
  type ParseError,
  type ParseErrorCode,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';
import {
  type ConfigurationEntry,
  type ConfigurationSource,
  keySeparator,
  mostSections,
  normalizeKey,
} from './configuration-source.ts';
import type { ConfigurationProblem } from './errors.ts';
import { decodeSettings, LineIndex } from './settings-text.ts';

/**
 * Reads an appsettings file. A file that isn't there is a source without entries, as in .NET; one that is there but
 * can't be read or parsed is a problem of the source.
 */
export async function readJsonSource(path: string): Promise<ConfigurationSource> {
  const name = basename(path);
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    if (code === 'ENOENT') return { kind: 'json', name: `${name} (absent)`, entries: [], problems: [], isAbsent: true };
    return {
      kind: 'json',
      name,
      entries: [],
      problems: [{ kind: 'unreadable', source: path, expected: 'a readable file', received: code }],
    };
  }
  const { text, warning } = decodeSettings(bytes, name);
  const source = parseJsonSource(text, name);
  return warning === undefined ? source : { ...source, warnings: [warning] };
}

/**
 * The settings of one JSON text with the rules of .NET: comments and trailing commas are allowed, the root is an
 * object, numbers keep their source text, booleans become `True` and `False`, two values for one key are an error.
 */
export function parseJsonSource(text: string, name: string): ConfigurationSource {
  const json = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const lines = new LineIndex(json);
  const deep = tooDeepAt(json);
  if (deep !== undefined) {
    const { line, column } = lines.positionOf(deep);
    const expected = `at most ${mostSections} sections in each other`;
    return source(name, [], [{ kind: 'syntax', source: `${name}, line ${line}, column ${column}`, expected }]);
  }
  const errors: ParseError[] = [];
  const root = parseTree(json, errors, { allowTrailingComma: true, disallowComments: false });
  const [syntaxError] = errors;
  if (syntaxError !== undefined) {
    // What follows the first syntax error is mostly its consequence.
    const { line, column } = lines.positionOf(syntaxError.offset);
    const expected = expectedAt(syntaxError.error);
    return source(name, [], [{ kind: 'syntax', source: `${name}, line ${line}, column ${column}`, expected }]);
  }
  if (root?.type !== 'object') {
    const expected = 'a JSON object, from { to }, around all settings';
    return source(name, [], [{ kind: 'syntax', source: name, expected, received: root?.type ?? 'an empty file' }]);
  }
  const entries: ConfigurationEntry[] = [];
  flatten(root, [], json, ({ offset }) => `${name}, line ${lines.positionOf(offset).line}`, entries);
  return source(name, entries, duplicates(entries));
}

/**
 * The settings in a JSON value that stands for a section or a list, with the same rules.
 * @param key of the value; its parts become children of it
 * @returns undefined when the text isn't JSON, or too deep
 */
export function jsonEntries(key: string, text: string, origin: string): readonly ConfigurationEntry[] | undefined {
  if (tooDeepAt(text) !== undefined) return undefined;
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true, disallowComments: false });
  if (root === undefined || errors.length > 0) return undefined;
  const entries: ConfigurationEntry[] = [];
  flatten(root, [key], text, () => origin, entries);
  return entries;
}

function source(
  name: string,
  entries: readonly ConfigurationEntry[],
  problems: readonly ConfigurationProblem[],
): ConfigurationSource {
  return { kind: 'json', name, entries, problems };
}

function flatten(
  node: Node,
  path: readonly string[],
  json: string,
  originOf: (node: Node) => string,
  into: ConfigurationEntry[],
): void {
  const children = node.children ?? [];
  const add = (value: string | null): void => {
    into.push({ key: path.join(keySeparator), value, origin: originOf(node) });
  };
  if (node.type === 'object') {
    if (children.length === 0 && path.length > 0) add(null);
    for (const property of children) {
      const [key, value] = property.children ?? [];
      if (key !== undefined && value !== undefined) flatten(value, [...path, String(key.value)], json, originOf, into);
    }
  } else if (node.type === 'array') {
    if (children.length === 0) add('');
    for (const [index, item] of children.entries()) flatten(item, [...path, String(index)], json, originOf, into);
  } else if (node.type === 'null') add(null);
  else if (node.type === 'boolean') add(node.value === true ? 'True' : 'False');
  else if (node.type === 'number') add(json.slice(node.offset, node.offset + node.length));
  else add(String(node.value));
}

function duplicates(entries: readonly ConfigurationEntry[]): ConfigurationProblem[] {
  const first = new Map<string, ConfigurationEntry>();
  const problems: ConfigurationProblem[] = [];
  for (const entry of entries) {
    const earlier = first.get(normalizeKey(entry.key));
    if (earlier === undefined) first.set(normalizeKey(entry.key), entry);
    else {
      problems.push({
        kind: 'duplicate',
        key: entry.key,
        source: entry.origin,
        expected: `one value per key, but there is one already (${earlier.origin})`,
        hint: 'Remove one of the two; keys that differ only in case are the same key.',
      });
    }
  }
  return problems;
}

/** Where the first bracket is that is too deep in others, as .NET's reader has it: the parser goes as deep as the stack does. */
function tooDeepAt(json: string): number | undefined {
  const scanner = createScanner(json, true);
  let depth = 0;
  for (;;) {
    scanner.scan();
    const at = scanner.getTokenOffset();
    const sign = json[at];
    if (sign === undefined) return undefined;
    if (sign === '{' || sign === '[') depth += 1;
    else if (sign === '}' || sign === ']') depth -= 1;
    if (depth > mostSections) return at;
  }
}

function expectedAt(code: ParseErrorCode): string {
  switch (printParseErrorCode(code)) {
    case 'PropertyNameExpected':
      return 'a name in double quotes';
    case 'ValueExpected':
      return 'a value';
    case 'ColonExpected':
      return 'a colon between name and value';
    case 'CommaExpected':
      return 'a comma between two settings';
    case 'CloseBraceExpected':
      return 'a closing }';
    case 'CloseBracketExpected':
      return 'a closing ]';
    case 'EndOfFileExpected':
      return 'nothing after the closing }';
    case 'UnexpectedEndOfComment':
      return 'the end of the comment, */';
    case 'UnexpectedEndOfString':
      return 'a closing double quote on the same line';
    case 'InvalidEscapeCharacter':
      return 'a valid escape in the text (a backslash is written \\\\)';
    case 'InvalidNumberFormat':
    case 'UnexpectedEndOfNumber':
      return 'a number';
    default:
      return 'valid JSON (comments and trailing commas are allowed)';
  }
}
