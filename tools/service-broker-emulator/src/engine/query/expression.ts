import { SqlError } from '../../errors.ts';
import type { BinaryOperator, Expression } from '../../tsql/ast/expressions.ts';
import type { TypeReference } from '../../tsql/ast/nodes.ts';
import { unsupported } from '../../unsupported.ts';
import { nameKey } from '../catalog/name-key.ts';
import { compileBinary, compileUnary } from '../types/arithmetic.ts';
import { codePageOf } from '../types/collation-code-page.ts';
import { collatedType, columnType, databaseCollated, inheritCollation } from '../types/collation-precedence.ts';
import { compileConversion, compileTryConversion } from '../types/convert.ts';
import { currentDateSettings, underDateSettings } from '../types/date-settings.ts';
import { parseBuiltInType } from '../types/format-type.ts';
import { literalType } from '../types/literal.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { SqlRow, SqlValue } from '../types/sql-value.ts';
import { isCharacterType, isUnicodeType, nullType } from '../types/type-info.ts';
import { compileCase, compileIif } from './case-expression.ts';
import { convertTo } from './conversion.ts';
import { detachedFrame } from './detached-frame.ts';
import type { QueryEnvironment } from './environment.ts';
import { invalidObjectName, notASystemType, undeclaredVariable } from './errors/name-errors.ts';
import { type CompiledExpression, type Frame, outerFrame } from './frame.ts';
import { compileFunctionCall, compileGlobalVariable, compileNamedFunction } from './function-call.ts';
import type { Scope } from './scope.ts';
import { compileScalarSubquery } from './subquery.ts';
import { compileXmlMethod } from './xml-method.ts';

/**
 * Compiles a scalar expression for the rows of `scope`.
 *
 * @throws {SqlError} for names that do not resolve and types that do not fit
 */
export function compileExpression(node: Expression, scope: Scope): CompiledExpression {
  const grouped = scope.grouping?.match(node, scope);
  if (grouped !== undefined) return grouped;
  const compiled = compileNode(node, scope);
  const type = databaseCollated(compiled.type, scope.environment.databaseCollation);
  return type === compiled.type ? compiled : { ...compiled, type };
}

function compileNode(node: Expression, scope: Scope): CompiledExpression {
  switch (node.kind) {
    case 'literal': {
      const { type, value } = literalType(node, scope.environment.databaseCollation);
      return constant(type, value);
    }
    case 'variable':
      return compileVariable(node.name, node.line, scope);
    case 'globalVariable':
      return compileGlobalVariable(node.name, node.line);
    case 'column':
      return compileColumn(node.parts, node.line, scope);
    case 'unary': {
      const operand = compileExpression(node.operand, scope);
      const operation = compileUnary(node.operator, operand.type);
      return fold(
        {
          type: operation.type,
          nullable: operand.nullable,
          evaluate: (frame) => operation.evaluate(operand.evaluate(frame)),
        },
        [operand],
      );
    }
    case 'binary': {
      const left = compileExpression(node.left, scope);
      const right = compileExpression(node.right, scope);
      return compileArithmetic(node.operator, left, right, scope.environment);
    }
    case 'collate': {
      const operand = compileExpression(node.operand, scope);
      const type = collatedType(operand.type, node.collation, scope.environment.databaseCollation);
      // Under another code page a varchar becomes other bytes, and what that lacks is lost.
      return isCharacterType(type) &&
        !isUnicodeType(type) &&
        codePageOf(type.collation) !== codePageOf(operand.type.collation)
        ? convertTo(operand, type)
        : { ...operand, type };
    }
    case 'atTimeZone':
      return compileNamedFunction('AT TIME ZONE', [node.operand, node.zone], node.line, scope);
    case 'cast':
      return compileConversionOf(node.operand, node.type, undefined, node.tolerant, scope);
    case 'convert':
      return compileConversionOf(node.operand, node.type, node.style, node.tolerant, scope);
    case 'case':
      return compileCase(node, scope);
    case 'iif':
      return compileIif(node, scope);
    case 'subquery':
      return compileScalarSubquery(node.query, scope);
    case 'function':
      return compileFunctionCall(node, scope);
    case 'method':
      return compileXmlMethod(node, scope);
    case 'nextValueFor':
      return compileNextValue(node, scope);
    case 'default':
      throw unsupported('DEFAULT as a value outside VALUES, SET and procedure arguments', node.line);
  }
}

