import type { XmlChild, XmlNode } from './xml-node.ts';
import { stringValue } from './xml-node.ts';
import type { XQueryExpression, XQueryOperator, XQueryStep, XQueryTest } from './xquery-expression.ts';
import { callXQueryFunction } from './xquery-functions.ts';

/** An atomic value or a node. */
export type XQueryItem = XmlNode | string | number | boolean;

/** Where an expression is evaluated. */
export interface XQueryContext {
  readonly item: XQueryItem;
  /** 1-based. */
  readonly position: number;
  readonly size: number;
  /** sql:variable and sql:column. */
  readonly external: (kind: 'variable' | 'column', name: string) => string | number | boolean | null;
}

export function isNode(item: XQueryItem): item is XmlNode {
  return typeof item === 'object';
}

/** Text of an item. */
export function itemText(item: XQueryItem): string {
  return isNode(item) ? stringValue(item) : `${item}`;
}

/** The item as a number, NaN when it isn't one. */
export function itemNumber(item: XQueryItem): number {
  if (typeof item === 'number') return item;
  if (typeof item === 'boolean') return item ? 1 : 0;
  const text = itemText(item).trim();
  return text === '' ? Number.NaN : Number(text);
}

/** Effective boolean value: an empty sequence, false, 0, NaN and '' are false. */
export function effectiveBoolean(items: readonly XQueryItem[]): boolean {
  const [first] = items;
  if (first === undefined) return false;
  if (isNode(first)) return true;
  if (typeof first === 'number') return first !== 0 && !Number.isNaN(first);
  return typeof first === 'boolean' ? first : first !== '';
}

/** Evaluates an expression to its sequence of items, nodes in document order. */
export function evaluateXQuery(expression: XQueryExpression, context: XQueryContext): readonly XQueryItem[] {
  switch (expression.kind) {
    case 'literal':
      return [expression.value];
    case 'negate': {
      const [operand] = evaluateXQuery(expression.operand, context);
      return operand === undefined ? [] : [-itemNumber(operand)];
    }
    case 'sequence':
      return expression.items.flatMap((item) => evaluateXQuery(item, context));
    case 'call':
      return callXQueryFunction(expression.name, expression.arguments, context);
    case 'binary':
      return evaluateBinary(expression.operator, expression.left, expression.right, context);
    case 'path':
      return evaluatePath(expression, context);
  }
}

function evaluateBinary(
  operator: XQueryOperator,
  left: XQueryExpression,
  right: XQueryExpression,
  context: XQueryContext,
): readonly XQueryItem[] {
  switch (operator) {
    case 'or':
      return [effectiveBoolean(evaluateXQuery(left, context)) || effectiveBoolean(evaluateXQuery(right, context))];
    case 'and':
      return [effectiveBoolean(evaluateXQuery(left, context)) && effectiveBoolean(evaluateXQuery(right, context))];
    case 'union':
      return inDocumentOrder([...evaluateXQuery(left, context), ...evaluateXQuery(right, context)]);
    case '+':
    case '-':
    case '*':
    case 'div':
    case 'mod': {
      const [first] = evaluateXQuery(left, context);
      const [second] = evaluateXQuery(right, context);
      if (first === undefined || second === undefined) return [];
      return [arithmetic(operator, itemNumber(first), itemNumber(second))];
    }
    default: {
      const items = evaluateXQuery(right, context);
      return [evaluateXQuery(left, context).some((a) => items.some((b) => holds(operator, a, b)))];
    }
  }
}

function arithmetic(operator: '+' | '-' | '*' | 'div' | 'mod', left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case 'div':
      return left / right;
    case 'mod':
      return left % right;
  }
}

/** Untyped values compare as numbers with numbers, as text otherwise. */
function holds(operator: XQueryOperator, left: XQueryItem, right: XQueryItem): boolean {
  if (typeof left === 'number' || typeof right === 'number') {
    return ordered(operator, itemNumber(left), itemNumber(right));
  }
  if (typeof left === 'boolean' || typeof right === 'boolean') {
    return ordered(operator, Number(truth(left)), Number(truth(right)));
  }
  return ordered(operator, itemText(left), itemText(right));
}

function truth(item: XQueryItem): boolean {
  if (typeof item === 'boolean') return item;
  const text = itemText(item).trim();
  return text === 'true' || text === '1';
}

function ordered<T extends string | number>(operator: XQueryOperator, left: T, right: T): boolean {
  switch (operator) {
    case '=':
      return left === right;
    case '!=':
      return left !== right && !Number.isNaN(left) && !Number.isNaN(right);
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    default:
      return left >= right;
  }
}

