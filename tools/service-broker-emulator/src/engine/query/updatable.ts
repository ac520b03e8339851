import type { SqlError } from '../../errors.ts';
import type { DataTarget } from '../../tsql/ast/data.ts';
import type { SelectStatement, TableSource } from '../../tsql/ast/queries.ts';
import { unsupported } from '../../unsupported.ts';
import { nameKey } from '../catalog/name-key.ts';
import type { StoredRow } from '../storage/table-store.ts';
import type { SqlRow } from '../types/sql-value.ts';
import { bindCtes } from './cte.ts';
import type { RelationColumn, TablePermission, TableRelation } from './environment.ts';
import { derivedField, notUpdatable } from './errors/data-errors.ts';
import { invalidColumnName } from './errors/name-errors.ts';
import type { Frame, Run } from './frame.ts';
import type { Leaf } from './join-tree.ts';
import type { QueryPlace, QueryPlan } from './query-plan.ts';
import { compileLeaf, noting, queryRows, renamed, rowsLeaf, tableLeafWithId } from './row-source.ts';
import type { Scope } from './scope.ts';
import { compileSpecification } from './specification.ts';
import { asksForLocks, targetHints } from './table-hints.ts';
import { UsedColumns } from './used-columns.ts';

type LeafSource = Exclude<TableSource, { kind: 'join' }>;

/** A column of a view, CTE or derived table, with the column of the stored table that it shows. */
interface UpdatableColumn extends RelationColumn {
  /** Ordinal in the stored table; absent for what is computed. */
  readonly base?: number;
}

/** Rows of a query over one stored table, each with the stored row it came from: what a view or CTE can be changed through. */
export interface UpdatableRows {
  readonly name: string;
  readonly table: TableRelation;
  readonly columns: readonly UpdatableColumn[];
  /** Asks for a permission that a change through this takes. */
  readonly uses: UsesColumns;
  /** The stored row behind a row of this source. */
  origin(run: Run, row: SqlRow): StoredRow | undefined;
}

/** Asks for a permission on something that has columns. @param columns those that are used */
export type UsesColumns = (permission: TablePermission, columns: UsedColumns) => void;

/** A row source with the stored rows behind its rows. */
interface OriginLeaf {
  readonly leaf: Leaf;
  readonly table: TableRelation;
  /** Column of the stored table by ordinal of the source. */
  readonly bases: readonly (number | undefined)[];
  readonly uses: UsesColumns;
  origin(frame: Frame): StoredRow | undefined;
}

/** What {@link compileSpecification} needs to follow rows back to where they came from. */
export interface OriginTracking {
  source(sources: readonly TableSource[], scope: Scope): Leaf;
  projected(row: SqlRow, frame: Frame): void;
}

function originLeaf(source: LeafSource, scope: Scope, name: string): OriginLeaf {
  const nested = updatableSource(source, scope);
  if (nested !== undefined) {
    const { leaf, rows } = nested;
    const { slot, used = new UsedColumns() } = leaf.source;
    rows.uses('SELECT', used);
    return {
      leaf,
      table: rows.table,
      bases: rows.columns.map((column) => column.base),
      uses: rows.uses,
      origin: (frame) => rows.origin(frame.run, frame.rows[slot] as SqlRow),
    };
  }
  const plain = compileLeaf(source, scope, []);
  if (plain.table === undefined) throw notUpdatable(name, 'a source that can not be updated', 4405, source.line);
  const leaf = tableLeafWithId(plain, scope, targetHints(plain.table, plain.hintWords, source.line, scope.environment));
  const { slot } = leaf.source;
  const { idSlot } = leaf;
  const { table } = plain;
  return {
    leaf,
    table,
    bases: table.definition.columns.map((_, ordinal) => ordinal),
    uses: (permission, columns) => scope.environment.uses(table, permission, columns),
    origin: (frame) => {
      const id = frame.rows[idSlot]?.[0];
      return typeof id === 'number' ? { id, values: frame.rows[slot] as SqlRow } : undefined;
    },
  };
}

interface Updatable {
  readonly plan: QueryPlan;
  readonly rows: UpdatableRows;
}

/**
 * Compiles a query so that its rows can be changed through it.
 *
 * @throws {SqlError} 4403 for DISTINCT, GROUP BY and aggregates, 40000 for joins and set operators
 */
