/** Syntax tree of the XQuery subset: paths with predicates, comparisons, arithmetic, function calls. */
export type XQueryExpression =
  | { readonly kind: 'literal'; readonly value: string | number }
  | {
      readonly kind: 'path';
      /** Starts at the document of the context node. */
      readonly absolute: boolean;
      /** What the steps start from; absent = the context node. */
      readonly start?: XQueryExpression;
      /** Predicates on `start`, over the whole sequence. */
      readonly filters: readonly XQueryExpression[];
      readonly steps: readonly XQueryStep[];
    }
  | {
      readonly kind: 'binary';
      readonly operator: XQueryOperator;
      readonly left: XQueryExpression;
      readonly right: XQueryExpression;
    }
  | { readonly kind: 'negate'; readonly operand: XQueryExpression }
  | { readonly kind: 'call'; readonly name: string; readonly arguments: readonly XQueryExpression[] }
  | { readonly kind: 'sequence'; readonly items: readonly XQueryExpression[] };

export type XQueryOperator =
  | 'or'
  | 'and'
  | '='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '+'
  | '-'
  | '*'
  | 'div'
  | 'mod'
  | 'union';

export type XQueryAxis = 'child' | 'attribute' | 'self' | 'parent' | 'descendant' | 'descendant-or-self';

export type XQueryTest =
  /** An absent name or namespace matches any. */
  | { readonly kind: 'name'; readonly localName?: string; readonly namespace?: string }
  | { readonly kind: 'node' | 'text' | 'comment' | 'instruction' };

export interface XQueryStep {
  readonly axis: XQueryAxis;
  readonly test: XQueryTest;
  readonly predicates: readonly XQueryExpression[];
}

/** True when an expression can give one item at most, as far as can be told without a schema: what value() demands. */
export function isSingleton(expression: XQueryExpression): boolean {
  switch (expression.kind) {
    case 'path': {
      if (expression.start !== undefined && !isSingleton(expression.start) && !expression.filters.some(picksOne)) {
        return false;
      }
      return expression.steps.every((step) => {
        if (step.predicates.some(picksOne)) return true;
        if (step.axis === 'self' || step.axis === 'parent') return true;
        return step.axis === 'attribute' && step.test.kind === 'name' && step.test.localName !== undefined;
      });
    }
    case 'sequence':
      return expression.items.length === 0 || (expression.items.length === 1 && expression.items.every(isSingleton));
    case 'call':
      return !['data', 'distinct-values'].includes(expression.name) || expression.arguments.every(isSingleton);
    case 'binary':
      return expression.operator !== 'union';
    default:
      return true;
  }
}

function picksOne(predicate: XQueryExpression): boolean {
  if (predicate.kind === 'literal') return typeof predicate.value === 'number';
  if (predicate.kind === 'path' && predicate.start !== undefined && predicate.steps.length === 0) {
    return predicate.filters.length === 0 && picksOne(predicate.start);
  }
  return predicate.kind === 'call' && predicate.name === 'last' && predicate.arguments.length === 0;
}
