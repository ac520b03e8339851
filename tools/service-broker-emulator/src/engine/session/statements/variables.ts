import type { Expression } from '../../../tsql/ast/expressions.ts';
import type { AssignmentOperator } from '../../../tsql/ast/queries.ts';
import type { Statement } from '../../../tsql/ast/statements.ts';
import { nameKey } from '../../catalog/name-key.ts';
import { type CompiledScalar, compileScalar, underSettingsOf } from '../../query/compile-statement.ts';
import type { QueryEnvironment } from '../../query/environment.ts';
import { undeclaredVariable } from '../../query/errors/name-errors.ts';
import { compileConversion } from '../../types/convert.ts';
import type { SqlValue } from '../../types/sql-value.ts';
import type { Interpreter } from '../interpreter.ts';
import type { ModuleFrame } from '../module-frame.ts';
import { findType } from '../name-resolution.ts';
import { requireType } from '../rpc-arguments.ts';

export type Of<K extends Statement['kind']> = Extract<Statement, { kind: K }>;

/** Assignments need a session only, so that functions can make them too. */
type Assigning = Pick<Interpreter, 'session'>;

interface Assignment {
  /** The variable's name in key form. */
  readonly key: string;
  readonly scalar: CompiledScalar;
  readonly convert: (value: SqlValue) => SqlValue;
}

function compileAssignment(name: string, expression: Expression, environment: QueryEnvironment): Assignment {
  const target = environment.variable(name);
  if (target === undefined) throw undeclaredVariable(name, expression.line);
  const scalar = compileScalar(expression, environment);
  return {
    key: nameKey(name),
    scalar,
    convert: underSettingsOf(environment, () => compileConversion(scalar.type, target, { explicit: false })),
  };
}

/** Assigns an expression to a variable; `node` is what the plan is kept under. */
function assign(run: Assigning, node: object, name: string, expression: Expression, frame: ModuleFrame): void {
  const plan = run.session.plan(node, frame, (environment) => compileAssignment(name, expression, environment));
  const context = run.session.context(frame);
  context.setVariable(plan.key, plan.convert(plan.scalar.evaluate(context)));
}

/** Keeps the expression `@v op value` of a compound assignment, so that its plan can be cached. */
const compoundExpressions = new WeakMap<object, Expression>();

function assignedExpression(statement: Of<'setVariable'>): Expression {
  if (statement.operator === '=') return statement.value;
  const known = compoundExpressions.get(statement);
  if (known !== undefined) return known;
  const operator = statement.operator.slice(0, -1) as Exclude<AssignmentOperator, '='> extends `${infer O}=`
    ? O
    : never;
  const expression: Expression = {
    kind: 'binary',
    operator,
    left: { kind: 'variable', name: statement.variable, line: statement.line },
    right: statement.value,
    line: statement.line,
  };
  compoundExpressions.set(statement, expression);
  return expression;
}

export function runDeclare(run: Assigning, statement: Of<'declare'>, frame: ModuleFrame): void {
  for (const variable of statement.variables) {
    if (frame.declarations.tables.size > 0 && frame.declarations.tables.has(nameKey(variable.name))) {
      const type = findType(variable.type.name, run.session.database, frame.defaultSchema);
      if (type !== undefined) requireType(run.session, type, frame);
    }
    if (variable.value !== undefined) assign(run, variable, variable.name, variable.value, frame);
  }
}

/** What there is to compile of DECLARE and SET: the nodes that plans are kept under, and how they are made. */
export function assignmentsOf(
  statement: Of<'declare' | 'setVariable'>,
): readonly { readonly node: object; compile(environment: QueryEnvironment): unknown }[] {
  if (statement.kind === 'setVariable') {
    const { variable } = statement;
    const expression = assignedExpression(statement);
    return [{ node: statement, compile: (environment) => compileAssignment(variable, expression, environment) }];
  }
  return statement.variables.flatMap((variable) => {
    const { name, value } = variable;
    return value === undefined
      ? []
      : [{ node: variable, compile: (environment: QueryEnvironment) => compileAssignment(name, value, environment) }];
  });
}

export function runSetVariable(run: Assigning, statement: Of<'setVariable'>, frame: ModuleFrame): void {
  assign(run, statement, statement.variable, assignedExpression(statement), frame);
}
