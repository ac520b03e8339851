import type { DataTarget, DeleteStatement, OutputClause, UpdateStatement } from '../../tsql/ast/data.ts';
import { unsupported } from '../../unsupported.ts';
import { compileQuery } from './compile-query.ts';
import { namedSource, type TargetedFrom } from './data-target.ts';
import type { QueryEnvironment, TableRelation, TriggerEvent } from './environment.ts';
import { outputBesideTrigger } from './errors/data-errors.ts';
import { noting, queryRows, renamed, rowsLeaf } from './row-source.ts';
import type { Scope } from './scope.ts';
import { UsedColumns } from './used-columns.ts';

/**
 * INSTEAD OF triggers: the statement works out which rows it would write and hands them to the trigger; nothing is
 * written, and no constraint looks at them. Source: Microsoft's documentation of CREATE TRIGGER.
 */

const events = { INSERT: 'insert', UPDATE: 'update', DELETE: 'delete' } as const;

/**
 * The table or view that a statement names when an INSTEAD OF trigger takes its place, a view as the table that its
 * columns would make.
 */
export function insteadOfTarget(
  target: DataTarget,
  statement: keyof typeof events,
  environment: QueryEnvironment,
): TableRelation | undefined {
  if (target.kind !== 'table') return undefined;
  const relation = environment.relation(target.name);
  if (relation === undefined || relation.kind === 'rows') return undefined;
  if (relation.insteadOf?.includes(events[statement]) !== true) return undefined;
  if (relation.kind === 'table') return relation;
  const plan = compileQuery(relation.query, { environment: relation.environment, outer: undefined, ctes: new Map() });
  const columns = renamed(queryRows(plan, 1), relation.name, relation.columns).columns;
  return {
    kind: 'table',
    database: relation.environment.database,
    local: true,
    insteadOf: relation.insteadOf,
    // Whether a view's column takes NULL is the trigger's own business.
    definition: {
      schema: relation.schema,
      name: relation.name,
      columns: columns.map(({ name, type }) => ({ name, type, nullable: true })),
      indexes: [],
      checks: [],
      foreignKeys: [],
    },
    store: () => {
      throw new Error(`rows are written to the view ${relation.name}`);
    },
  };
}

/** The rows of a view that UPDATE or DELETE names; undefined when no INSTEAD OF trigger of the view takes its place. */
export function insteadOfView(statement: UpdateStatement | DeleteStatement, scope: Scope): TargetedFrom | undefined {
  const { target, from, line } = statement;
  if (target.kind !== 'table') return undefined;
  const source = namedSource(from, target);
  const named = source?.kind === 'table' ? { ...target, name: source.name } : target;
  if (source !== undefined && source.kind !== 'table') return undefined;
  if (target.name.schema === undefined && scope.ctes.has(target.name.name.toLowerCase())) return undefined;
  const { environment } = scope;
  if (environment.relation(named.name)?.kind !== 'view') return undefined;
  const table = insteadOfTarget(named, statement.kind === 'update' ? 'UPDATE' : 'DELETE', environment);
  if (table === undefined) return undefined;
  if (from.length > 1 || (from.length === 1 && source === undefined) || from[0]?.kind === 'join') {
    unsupported(`${statement.kind.toUpperCase()} ... FROM of a view with an INSTEAD OF trigger`, line);
  }
  const read = new UsedColumns(table.definition.columns);
  // The trigger gets whole rows.
  const view = environment.relation(named.name, statement.kind === 'update' ? ['SELECT'] : [], read);
  if (view?.kind !== 'view') throw new Error('the view was found before');
  const plan = compileQuery(view.query, { environment: view.environment, outer: undefined, ctes: new Map() });
  const rows = { ...renamed(queryRows(plan, 1), view.name, view.columns), correlated: false };
  const alias = source?.kind === 'table' ? (source.alias ?? source.name.name) : target.name.name;
  const root = noting(rowsLeaf(rows, scope, alias, table.definition.schema), read);
  scope.sources = [root.source];
  const { slot } = root.source;
  let lastId = 0;
  return {
    root,
    table,
    slot,
    uses: (permission, columns) => {
      environment.relation(named.name, [permission], columns);
    },
    read,
    // Rows of a view have no ids; without a join each is met once.
    find: (frame) => {
      const values = frame.rows[slot];
      lastId += 1;
      return values === undefined ? undefined : { id: lastId, values };
    },
  };
}

/**
 * Checks OUTPUT on a target with triggers.
 *
 * @throws {SqlError} 334 for OUTPUT without INTO, 40000 beside an INSTEAD OF trigger
 */
export function checkOutput(
  output: readonly OutputClause[],
  table: TableRelation,
  event: TriggerEvent,
  line: number,
): void {
  if (output.length === 0) return;
  const instead = table.insteadOf?.includes(event) === true;
  const triggered = instead || table.triggers?.includes(event) === true;
  if (triggered && output.some((clause) => clause.into === undefined)) {
    throw outputBesideTrigger(table.definition.name, line);
  }
  if (instead) unsupported('OUTPUT beside an INSTEAD OF trigger', line);
}
