import { type Collation, collationOf } from './collation.ts';
import { invalidEscape } from './errors.ts';

/** One position of a pattern. */
type Token =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'many' }
  | { readonly kind: 'set'; readonly negated: boolean; readonly ranges: readonly (readonly [string, string])[] };

function tokenize(pattern: string, escapeCharacter: string | undefined): Token[] {
  const tokens: Token[] = [];
  let text = '';
  const flush = (): void => {
    if (text !== '') tokens.push({ kind: 'text', text });
    text = '';
  };
  for (let index = 0; index < pattern.length; index++) {
    const character = pattern.charAt(index);
    if (character === escapeCharacter) {
      index++;
      if (index >= pattern.length) return [{ kind: 'set', negated: false, ranges: [] }];
      text += pattern.charAt(index);
    } else if (character === '%') {
      flush();
      if (tokens.at(-1)?.kind !== 'many') tokens.push({ kind: 'many' });
    } else if (character === '_') {
      flush();
      tokens.push({ kind: 'any' });
    } else if (character === '[') {
      const set = readSet(pattern, index, escapeCharacter);
      flush();
      if (set === undefined) {
        // A bracket that is never closed matches nothing.
        tokens.push({ kind: 'set', negated: false, ranges: [] });
        return tokens;
      }
      tokens.push(set.token);
      index = set.end;
    } else {
      text += character;
    }
  }
  flush();
  return tokens;
}

function readSet(
  pattern: string,
  start: number,
  escapeCharacter: string | undefined,
): { readonly token: Token; readonly end: number } | undefined {
  let index = start + 1;
  const negated = pattern.charAt(index) === '^';
  if (negated) index++;
  const members: { readonly character: string; readonly escaped: boolean }[] = [];
  for (; index < pattern.length && pattern.charAt(index) !== ']'; index++) {
    const escaped = pattern.charAt(index) === escapeCharacter;
    if (escaped) index++;
    members.push({ character: pattern.charAt(index), escaped });
  }
  if (index >= pattern.length) return undefined;
  const ranges: [string, string][] = [];
  for (let at = 0; at < members.length; at++) {
    const low = members[at]?.character ?? '';
    const dash = members[at + 1];
    const high = members[at + 2];
    if (dash?.character === '-' && !dash.escaped && high !== undefined) {
      ranges.push([low, high.character]);
      at += 2;
    } else {
      ranges.push([low, low]);
    }
  }
  return { token: { kind: 'set', negated, ranges }, end: index };
}

