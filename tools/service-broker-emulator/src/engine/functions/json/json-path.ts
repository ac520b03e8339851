import type { SqlError } from '../../../errors.ts';
import { malformedJsonPath } from '../errors.ts';
import type { JsonNode } from './json-text.ts';

/** A parsed JSON path: `append lax $.a[0]."b c"`. */
export interface JsonPath {
  /** True for `strict`: what is missing is an error instead of NULL. */
  readonly strict: boolean;
  /** JSON_MODIFY only. */
  readonly append: boolean;
  readonly steps: readonly (string | number)[];
}

const stepPattern = /\.\s*(?:"((?:[^"\\]|\\.)*)"|([\p{L}_$][\p{L}\p{N}_$]*))|\[\s*(\d+)\s*\]/uy;
const parsed = new Map<string, JsonPath>();
/** Paths are literals in the statements almost always; more than this many would only hold memory. */
const cachedPaths = 500;

/** @throws {SqlError} 13607 when the text isn't a JSON path */
export function parseJsonPath(text: string): JsonPath {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const path = readPath(text);
  if (parsed.size >= cachedPaths) parsed.clear();
  parsed.set(text, path);
  return path;
}

function readPath(text: string): JsonPath {
  const head = /^\s*(append\s+)?(?:(lax|strict)\s+)?\$/i.exec(text);
  const steps: (string | number)[] = [];
  let at = head === null ? text.length - text.trimStart().length : head[0].length;
  // Where the path ends too early, SQL Server names a full stop.
  const unexpected = (): SqlError => malformedJsonPath(text.charAt(at) || '.', at);
  if (head === null) throw unexpected();
  while (at < text.trimEnd().length) {
    stepPattern.lastIndex = at;
    const match = stepPattern.exec(text);
    if (match === null) {
      if (text.charAt(at) === '.') at++;
      throw unexpected();
    }
    if (match[3] !== undefined) steps.push(Number(match[3]));
    else steps.push(match[1]?.replace(/\\(.)/g, '$1') ?? match[2] ?? '');
    at = stepPattern.lastIndex;
  }
  return { strict: head[2]?.toLowerCase() === 'strict', append: head[1] !== undefined, steps };
}

/** The value that a path leads to; undefined when it is not there. The first of several members of one name counts. */
export function findJson(root: JsonNode, steps: readonly (string | number)[]): JsonNode | undefined {
  let node: JsonNode | undefined = root;
  for (const step of steps) {
    if (node === undefined) return undefined;
    node = typeof step === 'number' ? node.elements[step] : node.members.find((member) => member.name === step)?.value;
  }
  return node;
}
