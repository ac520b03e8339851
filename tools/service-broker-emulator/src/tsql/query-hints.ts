import type { TokenStream } from './token-stream.ts';

/** First words of the hints that OPTION takes. */
const hints: ReadonlySet<string> = new Set(
  `CONCAT DISABLE_OPTIMIZED_PLAN_FORCING EXPAND FAST FORCE HASH IGNORE_NONCLUSTERED_COLUMNSTORE_INDEX KEEP KEEPFIXED LABEL
  LOOP MAXDOP MAXRECURSION MAX_GRANT_PERCENT MERGE MIN_GRANT_PERCENT NO_PERFORMANCE_SPOOL OPTIMIZE ORDER PARAMETERIZATION
  QUERYTRACEON RECOMPILE ROBUST TABLE USE`.split(/\s+/),
);

/** The tokens of one hint joined by blanks, in upper case. */
function parseHint(t: TokenStream): string {
  const words: string[] = [];
  if (!hints.has(t.current.key)) throw t.unexpected();
  let depth = 0;
  while (depth > 0 || (!t.is(',') && !t.is(')'))) {
    if (t.atEnd) throw t.unexpected();
    const token = t.advance();
    if (token.key === '(') depth += 1;
    if (token.key === ')') depth -= 1;
    words.push(token.key || token.text.toUpperCase());
  }
  return words.join(' ');
}

/** `OPTION (hint, ...)`. */
export function parseQueryHints(t: TokenStream): string[] {
  t.expect('OPTION');
  return t.parenthesized(parseHint);
}