const special = /[%_[]/;

/**
 * Compiles a LIKE pattern with `%`, `_`, `[abc]`, `[a-z]`, `[^...]`: does a whole string match?
 *
 * @param escapeCharacter one character that makes the next one literal; absent = none
 * @param collation name; absent = the default
 * @throws {SqlError} 506 when `escapeCharacter` is not one character
 */
export function compileLike(pattern: string, escapeCharacter?: string, collation?: string): (text: string) => boolean {
  if (escapeCharacter !== undefined && escapeCharacter.length !== 1) {
    throw invalidEscape(escapeCharacter);
  }
  const rules = collationOf(collation);
  const { foldAll } = rules;
  const tokens = compileTokens(pattern, escapeCharacter, rules);
  const [first, second, third] = tokens;
  if (!special.test(pattern) && escapeCharacter === undefined) {
    const wanted = foldAll(pattern);
    return (text) => matchesWithoutTrailing(foldAll(text), wanted);
  }
  if (tokens.length === 2 && first?.kind === 'text' && second?.kind === 'many') {
    return (text) => foldAll(text).startsWith(first.text);
  }
  if (tokens.length === 3 && first?.kind === 'many' && second?.kind === 'text' && third?.kind === 'many') {
    return (text) => foldAll(text).includes(second.text);
  }
  const matcher = new Matcher(tokens, rules);
  return (text) => {
    const folded = foldAll(text);
    return matcher.matchesFrom(folded, 0, 0) || matchesTrimmed(matcher, folded);
  };
}

/** Compiles a pattern of PATINDEX: the position (1-based) where a string begins to match it, 0 = nowhere. */
export function compilePatternIndex(pattern: string, collation?: string): (text: string) => number {
  const rules = collationOf(collation);
  const tokens = compileTokens(pattern, undefined, rules);
  return (text) => findPattern(tokens, text, rules);
}

function compileTokens(pattern: string, escapeCharacter: string | undefined, collation: Collation): Token[] {
  return tokenize(pattern, escapeCharacter).map(
    (token): Token => (token.kind === 'text' ? { kind: 'text', text: collation.foldAll(token.text) } : token),
  );
}

/** Trailing spaces of the value may be missing from the pattern. */
function matchesWithoutTrailing(text: string, wanted: string): boolean {
  if (text === wanted) return true;
  return text.length > wanted.length && text.startsWith(wanted) && /^ +$/.test(text.slice(wanted.length));
}

function matchesTrimmed(matcher: Matcher, text: string): boolean {
  for (let end = text.length; end > 0 && text.charAt(end - 1) === ' '; ) {
    end--;
    if (matcher.matchesFrom(text.slice(0, end), 0, 0)) return true;
  }
  return false;
}

/** PATINDEX: a `%` at an end opens that end, otherwise the pattern is anchored there. */
function findPattern(tokens: readonly Token[], text: string, collation: Collation): number {
  const openStart = tokens[0]?.kind === 'many';
  const body = openStart ? tokens.slice(1) : tokens;
  const folded = collation.foldAll(text);
  if (body.length === 0) return folded.length > 0 || !openStart ? 1 : 0;
  const matcher = new Matcher(body, collation);
  const last = openStart ? folded.length : 0;
  for (let start = 0; start <= last; start++) {
    if (matcher.matchesFrom(folded, start, 0)) return start + 1;
  }
  return 0;
}

class Matcher {
  readonly #tokens: readonly Token[];
  readonly #collation: Collation;

  constructor(tokens: readonly Token[], collation: Collation) {
    this.#tokens = tokens;
    this.#collation = collation;
  }

  /** Greedy with one point to go back to (the latest `%`), so it takes at most text times pattern steps. */
  matchesFrom(text: string, start: number, firstToken: number): boolean {
    let at = start;
    let token = firstToken;
    let retryToken = -1;
    let retryAt = 0;
    for (;;) {
      const current = this.#tokens[token];
      if (current === undefined) {
        if (at === text.length) return true;
      } else if (current.kind === 'many') {
        retryToken = token + 1;
        retryAt = at;
        token++;
        if (retryToken >= this.#tokens.length) return true;
        continue;
      } else {
        const length = this.#matchOne(current, text, at);
        if (length >= 0) {
          at += length;
          token++;
          continue;
        }
      }
      if (retryToken === -1 || retryAt >= text.length) return false;
      retryAt++;
      at = retryAt;
      token = retryToken;
    }
  }

  /** Number of characters that the token takes at `at`, -1 when it does not match. */
  #matchOne(token: Exclude<Token, { kind: 'many' }>, text: string, at: number): number {
    if (token.kind === 'text') return text.startsWith(token.text, at) ? token.text.length : -1;
    if (at >= text.length) return -1;
    if (token.kind === 'any') return 1;
    return this.#inSet(token.ranges, text.charAt(at)) !== token.negated ? 1 : -1;
  }

  #inSet(ranges: readonly (readonly [string, string])[], character: string): boolean {
    const { foldAll, compare } = this.#collation;
    for (const [low, high] of ranges) {
      if (low === high) {
        if (foldAll(low) === character) return true;
      } else if (compareForRange(low, character, compare) <= 0 && compareForRange(character, high, compare) <= 0) {
        return true;
      }
    }
    return false;
  }
}

/** A space alone would compare as an empty string, because trailing spaces never count. */
function compareForRange(a: string, b: string, compare: (a: string, b: string) => number): number {
  return a === ' ' || b === ' ' ? a.charCodeAt(0) - b.charCodeAt(0) : compare(a, b);
}
