import { SqlError } from '../../errors.ts';
import type { Expression, FunctionCall } from '../../tsql/ast/expressions.ts';
import { unsupported } from '../../unsupported.ts';
import { refuseDocumentedFunction } from '../documented/is-documented.ts';
import { findGlobalVariable, findScalarFunction, isDatePartFunction } from '../functions/find-function.ts';
import { codePageOf } from '../types/collation-code-page.ts';
import { inheritCollation } from '../types/collation-precedence.ts';
import { compileConversion } from '../types/convert.ts';
import { currentDateSettings, defaultDateSettings, underDateSettings } from '../types/date-settings.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { SqlValue } from '../types/sql-value.ts';
import { intType, isCharacterType, isUnicodeType, nvarcharMaxType, withLength } from '../types/type-info.ts';
import { isAggregateName } from './aggregate.ts';
import { aggregateDepth, GroupsNeeded } from './aggregate-owner.ts';
import { compileCoalesce, compileNullif } from './case-expression.ts';
import { convertTo } from './conversion.ts';
import type { FunctionParameter } from './environment.ts';
import {
  aggregateInApply,
  aggregateInGroupBy,
  aggregateInOn,
  aggregateInSet,
  aggregateInWhere,
  invalidDatePart,
  overRequired,
  tooFewFunctionArguments,
  tooManyFunctionArguments,
  unknownFunction,
  unknownUserFunction,
  wrongArgumentCount,
  wrongArgumentRange,
} from './errors/expression-errors.ts';
import { nameText, undeclaredVariable } from './errors/name-errors.ts';
import { compileExpression, constant } from './expression.ts';
import type { CompiledExpression } from './frame.ts';
import { compileGroupingCall } from './grouping-call.ts';
import type { Scope } from './scope.ts';
import { compileWindowCall, isWindowOnlyName } from './window-call.ts';

/** Compiles a call by name: aggregate, window, built-in or user-defined function. */
export function compileFunctionCall(call: FunctionCall, scope: Scope): CompiledExpression {
  if (call.name.schema !== undefined) return compileUserFunction(call, scope);
  const name = call.name.name.toUpperCase();
  if (call.over !== undefined) return compileWindowCall(call, scope);
  if (isAggregateName(name)) {
    return compileAggregate(call, scope);
  }
  if (name === 'GROUPING' || name === 'GROUPING_ID') return compileGroupingCall(name, call, scope);
  if (isWindowOnlyName(name)) {
    throw overRequired(call.name.name, call.line);
  }
  if (name === 'COALESCE') return compileCoalesce(call.arguments, call.line, scope);
  if (name === 'NULLIF') {
    checkArgumentCount(name, call.arguments.length, 2, 2, call.line);
    return compileNullif(call.arguments, scope);
  }
  return compileNamedFunction(name, call.arguments, call.line, scope, call.name.name);
}

/** An aggregate, over the rows of the query whose columns it names. */
function compileAggregate(call: FunctionCall, scope: Scope): CompiledExpression {
  const depth = aggregateDepth(call, scope);
  let owner = scope;
  for (let step = 0; step < depth; step++) owner = owner.outer ?? owner;
  switch (owner.clause) {
    case 'ON clause':
      throw aggregateInOn(call.line);
    case 'GROUP BY clause':
      throw aggregateInGroupBy(call.line);
    case 'SET clause':
      throw aggregateInSet(call.line);
    case 'FROM clause':
      throw depth > 0 ? aggregateInApply(call.line) : aggregateInWhere(call.line);
    case 'WHERE clause':
      throw aggregateInWhere(call.line);
    case 'ORDER BY clause':
      if (depth > 0) unsupported('an aggregate of the query around it in a subquery of ORDER BY', call.line);
  }
  if (owner.grouping === undefined) {
    if (depth > 0 && owner.clause === 'select list') throw new GroupsNeeded(owner);
    throw aggregateInWhere(call.line);
  }
  const own = owner.grouping.aggregate(call, owner, depth);
  scope.markCorrelated(depth);
  return own;
}

/**
 * Compiles a built-in scalar function.
 *
 * @param name upper case
 * @param written the name as the statement has it, for error texts
 */
export function compileNamedFunction(
  name: string,
  args: readonly Expression[],
  line: number,
  scope: Scope,
  written: string = name,
): CompiledExpression {
  const call = compileCall(name, args, line, scope, written);
  const dates = currentDateSettings();
  if (dates === defaultDateSettings) return call;
  // Functions convert their arguments when they are called.
  return { ...call, evaluate: (frame) => underDateSettings(dates, () => call.evaluate(frame)) };
}

function compileCall(
  name: string,
  args: readonly Expression[],
  line: number,
  scope: Scope,
  written: string,
): CompiledExpression {
  const found = findScalarFunction(name);
  if (found === undefined) refuseUnknown(written, line);
  checkArgumentCount(written, args.length, found.minArguments, found.maxArguments, line);
  const compiled = args.map((argument, position) =>
    position === 0 && isDatePartFunction(name) ? datePart(argument) : compileExpression(argument, scope),
  );
  const types = compiled.map((argument) => argument.type);
  const { databaseCollation } = scope.environment;
  if (name === 'CHAR' && databaseCollation !== undefined && compiled[0] !== undefined) {
    return characterOf(convertTo(compiled[0], intType), databaseCollation);
  }
  const type = narrowTextType(
    found.resultType(
      types,
      compiled.map((argument) => argument.constant?.value),
    ),
    types,
  );
  const fit = fitOf(type, types);
  const nullable = !neverNull.has(name) || (name === 'ISNULL' && (compiled[1]?.nullable ?? true));
  const [first, second] = compiled;
  if (fit !== undefined) {
    return {
      type,
      nullable,
      evaluate: (frame) =>
        fit(
          found.evaluate(
            compiled.map((argument) => argument.evaluate(frame)),
            types,
            frame.run.context.functions,
          ),
        ),
    };
  }
  if (first === undefined) {
    return { type, nullable, evaluate: (frame) => found.evaluate([], types, frame.run.context.functions) };
  }
  if (second === undefined) {
    return {
      type,
      nullable,
      evaluate: (frame) => found.evaluate([first.evaluate(frame)], types, frame.run.context.functions),
    };
  }
  return {
    type,
    nullable,
    evaluate: (frame) =>
      found.evaluate(
        compiled.map((argument) => argument.evaluate(frame)),
        types,
        frame.run.context.functions,
      ),
  };
}

