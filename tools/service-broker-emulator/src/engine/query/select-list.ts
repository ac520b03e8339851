import type { Expression } from '../../tsql/ast/expressions.ts';
import type { AssignmentOperator, SelectItem } from '../../tsql/ast/queries.ts';
import { nameKey } from '../catalog/name-key.ts';
import { columnType, refuseConflictInColumn } from '../types/collation-precedence.ts';
import { compileConversion } from '../types/convert.ts';
import { compoundOperator } from './compound-assignment.ts';
import { undeclaredVariable } from './errors/name-errors.ts';
import { assignmentBesideSelection, starWithoutTable } from './errors/query-errors.ts';
import { compileArithmetic, compileExpression, readColumn } from './expression.ts';
import type { CompiledExpression } from './frame.ts';
import type { PlanColumn } from './query-plan.ts';
import type { Scope } from './scope.ts';

export interface SelectColumn extends PlanColumn {
  readonly expression: CompiledExpression;
  /** Absent for the columns of a star. */
  readonly node?: Expression;
}

/** The output columns of a select list: stars spelled out, names given as SQL Server does. */
export function compileSelectList(items: readonly SelectItem[], scope: Scope): readonly SelectColumn[] {
  const columns = items.flatMap((item): readonly SelectColumn[] => {
    if (item.kind === 'star') return starColumns(item.qualifier, item.line, scope);
    if (item.kind === 'assignment') return [assignmentColumn(item, scope)];
    return [expressionColumn(item.expression, item.alias, scope)];
  });
  for (const [index, { type }] of columns.entries()) refuseConflictInColumn(type, 'add', index + 1);
  const assignments = items.filter((item) => item.kind === 'assignment').length;
  if (assignments > 0 && assignments < items.length) {
    throw assignmentBesideSelection(items[0]?.line ?? 0);
  }
  return columns;
}

function starColumns(qualifier: readonly string[], line: number, scope: Scope): readonly SelectColumn[] {
  if (scope.sources.length === 0) {
    throw starWithoutTable(line);
  }
  return scope.sourcesOf(qualifier, line).flatMap((source) =>
    source.columns.map((column, ordinal): SelectColumn => {
      scope.use(source.slot);
      source.used?.add(ordinal);
      const found = {
        scope,
        depth: 0,
        slot: source.slot,
        ordinal,
        column,
        nullable: column.nullable || source.optional,
        source,
      };
      const read = scope.grouping?.column(found, 0, line) ?? {
        ...readColumn(0, source.slot, ordinal),
        type: column.type,
        nullable: found.nullable,
      };
      return {
        name: column.name,
        type: columnType(column.type),
        nullable: read.nullable,
        ...(column.identity === true ? { identity: true } : {}),
        source: source.alias,
        origin: { slot: source.slot, ordinal },
        expression: read,
      };
    }),
  );
}

function expressionColumn(node: Expression, alias: string | undefined, scope: Scope): SelectColumn {
  const expression = compileExpression(node, scope);
  const base = {
    type: expression.type,
    nullable: expression.nullable,
    expression,
    node,
  };
  if (node.kind !== 'column') return { ...base, name: alias ?? '' };
  const found = scope.resolve(node.parts, node.line);
  return {
    ...base,
    // As it is written, not as it was defined: clients look for it that way.
    name: alias ?? node.parts.at(-1) ?? found.column.name,
    ...(found.column.identity === true && found.depth === 0 ? { identity: true } : {}),
    ...(found.depth === 0 ? { source: found.source.alias, origin: { slot: found.slot, ordinal: found.ordinal } } : {}),
  };
}

function assignmentColumn(item: Extract<SelectItem, { kind: 'assignment' }>, scope: Scope): SelectColumn {
  const expression = compileVariableAssignment(
    item.variable,
    item.operator,
    compileExpression(item.expression, scope),
    item.line,
    scope,
  );
  return { name: '', type: expression.type, nullable: true, expression };
}

/** Computes a value, stores it in a variable, and gives it back. */
export function compileVariableAssignment(
  variable: string,
  operator: AssignmentOperator,
  value: CompiledExpression,
  line: number,
  scope: Scope,
): CompiledExpression {
  const type = scope.environment.variable(variable);
  if (type === undefined) throw undeclaredVariable(variable, line);
  const key = nameKey(variable);
  const arithmetic = compoundOperator(operator);
  const assigned =
    arithmetic === undefined
      ? value
      : compileArithmetic(
          arithmetic,
          compileExpression({ kind: 'variable', name: variable, line }, scope),
          value,
          scope.environment,
        );
  const convert = compileConversion(assigned.type, type);
  return {
    type,
    nullable: true,
    evaluate: (frame) => {
      const result = convert(assigned.evaluate(frame));
      frame.run.context.setVariable(key, result);
      return result;
    },
  };
}
