import type { TableSource } from '../../tsql/ast/queries.ts';
import { nameKey } from '../catalog/name-key.ts';
import type { SqlRow } from '../types/sql-value.ts';
import { builtInTableFunction } from './built-in-table-function.ts';
import { compileQuery } from './compile-query.ts';
import { compileCteReference } from './cte.ts';
import type { FunctionParameter, RelationColumn, ResolvedRelation, TableUserFunction } from './environment.ts';
import { invalidObjectName, nameText, undeclaredTableVariable } from './errors/name-errors.ts';
import { fewerColumnsThanNames, moreColumnsThanNames, repeatedColumn, unnamedColumn } from './errors/query-errors.ts';
import { Frame } from './frame.ts';
import { compileArguments } from './function-call.ts';
import type { Leaf, Scan } from './join-tree.ts';
import { compileOpenJson } from './open-json.ts';
import { pivotQuery } from './pivot.ts';
import type { QueryPlan } from './query-plan.ts';
import { Scope, type ScopeSource } from './scope.ts';
import { tableScan } from './table-access.ts';
import { asksForLocks, compileTableHints, noHints, readPlace, type TableHints } from './table-hints.ts';
import { refuseHints, updatableSource } from './updatable.ts';
import { UsedColumns } from './used-columns.ts';
import { commonTypedRows } from './values-rows.ts';
import { compileNodes } from './xml-nodes.ts';

type LeafSource = Exclude<TableSource, { kind: 'join' }>;

/** What a source gives before it has its place in a scope. */
export interface Rows {
  readonly columns: readonly RelationColumn[];
  readonly scan: (slot: number) => Scan;
  readonly correlated: boolean;
  readonly computed: boolean;
  readonly estimate: number;
  readonly reads?: ReadonlySet<number>;
}

/** Sources whose size is not known are taken to be small; stored tables are taken to be large when their count is not known. */
const small = 50;

const medium = 1000;

const large = 100_000;

/**
 * Compiles one row source of FROM.
 *
 * @param visible sources to the left that it may refer to (APPLY)
 */
export function compileLeaf(source: LeafSource, scope: Scope, visible: readonly ScopeSource[]): Leaf {
  if (source === scope.target) {
    const updatable = updatableSource(source, scope);
    if (updatable !== undefined) return updatable.leaf;
  }
  switch (source.kind) {
    case 'table':
      return compileNamed(source, scope);
    case 'tableVariable': {
      const table = scope.environment.tableVariable(source.name);
      if (table === undefined) throw undeclaredTableVariable(source.name, source.line);
      return tableLeaf(table, scope, source.alias ?? source.name, undefined);
    }
    case 'derived': {
      const rows = lateral(scope, visible, () => {
        const place = {
          environment: scope.environment,
          outer: visible.length > 0 ? scope : scope.outer,
          ctes: scope.ctes,
        };
        return queryRows(compileQuery(source.query, place), visible.length > 0 ? 0 : 1);
      });
      return rowsLeaf(renamed(rows, source.alias, source.columns), scope, source.alias);
    }
    case 'pivot':
    case 'unpivot': {
      const rows = lateral(scope, visible, () => {
        const place = {
          environment: scope.environment,
          outer: visible.length > 0 ? scope : scope.outer,
          ctes: scope.ctes,
        };
        return queryRows(compileQuery(pivotQuery(source, place), place), visible.length > 0 ? 0 : 1);
      });
      return rowsLeaf(renamed(rows, source.alias, undefined), scope, source.alias);
    }
    case 'values': {
      const rows = lateral(scope, visible, () => commonTypedRows(source.rows, source.columns, scope, source.line));
      return rowsLeaf({ ...rows, estimate: source.rows.length }, scope, source.alias);
    }
    case 'function': {
      const used = new UsedColumns();
      const rows = lateral(scope, visible, () => compileTableFunction(source, scope, used));
      used.columns = rows.columns;
      const named = source.alias ?? source.name.name;
      return noting(rowsLeaf(renamed(rows, named, source.columns), scope, named), used);
    }
    case 'openjson':
      return rowsLeaf(
        lateral(scope, visible, () => compileOpenJson(source, scope)),
        scope,
        source.alias ?? 'openjson',
      );
    case 'nodes':
      return rowsLeaf(
        lateral(scope, visible, () => compileNodes(source, scope)),
        scope,
        source.alias,
      );
  }
}

