import { unsupported } from '../unsupported.ts';
import type { Expression, FrameBound, FunctionCall, WindowSpecification } from './ast/expressions.ts';
import type { ObjectName } from './ast/nodes.ts';
import type { OrderByItem } from './ast/queries.ts';
import { parseExpression } from './expressions.ts';
import type { TokenStream } from './token-stream.ts';

/** What follows a function's name: arguments, WITHIN GROUP, OVER. */
export function parseCallTail(t: TokenStream, name: ObjectName): FunctionCall {
  const { line } = name;
  const call = t.nested(() => {
    t.expect('(');
    const star = t.accept('*');
    const distinct = !star && t.accept('DISTINCT');
    if (!star && !distinct) t.accept('ALL');
    const parameters = star || (t.is(')') && !distinct) ? [] : t.commaList(parseArgument);
    t.expect(')');
    return { star, distinct, parameters };
  });
  if (t.areNext('IGNORE', 'NULLS') || t.areNext('RESPECT', 'NULLS')) unsupported(`${t.current.text} NULLS`, line);
  const withinGroup = t.areNext('WITHIN', 'GROUP') ? parseWithinGroup(t) : undefined;
  const over = t.is('OVER') ? parseOver(t) : undefined;
  return {
    kind: 'function',
    name,
    arguments: call.parameters,
    star: call.star,
    distinct: call.distinct,
    ...(over ? { over } : {}),
    ...(withinGroup ? { withinGroup } : {}),
    line,
  };
}

/** DEFAULT stands for a parameter's default in calls of user-defined functions. */
export function parseArgument(t: TokenStream): Expression {
  if (t.is('DEFAULT')) return { kind: 'default', line: t.advance().line };
  return parseExpression(t);
}

function parseWithinGroup(t: TokenStream): readonly OrderByItem[] {
  t.expect('WITHIN', 'GROUP', '(');
  const items = parseOrderBy(t);
  t.expect(')');
  return items;
}

/** `ORDER BY item, ...`. */
export function parseOrderBy(t: TokenStream): OrderByItem[] {
  t.expect('ORDER', 'BY');
  return t.commaList((stream) => {
    const expression = parseExpression(stream);
    const direction = stream.acceptOneOf('ASC', 'DESC');
    return { expression, descending: direction === 'DESC' };
  });
}

/** `OVER (ORDER BY ...)` of NEXT VALUE FOR. */
export function parseOverOrderBy(t: TokenStream): OrderByItem[] {
  t.expect('OVER', '(');
  const items = parseOrderBy(t);
  t.expect(')');
  return items;
}

function parseOver(t: TokenStream): WindowSpecification {
  const { line } = t.advance();
  if (!t.is('(')) {
    if (t.current.kind === 'word' && !t.current.reserved) unsupported('named windows', line);
    throw t.unexpected();
  }
  t.advance();
  const partitionBy = t.acceptAll('PARTITION', 'BY') ? t.commaList(parseExpression) : [];
  const orderBy = t.is('ORDER') ? parseOrderBy(t) : [];
  const unit = t.acceptOneOf('ROWS', 'RANGE');
  if (unit === undefined) {
    t.expect(')');
    return { partitionBy, orderBy };
  }
  const between = t.accept('BETWEEN');
  const start = parseFrameBound(t);
  let end: FrameBound = { kind: 'currentRow' };
  if (between) {
    t.expect('AND');
    end = parseFrameBound(t);
  }
  t.expect(')');
  return { partitionBy, orderBy, frame: { unit: unit === 'ROWS' ? 'rows' : 'range', start, end } };
}

function parseFrameBound(t: TokenStream): FrameBound {
  if (t.acceptAll('CURRENT', 'ROW')) return { kind: 'currentRow' };
  if (t.accept('UNBOUNDED')) {
    return {
      kind: t.expectOneOf('PRECEDING', 'FOLLOWING') === 'PRECEDING' ? 'unboundedPreceding' : 'unboundedFollowing',
    };
  }
  if (t.current.kind !== 'integer') throw t.unexpected();
  const offset = parseExpression(t);
  return { kind: t.expectOneOf('PRECEDING', 'FOLLOWING') === 'PRECEDING' ? 'preceding' : 'following', offset };
}
