/** What a piece of T-SQL text is, as far as a deployer must know. */
type SqlTokenKind = 'space' | 'comment' | 'string' | 'quotedName' | 'word' | 'number' | 'symbol';

/** A piece of T-SQL text. */
export interface SqlToken {
  readonly kind: SqlTokenKind;
  readonly text: string;
  /** Line of its first character, from 1. */
  readonly line: number;
}

const patterns: readonly { readonly kind: SqlTokenKind; readonly pattern: RegExp }[] = [
  { kind: 'space', pattern: /[\s\uFEFF]+/y },
  { kind: 'comment', pattern: /--[^\r\n]*/y },
  // An unfinished string or name reaches to the end of the text; SQL Server says so in its own words.
  { kind: 'string', pattern: /'(?:[^']|'')*(?:'|$)/y },
  { kind: 'quotedName', pattern: /\[(?:[^\]]|\]\])*(?:\]|$)|"(?:[^"]|"")*(?:"|$)/y },
  { kind: 'number', pattern: /0x[\da-f]*|\d+(?:\.\d*)?(?:e[+-]?\d+)?/iy },
  { kind: 'word', pattern: /[\p{L}_@#$][\p{L}\p{N}_@#$]*/uy },
];

/**
 * Takes T-SQL apart without understanding its statements: enough to tell a GO, a keyword or a comma from one in a
 * string, a name or a comment (block comments nest). The texts of the tokens joined are the input.
 */
export function* sqlTokens(text: string): Generator<SqlToken> {
  let offset = 0;
  let line = 1;
  while (offset < text.length) {
    const { kind, end } = tokenAt(text, offset);
    const piece = text.slice(offset, end);
    yield { kind, text: piece, line };
    line += lineBreaksIn(piece);
    offset = end;
  }
}

/** Number of line ends in a text; CR LF is one. */
export function lineBreaksIn(text: string): number {
  return text.match(/\r\n|\n|\r/g)?.length ?? 0;
}

/** The name that a token gives, without its quotes; undefined for a token that isn't a name. */
export function nameOf(token: SqlToken): string | undefined {
  if (token.kind === 'word') return token.text;
  if (token.kind !== 'quotedName') return undefined;
  const close = token.text.startsWith('[') ? ']' : '"';
  return token.text.slice(1, -1).replaceAll(close + close, close);
}

function tokenAt(text: string, offset: number): { kind: SqlTokenKind; end: number } {
  if (text.startsWith('/*', offset)) return { kind: 'comment', end: blockCommentEnd(text, offset) };
  for (const { kind, pattern } of patterns) {
    pattern.lastIndex = offset;
    if (pattern.test(text)) return { kind, end: pattern.lastIndex };
  }
  return { kind: 'symbol', end: offset + String.fromCodePoint(text.codePointAt(offset) ?? 0).length };
}

function blockCommentEnd(text: string, start: number): number {
  const mark = /\/\*|\*\//g;
  mark.lastIndex = start;
  for (let depth = 0, found = mark.exec(text); found !== null; found = mark.exec(text)) {
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return mark.lastIndex;
  }
  return text.length;
}