/** Compiles a source that may read the rows of the sources to its left. */
function lateral<T extends Rows>(scope: Scope, visible: readonly ScopeSource[], compile: () => T): T {
  const correlatedBefore = scope.correlated;
  scope.correlated = false;
  const { value, slots } = scope.track(() => scope.seeing(visible, compile));
  const correlated = scope.correlated || value.correlated;
  scope.correlated = correlatedBefore || correlated;
  return { ...value, reads: slots, correlated };
}

/** The rows of a query that stands `depth` frames further out than the row source's own query. */
export function queryRows(plan: QueryPlan, depth: number): Rows {
  return {
    columns: plan.columns,
    correlated: plan.correlated,
    computed: true,
    estimate: medium,
    scan: (slot) => (frame, step) =>
      plan.scan(frame.run, depth === 0 ? frame : frame.outer, (row) => {
        frame.rows[slot] = row;
        return step();
      }),
  };
}

export function rowsLeaf(rows: Rows, scope: Scope, alias: string, schema?: string): Leaf {
  const slot = scope.newSlot();
  return {
    kind: 'leaf',
    source: {
      alias,
      shown: alias,
      slot,
      columns: rows.columns,
      optional: false,
      ...(schema === undefined ? {} : { schema }),
    },
    scan: rows.scan(slot),
    reads: rows.reads ?? new Set(),
    correlated: rows.correlated,
    computed: rows.computed,
    estimate: rows.estimate,
  };
}

/** A leaf over a stored table; `idSlot` is wanted for the target of a data change. */
export function tableLeaf(
  table: Extract<ResolvedRelation, { kind: 'table' }>,
  scope: Scope,
  alias: string,
  schema: string | undefined,
  idSlot?: number,
  shown: string = alias,
): Leaf {
  const slot = scope.newSlot();
  return {
    kind: 'leaf',
    source: {
      alias,
      shown,
      slot,
      optional: false,
      columns: table.definition.columns.map(({ name, type, nullable, identity }) => ({
        name,
        type,
        nullable,
        ...(identity === undefined ? {} : { identity: true }),
      })),
      ...(schema === undefined ? {} : { schema }),
    },
    table,
    ...(idSlot === undefined ? {} : { idSlot }),
    scan: tableScan(table, slot, idSlot, undefined),
    reads: new Set(),
    correlated: false,
    computed: false,
    estimate: table.local ? small : large,
  };
}

function compileNamed(source: Extract<TableSource, { kind: 'table' }>, scope: Scope): Leaf {
  const { name } = source;
  const locking = asksForLocks(source.hints, source.line);
  if (name.schema === undefined) {
    const cte = scope.ctes.get(nameKey(name.name));
    if (cte !== undefined) {
      refuseHints(locking, source.line);
      const rows = compileCteReference(cte, scope, name.line);
      if (rows.correlated) scope.markCorrelated(1);
      return rowsLeaf(rows, scope, source.alias ?? name.name);
    }
  }
  const used = new UsedColumns();
  const resolved = scope.environment.relation(name, ['SELECT'], used);
  if (resolved === undefined) throw invalidObjectName(name);
  // Without an alias the schema may stand before the table's name in column references.
  const schema = source.alias === undefined ? name.schema : undefined;
  const alias = source.alias ?? name.name;
  switch (resolved.kind) {
    case 'table':
      return hintedLeaf(
        noting(
          source.alias === undefined
            ? tableLeaf(resolved, scope, alias, resolved.definition.schema, undefined, nameText(name))
            : tableLeaf(resolved, scope, alias, undefined),
          used,
        ),
        scope,
        source.hints,
        compileTableHints(source.hints, source.line, readPlace(resolved, scope.environment, 'read')),
      );
    case 'view': {
      refuseHints(locking, source.line);
      const plan = compileQuery(resolved.query, {
        environment: resolved.environment,
        outer: undefined,
        ctes: new Map(),
      });
      const rows = renamed({ ...queryRows(plan, 1), correlated: false }, resolved.name, resolved.columns);
      used.columns = rows.columns;
      return noting(rowsLeaf(rows, scope, alias, schema), used);
    }
    case 'rows': {
      const { relation } = resolved;
      const { read } = compileTableHints(source.hints, source.line, {
        use: 'read',
        isolation: scope.environment.isolation,
        database: scope.environment.database,
        readCommittedSnapshot: relation.readCommittedSnapshot === true,
        allowSnapshotIsolation: true,
      });
      const leaf = rowsLeaf(
        {
          columns: relation.columns,
          correlated: false,
          computed: true,
          estimate: relation.estimate ?? medium,
          scan: (slot) => (frame, step) => {
            for (const row of relation.rows(frame.run.context, read, used)) {
              frame.rows[slot] = row;
              if (!step()) return false;
            }
            return true;
          },
        },
        scope,
        alias,
        schema,
      );
      const noted = noting(leaf, used);
      return relation.seeks === undefined ? noted : { ...noted, seeks: relation.seeks, hints: { ...noHints, read } };
    }
  }
}