/** `left operator right`. */
export function compileArithmetic(
  operator: BinaryOperator,
  left: CompiledExpression,
  right: CompiledExpression,
  environment: QueryEnvironment,
): CompiledExpression {
  if (operator === '+' && environment.settings?.concatNullYieldsNull === false) {
    const [first, second] = [orEmpty(left, right), orEmpty(right, left)];
    if (first !== undefined && second !== undefined) return compileOperation(operator, first, second);
  }
  return compileOperation(operator, left, right);
}

/** SET CONCAT_NULL_YIELDS_NULL OFF: NULL in place of a text is the empty text. Undefined for what isn't text. */
function orEmpty(operand: CompiledExpression, beside: CompiledExpression): CompiledExpression | undefined {
  const type = operand.type === nullType ? beside.type : operand.type;
  if (!isCharacterType(type)) return undefined;
  const { evaluate } = operand;
  return { type, nullable: false, evaluate: (frame) => evaluate(frame) ?? '' };
}

function compileOperation(
  operator: BinaryOperator,
  left: CompiledExpression,
  right: CompiledExpression,
): CompiledExpression {
  left.wants?.(right.type);
  right.wants?.(left.type);
  const { type, evaluate } = compileBinary(operator, left.type, right.type, {
    left: left.constant?.value,
    right: right.constant?.value,
  });
  return {
    type,
    nullable: left.nullable || right.nullable,
    evaluate: (frame) => evaluate(left.evaluate(frame), right.evaluate(frame)),
  };
}

/** An expression whose value is known now. */
export function constant(type: SqlType, value: SqlValue): CompiledExpression {
  return { type, nullable: value === null, evaluate: () => value, constant: { value } };
}

/**
 * Computes a pure operation on constants once. One that fails is left to run time, because SQL Server reports it only
 * when a row reaches it.
 */
export function fold(expression: CompiledExpression, operands: readonly CompiledExpression[]): CompiledExpression {
  if (operands.some((operand) => operand.constant === undefined)) return expression;
  try {
    const value = expression.evaluate(detachedFrame());
    return { ...expression, nullable: value === null, evaluate: () => value, constant: { value } };
  } catch {
    return expression;
  }
}

function compileVariable(name: string, line: number, scope: Scope): CompiledExpression {
  const key = nameKey(name);
  let depth = 0;
  for (let place: Scope | undefined = scope; place !== undefined; place = place.outer, depth++) {
    const found = place.parameters?.get(key);
    if (found === undefined) continue;
    scope.markCorrelated(depth);
    place.use(0);
    return { ...readColumn(depth, 0, found.ordinal), type: found.parameter.type, nullable: true };
  }
  const type = scope.environment.variable(name);
  if (type === undefined) {
    const wants = scope.environment.undeclared?.(name);
    if (wants === undefined) throw undeclaredVariable(name, line);
    return { type: nullType, nullable: true, evaluate: () => null, wants };
  }
  return { type, nullable: true, evaluate: (frame) => frame.run.context.getVariable(key) };
}

function compileColumn(parts: readonly string[], line: number, scope: Scope): CompiledExpression {
  const found = scope.resolve(parts, line);
  const byName = scope.environment.databaseCollation !== undefined;
  const grouped = found.scope.grouping?.column(found, found.depth, line);
  if (grouped !== undefined) return { ...grouped, type: columnType(grouped.type, byName) };
  const type = columnType(found.column.type, byName);
  return { ...readColumn(found.depth, found.slot, found.ordinal), type, nullable: found.nullable };
}

