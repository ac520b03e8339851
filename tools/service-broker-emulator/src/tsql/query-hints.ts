import type { TokenStream } from './token-stream.ts';

/** The tokens of one hint joined by blanks, in upper case. */
function parseHint(t: TokenStream): string {
  const words: string[] = [];
  let depth = 0;
  while (depth > 0 || (!t.is(',') && !t.is(')'))) {
    if (t.atEnd) throw t.unexpected();
    const token = t.advance();
    if (token.key === '(') depth += 1;
    if (token.key === ')') depth -= 1;
    words.push(token.key || token.text.toUpperCase());
  }
  if (words.length === 0) throw t.unexpected();
  return words.join(' ');
}

/** `OPTION (hint, ...)`. */
export function parseQueryHints(t: TokenStream): string[] {
  t.expect('OPTION');
  return t.parenthesized(parseHint);
}
