import type { MergeBranch, MergeStatement } from './ast/data.ts';
import type { CommonTableExpression } from './ast/queries.ts';
import { parseDataTarget, parseOptions, parseOutput, parseSetItem } from './data.ts';
import { mergeNeedsSemicolon } from './errors.ts';
import { parseArgument } from './function-calls.ts';
import { isIdentifier, parseColumnNames, parseIdentifier } from './names.ts';
import { parsePredicate } from './predicates.ts';
import { parseChangeTop } from './queries.ts';
import { parseTableSource } from './table-sources.ts';
import type { TokenStream } from './token-stream.ts';

/** @throws {SqlError} 10713 without the closing semicolon, which MERGE alone requires */
export function parseMerge(t: TokenStream, ctes: readonly CommonTableExpression[] = []): MergeStatement {
  const { line } = t.expect('MERGE');
  const top = t.is('TOP') ? parseChangeTop(t) : undefined;
  t.accept('INTO');
  const target = parseDataTarget(t);
  const alias = parseTargetAlias(t);
  t.expect('USING');
  const source = parseTableSource(t);
  t.expect('ON');
  const on = parsePredicate(t);
  const branches: MergeBranch[] = [];
  do branches.push(parseBranch(t));
  while (t.is('WHEN'));
  const output = parseOutput(t);
  const options = parseOptions(t);
  if (!t.is(';')) throw mergeNeedsSemicolon(t.near.line);
  return {
    kind: 'merge',
    with: ctes,
    options,
    ...(top ? { top } : {}),
    target,
    ...(alias ? { alias } : {}),
    source,
    on,
    branches,
    output,
    line,
  };
}

function parseTargetAlias(t: TokenStream): string | undefined {
  if (t.accept('AS')) return parseIdentifier(t);
  return isIdentifier(t.current) && !t.is('USING') ? t.advance().text : undefined;
}

function parseBranch(t: TokenStream): MergeBranch {
  const { line } = t.expect('WHEN');
  const when = parseMatch(t);
  const and = t.accept('AND') ? parsePredicate(t) : undefined;
  t.expect('THEN');
  return { when, ...(and ? { and } : {}), action: parseAction(t, when), line };
}

function parseMatch(t: TokenStream): MergeBranch['when'] {
  if (t.accept('MATCHED')) return 'matched';
  t.expect('NOT', 'MATCHED');
  if (!t.accept('BY')) return 'notMatchedByTarget';
  return t.expectOneOf('TARGET', 'SOURCE') === 'TARGET' ? 'notMatchedByTarget' : 'notMatchedBySource';
}

function parseAction(t: TokenStream, when: MergeBranch['when']): MergeBranch['action'] {
  if (when === 'notMatchedByTarget') {
    t.expect('INSERT');
    const columns = t.is('(') ? parseColumnNames(t) : undefined;
    if (t.acceptAll('DEFAULT', 'VALUES')) return { kind: 'insert', ...(columns ? { columns } : {}) };
    t.expect('VALUES');
    return { kind: 'insert', ...(columns ? { columns } : {}), values: t.parenthesized(parseArgument) };
  }
  if (t.accept('DELETE')) return { kind: 'delete' };
  t.expect('UPDATE', 'SET');
  return { kind: 'update', set: t.commaList(parseSetItem) };
}
