import type { Expression } from '../../tsql/ast/expressions.ts';
import { parseTypeReference } from '../../tsql/parse.ts';
import { unsupported } from '../../unsupported.ts';
import { databaseCollated } from '../types/collation-precedence.ts';
import { compileConversion } from '../types/convert.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { SqlValue } from '../types/sql-value.ts';
import { bitType, isNumericType, nvarcharMaxType, xmlType } from '../types/type-info.ts';
import { invalidXmlValueType, literalExpected, methodOnScalar } from './errors/expression-errors.ts';
import { compileXmlQuery, type XQueryExternal, xmlExist, xmlQuery, xmlValue } from './evaluate-xml-method.ts';
import { castType, compileExpression } from './expression.ts';
import type { CompiledExpression, Frame } from './frame.ts';
import { requireSettings } from './required-settings.ts';
import type { Scope } from './scope.ts';

/** `x.value(query, type)`, `x.query(query)`, `x.exist(query)`. */
export function compileXmlMethod(node: Extract<Expression, { kind: 'method' }>, scope: Scope): CompiledExpression {
  const target = compileXmlTarget(node.target, node.line, scope);
  const [queryNode, typeNode] = node.arguments;
  const text = (node.namespaces ?? '') + literalText(queryNode, node.method, 1, node.line);
  switch (node.method.toLowerCase()) {
    case 'value': {
      const query = compileXmlQuery(text, 'value');
      const external = compileExternal(text, scope, node.line);
      const named = castType(parseTypeReference(literalText(typeNode, node.method, 2, node.line)), scope);
      const type = databaseCollated(named, scope.environment.databaseCollation);
      if (
        type.name === 'xml' ||
        type.name === 'sql_variant' ||
        type.name === 'text' ||
        type.name === 'ntext' ||
        type.name === 'image'
      ) {
        throw invalidXmlValueType(type.name, node.line);
      }
      const convert = compileConversion(nvarcharMaxType, type, { explicit: true });
      return {
        type,
        nullable: true,
        evaluate: (frame) => convert(xmlValue(target.evaluate(frame), query, external(frame))),
      };
    }
    case 'query': {
      const query = compileXmlQuery(text, 'query');
      const external = compileExternal(text, scope, node.line);
      return {
        type: xmlType,
        nullable: true,
        evaluate: (frame) => xmlQuery(target.evaluate(frame), query, external(frame)),
      };
    }
    case 'exist': {
      const query = compileXmlQuery(text, 'exist');
      const external = compileExternal(text, scope, node.line);
      return {
        type: bitType,
        nullable: true,
        evaluate: (frame) => xmlExist(target.evaluate(frame), query, external(frame)),
      };
    }
    default:
      throw unsupported(`the xml method ${node.method}()`, node.line);
  }
}

/** The xml value that a method is called on. */
export function compileXmlTarget(node: Expression, line: number, scope: Scope): CompiledExpression {
  requireSettings(scope.environment.settings, 'SELECT');
  const target = compileExpression(node, scope);
  if (target.type.name !== 'xml') {
    throw methodOnScalar(target.type.name, line);
  }
  return target;
}

function literalText(node: Expression | undefined, method: string, position: number, line: number): string {
  if (node?.kind === 'literal' && node.type === 'string') return node.value;
  throw literalExpected(position, method, node?.line ?? line);
}

/**
 * What `sql:variable("@x")` and `sql:column("t.c")` mean inside an XQuery text. They are found in the text itself, so that
 * unknown names fail when the statement is compiled.
 */
export function compileExternal(text: string, scope: Scope, line: number): (frame: Frame) => XQueryExternal {
  const known = new Map<string, CompiledExpression>();
  for (const [, kind = '', name = ''] of text.matchAll(/\bsql:(variable|column)\s*\(\s*["']([^"']+)["']\s*\)/g)) {
    const node: Expression =
      kind === 'variable'
        ? { kind: 'variable', name, line }
        : { kind: 'column', parts: name.split('.').map((part) => part.replace(/^\[(.*)\]$/, '$1')), line };
    known.set(`${kind} ${name}`, compileExpression(node, scope));
  }
  const texts = new Map([...known].map(([key, expression]) => [key, atomicOf(expression.type)]));
  return (frame) => (kind, name) => {
    const key = `${kind} ${name}`;
    const value = known.get(key)?.evaluate(frame) ?? null;
    return value === null ? null : (texts.get(key)?.(value) ?? null);
  };
}

function atomicOf(type: SqlType): (value: SqlValue) => string | number | boolean {
  if (type.name === 'bit') return (value) => value === 1;
  const convert = compileConversion(type, nvarcharMaxType, { explicit: true });
  return isNumericType(type) ? (value) => Number(convert(value)) : (value) => String(convert(value));
}
