import type { QueryExpression, SelectStatement, TableSource } from '../../tsql/ast/queries.ts';
import { nameKey } from '../catalog/name-key.ts';
import { compileConversion } from '../types/convert.ts';
import type { SqlRow } from '../types/sql-value.ts';
import { sameType } from '../types/type-info.ts';
import { compileQuery } from './compile-query.ts';
import {
  duplicateCte,
  recursionExhausted,
  recursionTypesDiffer,
  recursionWithoutUnionAll,
  unequalSetColumns,
} from './errors/query-errors.ts';
import { outerFrame } from './frame.ts';
import type { QueryPlace, QueryPlan } from './query-plan.ts';
import { queryRows, type Rows, renamed } from './row-source.ts';
import type { CteBinding, CteBindings, Scope, WorkingTable } from './scope.ts';

/** SQL Server's own limit unless OPTION (MAXRECURSION n) is given. */
const defaultMaxRecursion = 100;

/** The expressions of a WITH clause, each seeing those before it. */
export function bindCtes(
  statement: SelectStatement | { readonly with: SelectStatement['with'] },
  place: QueryPlace,
): CteBindings {
  let bindings: CteBindings = place.ctes;
  const seen = new Set<string>();
  for (const expression of statement.with) {
    const key = nameKey(expression.name);
    if (seen.has(key)) {
      throw duplicateCte(expression.name);
    }
    seen.add(key);
    const binding: CteBinding = { expression, place: { ...place, ctes: bindings } };
    bindings = new Map(bindings).set(key, binding);
  }
  return bindings;
}

/** The rows of a common table expression where `scope` refers to it. */
export function compileCteReference(binding: CteBinding, scope: Scope, line: number): Rows {
  const depth = depthOf(binding.place, scope);
  if (binding.working !== undefined) return workingRows(binding.working);
  const { expression } = binding;
  const { query } = expression;
  if (query.query.kind === 'set' && mentions(query.query, nameKey(expression.name))) {
    return at(compileRecursive(binding, line), depth, binding);
  }
  return at(compileQuery(query, binding.place), depth, binding);
}

function at(plan: QueryPlan, depth: number, binding: CteBinding): Rows {
  const rows: Rows = {
    ...queryRows(plan, 0),
    scan: (slot) => (frame, step) =>
      plan.scan(frame.run, binding.place.outer === undefined ? undefined : outerFrame(frame, depth), (row) => {
        frame.rows[slot] = row;
        return step();
      }),
  };
  return renamed(rows, binding.expression.name, binding.expression.columns);
}

/** How many queries lie between a reference and the query around the WITH clause. */
function depthOf(place: QueryPlace, scope: Scope): number {
  let depth = 0;
  for (let at: Scope | undefined = scope; at !== undefined && at !== place.outer; at = at.outer) depth++;
  return depth;
}

function workingRows(working: WorkingTable): Rows {
  return {
    columns: working.columns,
    // The rows change from round to round, so nothing computed from them may be kept for the statement.
    correlated: true,
    computed: false,
    estimate: 1,
    scan: (slot) => (frame, step) => {
      for (const row of (frame.run.results.get(working.key) as readonly SqlRow[] | undefined) ?? []) {
        frame.rows[slot] = row;
        if (!step()) return false;
      }
      return true;
    },
  };
}

function compileRecursive(binding: CteBinding, line: number): QueryPlan {
  const { expression, place } = binding;
  const name = nameKey(expression.name);
  const parts = unionParts(expression.query.query);
  const anchors = parts.filter((part) => !mentions(part, name));
  const recursive = parts.filter((part) => mentions(part, name));
  const [firstAnchor, ...otherAnchors] = anchors;
  if (firstAnchor === undefined) {
    throw recursionWithoutUnionAll(expression.name, line);
  }
  const anchorQuery = otherAnchors.reduce<QueryExpression>(
    (left, right) => ({ kind: 'set', operator: 'unionAll', left, right, line: left.line }),
    firstAnchor,
  );
  const statementOf = (query: QueryExpression): SelectStatement => ({
    kind: 'select',
    line: query.line,
    with: [],
    query,
    orderBy: [],
    options: [],
  });
  const anchor = compileQuery(statementOf(anchorQuery), place);
  const named = renamed(queryRows(anchor, 0), expression.name, expression.columns);
  const columns = anchor.columns.map((column, index) => ({
    ...column,
    name: named.columns[index]?.name ?? column.name,
    nullable: true,
  }));
  const working: WorkingTable = { columns, key: {} };
  const inside: QueryPlace = {
    ...place,
    ctes: new Map(place.ctes).set(name, { expression, place, working }),
  };
  const rounds = recursive.map((part) => {
    const plan = compileQuery(statementOf(part), inside);
    if (plan.columns.length !== columns.length) throw unequalSetColumns(line);
    const conversions = plan.columns.map((column, index) => {
      const target = columns[index]?.type ?? column.type;
      if (!sameType(column.type, target) && column.type.name !== target.name) {
        throw recursionTypesDiffer(columns[index]?.name ?? '', expression.name, line);
      }
      return compileConversion(column.type, target);
    });
    return { plan, conversions };
  });
  const key = working.key;
  const limit = place.maxRecursion ?? defaultMaxRecursion;
  return {
    columns,
    correlated: anchor.correlated || place.outer !== undefined,
    scan: (run, outer, consume) => {
      const before = run.results.get(key);
      try {
        let latest: SqlRow[] = [];
        const wanted = anchor.scan(run, outer, (row) => {
          latest.push(row);
          return consume(row);
        });
        if (!wanted) return false;
        for (let level = 1; latest.length > 0; level++) {
          run.results.set(key, latest);
          const next: SqlRow[] = [];
          for (const { plan, conversions } of rounds) {
            const more = plan.scan(run, outer, (row) => {
              if (limit > 0 && level > limit) throw recursionExhausted(limit);
              const converted = row.map((value, index) => conversions[index]?.(value) ?? null);
              next.push(converted);
              return consume(converted);
            });
            if (!more) return false;
          }
          latest = next;
        }
        return true;
      } finally {
        run.results.set(key, before);
      }
    },
  };
}

function unionParts(query: QueryExpression): readonly QueryExpression[] {
  return query.kind === 'set' && query.operator === 'unionAll'
    ? [...unionParts(query.left), ...unionParts(query.right)]
    : [query];
}

/** True when a FROM clause inside names the expression itself. */
function mentions(query: QueryExpression, name: string): boolean {
  if (query.kind === 'set') return mentions(query.left, name) || mentions(query.right, name);
  return query.from.some((source) => sourceMentions(source, name));
}

function sourceMentions(source: TableSource, name: string): boolean {
  switch (source.kind) {
    case 'table':
      return source.name.schema === undefined && nameKey(source.name.name) === name;
    case 'join':
      return sourceMentions(source.left, name) || sourceMentions(source.right, name);
    case 'pivot':
    case 'unpivot':
      return sourceMentions(source.source, name);
    case 'derived':
      return mentions(source.query.query, name);
    default:
      return false;
  }
}