/** The same leaf, not in a scope yet, that notes which of its columns are named. */
export function noting(leaf: Leaf, used: UsedColumns): Leaf {
  return { ...leaf, source: { ...leaf.source, used } };
}

/** The same leaf with a slot for the ids of its rows. */
export function tableLeafWithId(leaf: Leaf, scope: Scope, hints = leaf.hints): Leaf & { readonly idSlot: number } {
  const { table, source } = leaf;
  if (table === undefined) throw new Error('only rows of stored tables have ids');
  const idSlot = leaf.idSlot ?? scope.newSlot();
  return {
    ...leaf,
    idSlot,
    scan: tableScan(table, source.slot, idSlot, undefined, hints),
    ...(hints === undefined ? {} : { hints }),
  };
}

function hintedLeaf(leaf: Leaf, scope: Scope, hintWords: readonly string[], hints: TableHints): Leaf {
  const { table, source } = leaf;
  if (table === undefined || table.local) return leaf;
  if (hints.lock === 'rows') return { ...tableLeafWithId(leaf, scope, hints), hintWords };
  return { ...leaf, hints, hintWords, scan: tableScan(table, source.slot, leaf.idSlot, undefined, hints) };
}

/** Gives the columns other names: `AS t(a, b)`. */
export function renamed<T extends Rows>(rows: T, alias: string, names: readonly string[] | undefined): T {
  for (const [index, column] of rows.columns.entries()) {
    if (names === undefined && column.name === '') {
      throw unnamedColumn(index + 1, alias);
    }
  }
  const columns = names === undefined ? rows.columns : withNames(rows.columns, alias, names);
  const seen = new Set<string>();
  for (const column of columns) {
    const key = nameKey(column.name);
    if (seen.has(key)) {
      throw repeatedColumn(column.name, alias);
    }
    seen.add(key);
  }
  return { ...rows, columns };
}

function withNames(
  columns: readonly RelationColumn[],
  alias: string,
  names: readonly string[],
): readonly RelationColumn[] {
  if (names.length !== columns.length) {
    throw names.length > columns.length ? fewerColumnsThanNames(alias) : moreColumnsThanNames(alias);
  }
  return columns.map((column, index) => ({ ...column, name: names[index] ?? column.name }));
}

function compileTableFunction(
  source: Extract<TableSource, { kind: 'function' }>,
  scope: Scope,
  used: UsedColumns,
): Rows {
  if (source.name.schema === undefined) {
    const builtIn = builtInTableFunction(source.name.name.toUpperCase(), source.arguments, source.line, scope);
    if (builtIn !== undefined) return builtIn;
  }
  const found = scope.environment.tableFunction(source.name, used);
  if (found === undefined) throw invalidObjectName(source.name);
  const args = compileArguments(nameText(source.name), source.arguments, found.parameters, source.line, scope);
  const values = (frame: Frame): SqlRow => args.map((argument) => argument.evaluate(frame));
  if (found.kind === 'rows') {
    return {
      columns: found.columns,
      correlated: false,
      computed: true,
      estimate: small,
      scan: (slot) => (frame, step) => {
        for (const row of found.rows(frame.run.context, values(frame))) {
          frame.rows[slot] = row;
          if (!step()) return false;
        }
        return true;
      },
    };
  }
  return inlineFunction(found, values);
}

/** The rows of an inline table-valued function. */
export function inlineFunction(
  found: Extract<TableUserFunction, { kind: 'inline' }>,
  values: (frame: Frame) => SqlRow,
): Rows {
  const parameters = new Map<string, { parameter: FunctionParameter; ordinal: number }>();
  for (const [ordinal, parameter] of found.parameters.entries()) {
    parameters.set(nameKey(parameter.name), { parameter, ordinal });
  }
  const body = new Scope(found.environment, undefined, new Map(), parameters);
  body.newSlot();
  const plan = compileQuery(found.query, { environment: found.environment, outer: body, ctes: new Map() });
  return {
    columns: plan.columns,
    correlated: false,
    computed: true,
    estimate: small,
    scan: (slot) => (frame, step) => {
      const parameterFrame = new Frame(frame.run, undefined);
      parameterFrame.rows[0] = values(frame);
      return plan.scan(frame.run, parameterFrame, (row) => {
        frame.rows[slot] = row;
        return step();
      });
    },
  };
}