function compileUpdatable(
  statement: SelectStatement,
  outer: QueryPlace,
  name: string,
  names: readonly string[] | undefined,
): Updatable {
  const { query, line } = statement;
  if (query.kind !== 'specification') throw unsupported('changing data through a set operation', line);
  if (query.distinct || query.groupBy !== undefined || query.having !== undefined) {
    throw turned(name, line);
  }
  const place = { ...outer, ctes: bindCtes(statement, outer) };
  const key = {};
  let found: OriginLeaf | undefined;
  const tracking: OriginTracking = {
    source: (sources, scope) => {
      const [source] = sources;
      if (source === undefined || sources.length > 1 || source.kind === 'join')
        throw unsupported('changing data through a view or common table expression over more than one source', line);
      if (source.kind === 'pivot' || source.kind === 'unpivot') throw turned(name, line);
      found = originLeaf(source, scope, name);
      scope.sources = [found.leaf.source];
      return found.leaf;
    },
    projected: (row, frame) => {
      const stored = found?.origin(frame);
      if (stored !== undefined) originsOf(frame.run, key).set(row, stored);
    },
  };
  const plan = compileSpecification(query, place, statement, tracking);
  if (found === undefined) throw new Error('a specification compiles its sources');
  const { table, bases, leaf, uses } = found;
  const shown = renamed(queryRows(plan, 0), name, names).columns;
  const columns = plan.columns.map((column, index): UpdatableColumn => {
    const { origin } = column;
    const base = origin?.slot === leaf.source.slot ? bases[origin.ordinal] : undefined;
    const { name: shownName = column.name } = shown[index] ?? {};
    return { name: shownName, type: column.type, nullable: column.nullable, ...(base === undefined ? {} : { base }) };
  });
  const behind = (ordinal: number): number | undefined => {
    const origin = plan.columns[ordinal]?.origin;
    return origin?.slot === leaf.source.slot ? origin.ordinal : undefined;
  };
  return {
    plan,
    rows: {
      name,
      table,
      columns,
      // What the query reads was asked for when it was compiled.
      uses: (permission, used) => {
        if (permission !== 'SELECT') uses(permission, used.behind(leaf.source.columns, behind));
      },
      origin: (run, row) => originsOf(run, key).get(row),
    },
  };
}

/** 4403, for rows that don't come from one stored row each. */
function turned(name: string, line: number): SqlError {
  return notUpdatable(name, 'aggregates, or a DISTINCT or GROUP BY clause, or PIVOT or UNPIVOT operator', 4403, line);
}

function originsOf(run: Run, key: object): WeakMap<SqlRow, StoredRow> {
  const known = run.results.get(key) as WeakMap<SqlRow, StoredRow> | undefined;
  if (known !== undefined) return known;
  const origins = new WeakMap<SqlRow, StoredRow>();
  run.results.set(key, origins);
  return origins;
}

/** Compiles a CTE, view or derived table as the target of a change; undefined when the source is a stored table. */
export function updatableSource(
  source: LeafSource,
  scope: Scope,
): { readonly leaf: Leaf; readonly rows: UpdatableRows } | undefined {
  const compiled = updatableQuery(source, scope);
  if (compiled === undefined) return undefined;
  const { plan, rows } = compiled;
  const alias = 'alias' in source && source.alias !== undefined ? source.alias : rows.name;
  const plain = rowsLeaf({ ...queryRows(plan, 1), columns: rows.columns, correlated: false }, scope, alias);
  const leaf = noting(plain, new UsedColumns(rows.columns));
  return { leaf: { ...leaf, updatable: rows }, rows };
}

function updatableQuery(source: LeafSource, scope: Scope): Updatable | undefined {
  if (source.kind === 'derived') {
    const place = { environment: scope.environment, outer: scope.outer, ctes: scope.ctes };
    return compileUpdatable(source.query, place, source.alias, source.columns);
  }
  if (source.kind !== 'table') return undefined;
  const cte = source.name.schema === undefined ? scope.ctes.get(nameKey(source.name.name)) : undefined;
  const locking = asksForLocks(source.hints, source.line);
  if (cte !== undefined) {
    refuseHints(locking, source.line);
    const { name, query, columns } = cte.expression;
    return compileUpdatable(query, cte.place, name, columns);
  }
  const relation = scope.environment.relation(source.name);
  if (relation?.kind !== 'view') return undefined;
  refuseHints(locking, source.line);
  const place = { environment: relation.environment, outer: undefined, ctes: new Map() };
  const { plan, rows } = compileUpdatable(relation.query, place, relation.name, relation.columns);
  const uses: UsesColumns = (permission, columns) => {
    columns.columns = rows.columns;
    scope.environment.relation(source.name, [permission], columns);
    // What is behind the view is asked of its owner first, as in any module.
    rows.uses(permission, columns);
  };
  return { plan, rows: { ...rows, uses } };
}

/** Hints belong to the tables inside. */
export function refuseHints(present: boolean, line: number): void {
  if (present) throw unsupported('locking hints on a view or common table expression', line);
}

/** Column of the stored table behind a column of the view. @throws {SqlError} 207, or 4406 for a computed column */
export function updatableOrdinal(rows: UpdatableRows, name: string, line: number): number {
  const column = rows.columns.find((candidate) => nameKey(candidate.name) === nameKey(name));
  if (column === undefined) throw invalidColumnName(name, line);
  if (column.base !== undefined) return column.base;
  throw derivedField(rows.name, line);
}

/** The rows behind the view that INSERT names; undefined when the target isn't a view. */
export function updatableView(target: DataTarget, scope: Scope): UpdatableRows | undefined {
  if (target.kind !== 'table') return undefined;
  return updatableQuery({ kind: 'table', line: target.line, name: target.name, hints: target.hints }, scope)?.rows;
}