/** CHAR in a database of another code page: NULL where a byte isn't a whole character. */
function characterOf(code: CompiledExpression, collation: string): CompiledExpression {
  const page = codePageOf(collation);
  return {
    type: { name: 'char', length: 1 },
    nullable: true,
    evaluate: (frame) => {
      const byte = code.evaluate(frame);
      if (typeof byte !== 'number' || byte < 0 || byte > 255) return null;
      try {
        return page.decode(Uint8Array.of(byte));
      } catch (error) {
        if (error instanceof SqlError) return null;
        throw error;
      }
    },
  };
}

/** A char or varchar that a function makes of texts has their code page. */
function narrowTextType(type: SqlType, args: readonly SqlType[]): SqlType {
  if (!isCharacterType(type) || isUnicodeType(type) || type.collation !== undefined) return type;
  const { collation } = inheritCollation(type, args);
  return collation === undefined ? type : { ...type, collation };
}

/**
 * Brings what a function makes into the code page of its type: its arguments may be of others, and the length that it
 * keeps to counts characters. Undefined where there is nothing to do.
 */
function fitOf(type: SqlType, args: readonly SqlType[]): ((value: SqlValue) => SqlValue) | undefined {
  if (!isCharacterType(type) || isUnicodeType(type)) return undefined;
  const page = codePageOf(type.collation);
  const others = args.some((arg) => isCharacterType(arg) && !isUnicodeType(arg) && codePageOf(arg.collation) !== page);
  return others || page.maxBytes > 1 ? compileConversion(nvarcharMaxType, type) : undefined;
}

function refuseUnknown(name: string, line: number): never {
  refuseDocumentedFunction(name, line);
  throw unknownFunction(name, line);
}

/** @throws {SqlError} 195 when there is no built-in function of that name */
export function requireFunction(written: string, line: number): void {
  const name = written.toUpperCase();
  if (name === 'COALESCE' || name === 'NULLIF' || isAggregateName(name) || isWindowOnlyName(name)) return;
  if (name === 'GROUPING' || name === 'GROUPING_ID') return;
  if (findScalarFunction(name) === undefined) refuseUnknown(written, line);
}

/** The name of a date part, as in DATEADD(day, ...), as a text. */
function datePart(node: Expression): CompiledExpression {
  if (node.kind === 'column' && node.parts.length === 1) {
    const [text = ''] = node.parts;
    return constant(withLength('varchar', text.length), text);
  }
  throw invalidDatePart(node.line);
}

/** Built-in functions that the server describes as NOT NULL columns. */
const neverNull: ReadonlySet<string> = new Set([
  'ISNULL',
  'CONCAT',
  'GETDATE',
  'GETUTCDATE',
  'SYSDATETIME',
  'SYSUTCDATETIME',
  'SYSDATETIMEOFFSET',
  'NEWID',
]);

export function compileGlobalVariable(name: string, line: number): CompiledExpression {
  const found = findGlobalVariable(name);
  if (found === undefined) {
    throw undeclaredVariable(name, line);
  }
  return { type: found.type, nullable: true, evaluate: (frame) => found.evaluate(frame.run.context.functions) };
}

/** @throws {SqlError} 174 or 189 */
export function checkArgumentCount(name: string, count: number, minimum: number, maximum: number, line: number): void {
  if (count >= minimum && count <= maximum) return;
  const shown = name.toLowerCase();
  if (minimum === maximum) {
    throw wrongArgumentCount(shown, minimum, line);
  }
  throw wrongArgumentRange(shown, minimum, maximum, line);
}

function compileUserFunction(call: FunctionCall, scope: Scope): CompiledExpression {
  const found = scope.environment.scalarFunction(call.name);
  if (found === undefined) {
    const text = nameText(call.name);
    throw unknownUserFunction(call.name.schema ?? '', text, call.line);
  }
  const evaluate = compileArguments(nameText(call.name), call.arguments, found.parameters, call.line, scope);
  return {
    type: found.returns,
    nullable: true,
    evaluate: (frame) =>
      found.call(
        frame.run.context,
        evaluate.map((argument) => argument.evaluate(frame)),
      ),
  };
}

/** Arguments of a user-defined function, in the types of its parameters; DEFAULT takes a parameter's default value. */
export function compileArguments(
  name: string,
  args: readonly Expression[],
  parameters: readonly FunctionParameter[],
  line: number,
  scope: Scope,
): readonly CompiledExpression[] {
  if (args.length > parameters.length) {
    throw tooManyFunctionArguments(name, line);
  }
  return parameters.map((parameter, ordinal) => {
    const argument = args[ordinal];
    if (argument === undefined) {
      throw tooFewFunctionArguments(name, line);
    }
    if (argument.kind !== 'default') return convertTo(compileExpression(argument, scope), parameter.type);
    return constantDefault(parameter.type, parameter.defaultValue);
  });
}

function constantDefault(type: SqlType, value: SqlValue | undefined): CompiledExpression {
  return constant(type, value ?? null);
}
