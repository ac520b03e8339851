import { unsupported } from '../unsupported.ts';
import { mayBeNull } from './ansi-nulls.ts';
import type { Expression, Predicate } from './ast/expressions.ts';
import { parseExpression } from './expressions.ts';
import { parseOverOrderBy } from './function-calls.ts';
import { parseObjectName, parseType } from './names.ts';
import { parsePredicate } from './predicates.ts';
import type { TokenStream } from './token-stream.ts';

/** CAST and TRY_CAST. */
export function parseCast(t: TokenStream): Expression {
  const { key, line } = t.advance();
  return t.nested(() => {
    t.expect('(');
    const operand = parseExpression(t);
    t.expect('AS');
    const type = parseType(t);
    t.expect(')');
    return { kind: 'cast', operand, type, tolerant: key === 'TRY_CAST', line };
  });
}

/** CONVERT and TRY_CONVERT. */
export function parseConvert(t: TokenStream): Expression {
  const { key, line } = t.advance();
  return t.nested(() => {
    t.expect('(');
    const type = parseType(t);
    t.expect(',');
    const operand = parseExpression(t);
    const style = t.accept(',') ? parseExpression(t) : undefined;
    t.expect(')');
    return { kind: 'convert', operand, type, ...(style ? { style } : {}), tolerant: key === 'TRY_CONVERT', line };
  });
}

/** Both forms of CASE. */
export function parseCase(t: TokenStream): Expression {
  const { line } = t.advance();
  const operand = t.is('WHEN') ? undefined : parseExpression(t);
  const branches: { readonly when: Expression | Predicate; readonly then: Expression }[] = [];
  do {
    t.expect('WHEN');
    const when = operand ? parseExpression(t) : parsePredicate(t);
    t.expect('THEN');
    const then = parseExpression(t);
    branches.push({ when, then });
  } while (t.is('WHEN'));
  const compared = operand === undefined ? [] : [operand, ...branches.map(({ when }) => when as Expression)];
  if (!t.ansiNulls && compared.some(mayBeNull))
    unsupported('CASE of NULL or a variable under SET ANSI_NULLS OFF', line);
  const otherwise = t.accept('ELSE') ? parseExpression(t) : undefined;
  t.expect('END');
  return { kind: 'case', ...(operand ? { operand } : {}), branches, ...(otherwise ? { otherwise } : {}), line };
}

export function parseIif(t: TokenStream): Expression {
  const { line } = t.advance();
  return t.nested(() => {
    t.expect('(');
    const condition = parsePredicate(t);
    t.expect(',');
    const then = parseExpression(t);
    t.expect(',');
    const otherwise = parseExpression(t);
    t.expect(')');
    return { kind: 'iif', condition, then, otherwise, line };
  });
}

/** `TRIM(s)` and `TRIM(characters FROM s)`; the second becomes a call with the string first and the characters second. */
export function parseTrim(t: TokenStream): Expression {
  const { text, line } = t.advance();
  return t.nested(() => {
    t.expect('(');
    const first = parseExpression(t);
    const parameters = t.accept('FROM') ? [parseExpression(t), first] : [first];
    t.expect(')');
    return { kind: 'function', name: { name: text, line }, arguments: parameters, star: false, distinct: false, line };
  });
}

/** `NEXT VALUE FOR sequence [OVER (ORDER BY ...)]`. */
export function parseNextValueFor(t: TokenStream): Expression {
  const { line } = t;
  t.expect('NEXT', 'VALUE', 'FOR');
  const sequence = parseObjectName(t);
  if (!t.is('OVER')) return { kind: 'nextValueFor', sequence, line };
  return { kind: 'nextValueFor', sequence, over: parseOverOrderBy(t), line };
}