function rootOf(node: XmlNode): XmlNode {
  let root: XmlNode = node;
  while (root.parent !== undefined) root = root.parent;
  return root;
}

function evaluatePath(
  path: Extract<XQueryExpression, { kind: 'path' }>,
  context: XQueryContext,
): readonly XQueryItem[] {
  let items: readonly XQueryItem[];
  if (path.start !== undefined) items = evaluateXQuery(path.start, context);
  else if (!path.absolute) items = [context.item];
  else items = isNode(context.item) ? [rootOf(context.item)] : [];
  for (const filter of path.filters) items = filtered(items, filter, context);
  let sorted = true;
  for (const step of path.steps) {
    if (sorted && items.length > 1 && step.axis !== 'attribute' && step.axis !== 'self')
      sorted = step.axis === 'child' && !mayNest(path.steps);
    items = takeStep(items, step, context);
  }
  return sorted ? items : inDocumentOrder(items);
}

/** After a descendant step nodes can lie inside each other, so their children come out of order. */
function mayNest(steps: readonly XQueryStep[]): boolean {
  return steps.some((step) => step.axis === 'descendant' || step.axis === 'descendant-or-self');
}

function takeStep(items: readonly XQueryItem[], step: XQueryStep, context: XQueryContext): readonly XQueryItem[] {
  const result: XQueryItem[] = [];
  for (const item of items) {
    if (!isNode(item)) continue;
    let found: readonly XQueryItem[] = nodesOnAxis(item, step).filter((node) => matches(node, step.test, step.axis));
    for (const predicate of step.predicates) found = filtered(found, predicate, context);
    for (const node of found) result.push(node);
  }
  return items.length > 1 && (step.axis === 'parent' || step.axis.startsWith('descendant'))
    ? [...new Set(result)]
    : result;
}

function nodesOnAxis(node: XmlNode, step: XQueryStep): readonly XmlNode[] {
  switch (step.axis) {
    case 'self':
      return [node];
    case 'parent':
      return node.parent === undefined ? [] : [node.parent];
    case 'attribute':
      return node.kind === 'element' ? node.attributes : [];
    case 'descendant':
      return descendants(node);
    case 'descendant-or-self':
      return [node, ...descendants(node)];
    case 'child':
      return childrenOf(node);
  }
}

function childrenOf(node: XmlNode): readonly XmlChild[] {
  return node.kind === 'element' || node.kind === 'document' ? node.children : [];
}

function descendants(node: XmlNode): XmlNode[] {
  const found: XmlNode[] = [];
  const visit = (parent: XmlNode): void => {
    for (const child of childrenOf(parent)) {
      found.push(child);
      visit(child);
    }
  };
  visit(node);
  return found;
}

function matches(node: XmlNode, test: XQueryTest, axis: XQueryStep['axis']): boolean {
  if (test.kind === 'node') return true;
  if (test.kind !== 'name') return node.kind === test.kind;
  if (node.kind !== (axis === 'attribute' ? 'attribute' : 'element')) return false;
  if (test.localName !== undefined && node.localName !== test.localName) return false;
  return test.namespace === undefined || node.namespace === test.namespace;
}

/** A number picks by position, anything else by its truth. */
function filtered(
  items: readonly XQueryItem[],
  predicate: XQueryExpression,
  context: XQueryContext,
): readonly XQueryItem[] {
  if (predicate.kind === 'literal' && typeof predicate.value === 'number') {
    const item = items[predicate.value - 1];
    return item === undefined ? [] : [item];
  }
  return items.filter((item, index) => {
    const result = evaluateXQuery(predicate, { ...context, item, position: index + 1, size: items.length });
    const [first] = result;
    return result.length === 1 && typeof first === 'number' ? first === index + 1 : effectiveBoolean(result);
  });
}

/** Without repetitions, in the order of the document; atomic values stay where they are. */
function inDocumentOrder(items: readonly XQueryItem[]): readonly XQueryItem[] {
  const nodes = [...new Set(items)];
  const [first] = nodes;
  if (nodes.length < 2 || first === undefined || !nodes.every(isNode)) return nodes;
  const order = new Map<XmlNode, number>();
  const number = (node: XmlNode): void => {
    order.set(node, order.size);
    if (node.kind === 'element') for (const attribute of node.attributes) order.set(attribute, order.size);
    for (const child of childrenOf(node)) number(child);
  };
  number(rootOf(first as XmlNode));
  return nodes.sort((a, b) => (order.get(a as XmlNode) ?? 0) - (order.get(b as XmlNode) ?? 0));
}
