import type { SqlValue } from '../types/sql-value.ts';
import { documentOf, XmlNodeReference } from '../types/xml-value.ts';
import { attributeOutsideElement, nodesRequired, noExternalReference, singletonRequired } from '../xml/errors.ts';
import type { XmlNode } from '../xml/xml-node.ts';
import { serializeXml } from '../xml/xml-serializer.ts';
import { evaluateXQuery, isNode, itemText, type XQueryContext, type XQueryItem } from '../xml/xquery-evaluator.ts';
import { isSingleton, type XQueryExpression } from '../xml/xquery-expression.ts';
import { parseXQuery } from '../xml/xquery-parser.ts';

export type XmlMethodName = 'value' | 'query' | 'exist' | 'nodes';

/** Reads what `sql:variable("@x")` and `sql:column("c")` name, as text, number, boolean or null. */
export type XQueryExternal = XQueryContext['external'];

/** A compiled query of one of the methods of xml. */
export interface XmlQuery {
  readonly method: XmlMethodName;
  readonly expression: XQueryExpression;
}

const compiled = new Map<string, XmlQuery>();
/** Queries are literals in statements; more than this many would only hold memory. */
const cachedQueries = 500;

/**
 * Compiles the query of an xml method, once per text.
 *
 * @throws {SqlError} 22xx and 23xx for wrong XQuery, 2389 when value() could get more than one item
 */
export function compileXmlQuery(text: string, method: XmlMethodName): XmlQuery {
  const key = `${method} ${text}`;
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const expression = parseXQuery(text, `${method}()`);
  if (method === 'value' && !isSingleton(expression)) {
    throw singletonRequired();
  }
  const query: XmlQuery = { method, expression };
  if (compiled.size >= cachedQueries) compiled.clear();
  compiled.set(key, query);
  return query;
}

const noExternal: XQueryExternal = (kind, name) => {
  throw noExternalReference(kind, name);
};

function evaluate(target: Exclude<SqlValue, null>, query: XmlQuery, external: XQueryExternal): readonly XQueryItem[] {
  const item: XmlNode = target instanceof XmlNodeReference ? target.node : documentOf(target as string);
  return evaluateXQuery(query.expression, { item, position: 1, size: 1, external });
}

/**
 * `target.value(query, ...)`: the text of the one item, null when there is none. The caller converts it to the type
 * that the method's second argument names, explicitly, as from nvarchar(max).
 *
 * @param target an xml value or a row of nodes()
 */
export function xmlValue(target: SqlValue, query: XmlQuery, external: XQueryExternal = noExternal): string | null {
  if (target === null) return null;
  const [item] = evaluate(target, query, external);
  return item === undefined ? null : itemText(item);
}

/** `target.query(query)`: the items as an xml value. */
export function xmlQuery(target: SqlValue, query: XmlQuery, external: XQueryExternal = noExternal): string | null {
  if (target === null) return null;
  let result = '';
  let afterAtomic = false;
  for (const item of evaluate(target, query, external)) {
    if (isNode(item)) {
      if (item.kind === 'attribute') {
        throw attributeOutsideElement();
      }
      result += serializeXml(item);
      afterAtomic = false;
    } else {
      result += `${afterAtomic ? ' ' : ''}${item}`;
      afterAtomic = true;
    }
  }
  return result;
}

/** `target.exist(query)`: 1 when the result has any item, else 0. */
export function xmlExist(target: SqlValue, query: XmlQuery, external: XQueryExternal = noExternal): 0 | 1 | null {
  if (target === null) return null;
  return evaluate(target, query, external).length > 0 ? 1 : 0;
}

/**
 * `target.nodes(query)`: one row per node. The rows are only for the methods of xml; anything else that a statement does
 * with them is error 493.
 */
export function xmlNodes(
  target: SqlValue,
  query: XmlQuery,
  external: XQueryExternal = noExternal,
): readonly XmlNodeReference[] {
  if (target === null) return [];
  return evaluate(target, query, external).map((item) => {
    if (!isNode(item)) {
      throw nodesRequired();
    }
    return new XmlNodeReference(item);
  });
}
