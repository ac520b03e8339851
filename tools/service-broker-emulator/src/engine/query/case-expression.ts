import type { Expression, Predicate } from '../../tsql/ast/expressions.ts';
import { coalesceOfNulls, nullifOfNull } from '../functions/errors.ts';
import { commonType } from '../types/compare.ts';
import { nullType } from '../types/type-info.ts';
import { convertTo } from './conversion.ts';
import { caseOfNulls } from './errors/expression-errors.ts';
import { compileExpression, constant } from './expression.ts';
import type { CompiledExpression, CompiledPredicate } from './frame.ts';
import { compileComparison, compilePredicate } from './predicate.ts';
import type { Scope } from './scope.ts';

interface Branch {
  readonly when: CompiledPredicate;
  readonly result: CompiledExpression;
}

export function compileCase(node: Extract<Expression, { kind: 'case' }>, scope: Scope): CompiledExpression {
  const branches = node.branches.map(({ when, then }): Branch => {
    const condition =
      node.operand === undefined
        ? compilePredicate(when as Predicate, scope)
        : compileComparison('=', compileExpression(node.operand, scope), compileExpression(when as Expression, scope));
    return { when: condition, result: compileExpression(then, scope) };
  });
  const otherwise = node.otherwise === undefined ? constant(nullType, null) : compileExpression(node.otherwise, scope);
  const results = [...branches.map((branch) => branch.result), otherwise];
  if (results.every((result) => result.type === nullType)) {
    throw caseOfNulls(node.line);
  }
  return choose(branches, otherwise, results);
}

export function compileIif(node: Extract<Expression, { kind: 'iif' }>, scope: Scope): CompiledExpression {
  const branch = { when: compilePredicate(node.condition, scope), result: compileExpression(node.then, scope) };
  const otherwise = compileExpression(node.otherwise, scope);
  return choose([branch], otherwise, [branch.result, otherwise]);
}

function choose(
  branches: readonly Branch[],
  otherwise: CompiledExpression,
  results: readonly CompiledExpression[],
): CompiledExpression {
  const type = commonType(results.map((result) => result.type));
  const converted = branches.map(({ when, result }) => ({ when, result: convertTo(result, type) }));
  const last = convertTo(otherwise, type);
  return {
    type,
    nullable: results.some((result) => result.nullable),
    evaluate: (frame) => {
      for (const branch of converted) if (branch.when(frame) === true) return branch.result.evaluate(frame);
      return last.evaluate(frame);
    },
  };
}

/** COALESCE: the first argument that is not NULL; later ones are not evaluated. */
export function compileCoalesce(args: readonly Expression[], line: number, scope: Scope): CompiledExpression {
  const compiled = args.map((argument) => compileExpression(argument, scope));
  if (compiled.every((argument) => argument.type === nullType)) {
    throw coalesceOfNulls(line);
  }
  const type = commonType(compiled.map((argument) => argument.type));
  const converted = compiled.map((argument) => convertTo(argument, type));
  return {
    type,
    nullable: compiled.every((argument) => argument.nullable),
    evaluate: (frame) => {
      for (const argument of converted) {
        const value = argument.evaluate(frame);
        if (value !== null) return value;
      }
      return null;
    },
  };
}

/** NULLIF: the first argument, or NULL when both are equal. */
export function compileNullif(args: readonly Expression[], scope: Scope): CompiledExpression {
  const [first, second] = args;
  if (first === undefined || second === undefined) throw new Error('NULLIF has two arguments');
  const left = compileExpression(first, scope);
  if (left.type === nullType) throw nullifOfNull(first.line);
  const equal = compileComparison('=', left, compileExpression(second, scope));
  return {
    type: left.type,
    nullable: true,
    evaluate: (frame) => (equal(frame) === true ? null : left.evaluate(frame)),
  };
}