/** Reads one value of a row in the frame `depth` queries out. */
export function readColumn(
  depth: number,
  slot: number,
  ordinal: number,
): { readonly evaluate: (frame: Frame) => SqlValue } {
  if (depth === 0) return { evaluate: (frame) => (frame.rows[slot] as SqlRow)[ordinal] as SqlValue };
  if (depth === 1) {
    return { evaluate: (frame) => ((frame.outer as Frame).rows[slot] as SqlRow)[ordinal] as SqlValue };
  }
  return { evaluate: (frame) => (outerFrame(frame, depth).rows[slot] as SqlRow)[ordinal] as SqlValue };
}

function compileConversionOf(
  operandNode: Expression,
  reference: TypeReference,
  styleNode: Expression | undefined,
  tolerant: boolean,
  scope: Scope,
): CompiledExpression {
  const operand = compileExpression(operandNode, scope);
  const { databaseCollation } = scope.environment;
  const type = databaseCollated(inheritCollation(castType(reference, scope), [operand.type]), databaseCollation);
  operand.wants?.(type);
  const style = styleNode === undefined ? undefined : convertTo(compileExpression(styleNode, scope), { name: 'int' });
  if (style !== undefined && style.constant === undefined) {
    // The style decides the conversion, so one that varies is looked up per value.
    const byStyle = new Map<SqlValue, (value: SqlValue) => SqlValue>();
    const dates = currentDateSettings();
    return {
      type,
      nullable: true,
      evaluate: (frame) => {
        const chosen = style.evaluate(frame);
        if (chosen === null) return null;
        let convert = byStyle.get(chosen);
        if (convert === undefined) {
          convert = underDateSettings(dates, () => explicitConversion(operand.type, type, Number(chosen), tolerant));
          byStyle.set(chosen, convert);
        }
        return convert(operand.evaluate(frame));
      },
    };
  }
  if (style?.constant?.value === null) return constant(type, null);
  const convert = explicitConversion(
    operand.type,
    type,
    style === undefined ? undefined : Number(style.constant?.value),
    tolerant,
  );
  return fold({ type, nullable: operand.nullable || tolerant, evaluate: (frame) => convert(operand.evaluate(frame)) }, [
    operand,
  ]);
}

function explicitConversion(
  from: SqlType,
  to: SqlType,
  style: number | undefined,
  tolerant: boolean,
): (value: SqlValue) => SqlValue {
  const options = { explicit: true, ...(style === undefined ? {} : { style }) };
  return tolerant ? compileTryConversion(from, to, options) : compileConversion(from, to, options);
}

/**
 * The type a CAST or CONVERT names: character and binary types without a length get 30 there.
 *
 * @throws {SqlError} 243 for an alias type and for one that there isn't
 */
export function castType(reference: TypeReference, scope: Scope): SqlType {
  if (reference.name.schema === undefined || nameKey(reference.name.schema) === 'sys') {
    const builtIn = parseBuiltInType(reference.name.name, reference.parameters, { defaultLength: 30 });
    if (builtIn !== undefined) return builtIn;
  }
  try {
    scope.environment.dataType(reference);
  } catch (error) {
    if (!(error instanceof SqlError) || error.number !== 2715) throw error;
  }
  throw notASystemType(reference);
}

function compileNextValue(node: Extract<Expression, { kind: 'nextValueFor' }>, scope: Scope): CompiledExpression {
  const sequence = scope.environment.sequence(node.sequence);
  if (sequence === undefined) throw invalidObjectName(node.sequence);
  if (node.over !== undefined) throw unsupported('NEXT VALUE FOR ... OVER', node.line);
  return { type: sequence.type, nullable: false, evaluate: (frame) => sequence.next(frame.run.context) };
}
