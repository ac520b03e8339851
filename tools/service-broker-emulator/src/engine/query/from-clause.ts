import type { Predicate } from '../../tsql/ast/expressions.ts';
import type { TableSource } from '../../tsql/ast/queries.ts';
import { nameKey } from '../catalog/name-key.ts';
import { repeatedCorrelationName, sameExposedNames } from './errors/query-errors.ts';
import { type Conjunct, type JoinNode, leavesOf, splitConjuncts } from './join-tree.ts';
import { compilePredicate } from './predicate.ts';
import { compileLeaf } from './row-source.ts';
import type { Clause, Scope, ScopeSource } from './scope.ts';

/** Compiles FROM: registers its sources in `scope` and returns how they are joined. Undefined without FROM. */
export function compileFrom(sources: readonly TableSource[], scope: Scope): JoinNode | undefined {
  let root: JoinNode | undefined;
  for (const source of sources) {
    const before = scope.sources;
    scope.sources = [];
    const node = compileSource(source, scope, []);
    const added = scope.sources;
    scope.sources = [...before, ...added];
    root = root === undefined ? node : { kind: 'inner', left: root, right: node, on: [] };
  }
  checkExposedNames(scope.sources, sources[0]?.line ?? 0);
  return root;
}

/** @param visible sources to the left that an APPLY inside may refer to */
function compileSource(source: TableSource, scope: Scope, visible: readonly ScopeSource[]): JoinNode {
  if (source.kind !== 'join') {
    const leaf = compileLeaf(source, scope, visible);
    scope.sources = [...scope.sources, leaf.source];
    return leaf;
  }
  const before = scope.sources;
  scope.sources = [];
  const left = compileSource(source.left, scope, visible);
  const leftSources = scope.sources;
  const apply = source.type === 'crossApply' || source.type === 'outerApply';
  scope.sources = [];
  const right = compileSource(source.right, scope, apply ? [...visible, ...leftSources] : visible);
  const rightSources = scope.sources;
  scope.sources = [...leftSources, ...rightSources];
  const on = source.on === undefined ? [] : compileConjuncts(source.on, scope, 'ON clause');
  scope.sources = [...before, ...leftSources, ...rightSources];
  switch (source.type) {
    case 'inner':
    case 'cross':
    case 'crossApply':
      return { kind: 'inner', left, right, on };
    case 'left':
    case 'outerApply':
      markOptional(right);
      return { kind: 'left', left, right, on };
    case 'right':
      markOptional(left);
      return { kind: 'left', left: right, right: left, on };
    case 'full':
      markOptional(left);
      markOptional(right);
      return { kind: 'full', left, right, on };
  }
}

function markOptional(node: JoinNode): void {
  for (const leaf of leavesOf(node)) leaf.source.optional = true;
}

/** The AND-ed parts of a condition, each with what it reads. */
export function compileConjuncts(node: Predicate, scope: Scope, clause: Clause): readonly Conjunct[] {
  const previous = scope.clause;
  scope.clause = clause;
  const sources = scope.sources;
  try {
    return splitConjuncts(node).map((part): Conjunct => {
      const correlatedBefore = scope.correlated;
      scope.correlated = false;
      const { value, slots } = scope.track(() => compilePredicate(part, scope));
      const correlated = scope.correlated;
      scope.correlated = correlatedBefore || correlated;
      return { node: part, scope, sources, test: value, slots, correlated };
    });
  } finally {
    scope.clause = previous;
  }
}

function checkExposedNames(sources: readonly ScopeSource[], line: number): void {
  const seen = new Set<string>();
  for (const source of sources) {
    if (source.alias === '') continue;
    const key = `${nameKey(source.schema ?? '')}.${nameKey(source.alias)}`;
    if (seen.has(key)) {
      throw source.schema === undefined
        ? repeatedCorrelationName(source.alias, line)
        : sameExposedNames(`${source.schema}.${source.alias}`, line);
    }
    seen.add(key);
  }
}
