import type { DeleteStatement, SetItem, UpdateStatement } from '../../tsql/ast/data.ts';
import { unsupported } from '../../unsupported.ts';
import { nameKey } from '../catalog/name-key.ts';
import type { SqlRow, SqlValue } from '../types/sql-value.ts';
import { type CompiledData, changeOf } from './compiled-data.ts';
import { compoundOperator } from './compound-assignment.ts';
import { bindCtes } from './cte.ts';
import {
  checkWritable,
  namedSource,
  resolveTarget,
  type TargetedFrom,
  tableTarget,
  targetColumn,
  targetInFrom,
  viewTarget,
} from './data-target.ts';
import type { QueryEnvironment, TableRelation } from './environment.ts';
import { columnSetTwice } from './errors/data-errors.ts';
import { compileArithmetic, compileExpression, readColumn } from './expression.ts';
import { ForeignKeys } from './foreign-keys.ts';
import { type CompiledExpression, Frame, Run } from './frame.ts';
import { compileConjuncts, compileFrom } from './from-clause.ts';
import { checkOutput, insteadOfView } from './instead-of.ts';
import { planFrom } from './join-planner.ts';
import type { JoinNode, Leaf, Scan } from './join-tree.ts';
import { hintedPlace } from './max-recursion.ts';
import { compileOutput } from './output-clause.ts';
import { requireIndexSettings } from './required-settings.ts';
import { type CompiledTop, compileTop } from './row-limit.ts';
import { noting, tableLeaf, tableLeafWithId } from './row-source.ts';
import { Scope } from './scope.ts';
import { compileVariableAssignment } from './select-list.ts';
import { rowLocker, targetHints } from './table-hints.ts';
import { TableWriter } from './table-writer.ts';
import { updatableOrdinal, updatableSource } from './updatable.ts';
import { UsedColumns } from './used-columns.ts';

/** Target, sources and condition of UPDATE and DELETE. */
interface TargetRows extends TargetedFrom {
  readonly scope: Scope;
  readonly scan: Scan;
  readonly lock: ((frame: Frame) => () => void) | undefined;
  readonly top: CompiledTop | undefined;
}

function compileTargetRows(statement: UpdateStatement | DeleteStatement, environment: QueryEnvironment): TargetRows {
  if (statement.currentOf !== undefined) throw unsupported('WHERE CURRENT OF', statement.line);
  const ctes = bindCtes(statement, {
    environment,
    outer: undefined,
    ctes: new Map(),
    ...hintedPlace(statement.options),
  });
  const scope = new Scope(environment, undefined, ctes);
  scope.target = namedSource(statement.from, statement.target);
  const instead = insteadOfView(statement, scope);
  const targeted = instead ?? targetFrom(statement, scope);
  const event = statement.kind;
  checkOutput(statement.output, targeted.table, event, statement.line);
  const where = statement.where === undefined ? [] : compileConjuncts(statement.where, scope, 'WHERE clause');
  return {
    ...targeted,
    scope,
    scan: planFrom(targeted.root, where),
    lock: rowLocker(targeted.root),
    top: statement.top === undefined ? undefined : compileTop(statement.top, false, scope),
  };
}

/** The target among the sources of FROM, or beside them. */
function targetFrom(statement: UpdateStatement | DeleteStatement, scope: Scope): TargetedFrom {
  const from = compileFrom(statement.from, scope);
  return (
    (from === undefined ? undefined : targetInFrom(from, statement.target, scope)) ??
    targetBeside(from, statement, scope)
  );
}

/** The target as a source of its own, when FROM does not name it. */
function targetBeside(
  from: TargetedFrom['root'] | undefined,
  statement: UpdateStatement | DeleteStatement,
  scope: Scope,
): TargetedFrom {
  const { target } = statement;
  const beside = (leaf: Leaf): JoinNode => {
    scope.sources = [leaf.source, ...scope.sources];
    return from === undefined ? leaf : { kind: 'inner', left: leaf, right: from, on: [] };
  };
  if (target.kind === 'table') {
    const through = updatableSource(
      { kind: 'table', line: target.line, name: target.name, hints: target.hints },
      scope,
    );
    if (through !== undefined) return viewTarget(beside(through.leaf), through.leaf, through.rows, scope);
  }
  const table = resolveTarget(target, scope.environment, []);
  const hints = targetHints(table, target.kind === 'table' ? target.hints : undefined, target.line, scope.environment);
  const schema = target.kind === 'table' ? table.definition.schema : undefined;
  const name = target.kind === 'table' ? target.name.name : target.name;
  const plain = noting(tableLeaf(table, scope, name, schema), new UsedColumns(table.definition.columns));
  const leaf = tableLeafWithId(plain, scope, hints);
  return tableTarget(beside(leaf), leaf, scope.environment);
}

/** The permissions that UPDATE and DELETE take on their target; called when everything is compiled. */
function usesTarget(statement: UpdateStatement | DeleteStatement, { uses, read, table, view }: TargetedFrom): void {
  if (statement.kind === 'delete') uses('DELETE', new UsedColumns());
  else uses('UPDATE', usedBySet(statement.set, view?.rows.columns ?? table.definition.columns, read));
  if (statement.where !== undefined || statement.output.length > 0 || !read.isEmpty) uses('SELECT', read);
}

/** The columns that SET assigns. @param read gets those that it reads by a compound assignment */
export function usedBySet(
  items: readonly SetItem[],
  columns: readonly { readonly name: string }[],
  read: UsedColumns,
): UsedColumns {
  const written = new UsedColumns(columns);
  for (const { column, operator } of items) {
    const key = nameKey(column?.at(-1) ?? '');
    const ordinal = columns.findIndex(({ name }) => nameKey(name) === key);
    if (column === undefined || ordinal < 0) continue;
    written.add(ordinal);
    if (operator !== '=') read.add(ordinal);
  }
  return written;
}

/** Calls `visit` for each row of the target once, however many joined rows it has. */
function eachTargetRow(target: TargetRows, run: Run, visit: (frame: Frame, id: number, row: SqlRow) => void): void {
  const frame = new Frame(run, undefined);
  frame.rows = new Array<SqlRow>(target.scope.slotCount);
  const { rowLimit } = run.context;
  const top = target.top === undefined ? Number.POSITIVE_INFINITY : limitOf(target.top, target, frame);
  const limit = rowLimit === 0 ? top : Math.min(top, rowLimit);
  if (limit === 0) return;
  const seen = new Set<number>();
  target.scan(frame, () => {
    const found = target.find(frame);
    if (found === undefined || seen.has(found.id)) return true;
    seen.add(found.id);
    target.lock?.(frame)();
    frame.rows[target.slot] = found.values;
    visit(frame, found.id, found.values);
    return seen.size < limit;
  });
}

function limitOf(top: CompiledTop, target: TargetRows, frame: Frame): number {
  const count = top.count(frame);
  if (!top.percent) return count;
  const ids = new Set<number>();
  target.scan(frame, () => {
    const found = target.find(frame);
    if (found !== undefined) ids.add(found.id);
    return true;
  });
  return Math.ceil((ids.size * count) / 100);
}

/** What OUTPUT shows as the columns of the target: those of the view when the change goes through one. */
function shownTable({ table, view }: TargetedFrom): TableRelation {
  if (view === undefined) return table;
  const columns = view.rows.columns.map(({ name, type, nullable }) => ({ name, type, nullable }));
  return { ...table, definition: { ...table.definition, columns } };
}

/** A stored row of the target as OUTPUT shows it; what a view computes keeps the value it had. */
function shownRow({ view }: TargetedFrom, values: SqlRow, frame: Frame): SqlRow {
  if (view === undefined) return values;
  const shown = frame.rows[view.slot] ?? [];
  return view.rows.columns.map(({ base }, index) => (base === undefined ? shown[index] : values[base]) ?? null);
}

/** One assignment of SET: its value goes to a column, a variable, or both. */
export interface CompiledSet {
  readonly ordinal: number | undefined;
  /** Already in the column's type. */
  readonly evaluate: CompiledExpression['evaluate'];
}

/** Compiles SET. The target's present row is in `slot`. */
export function compileSetItems(
  items: readonly SetItem[],
  table: TableRelation,
  writer: TableWriter,
  slot: number,
  scope: Scope,
  ordinalOf = (name: string, line: number): number => targetColumn(table, name, line),
): readonly CompiledSet[] {
  const seen = new Set<number>();
  return items.map((item): CompiledSet => {
    const name = item.column?.at(-1);
    if (name === undefined) {
      if (item.variable === undefined) throw new Error('SET names a column or a variable');
      const assigned = compileVariableAssignment(
        item.variable,
        item.operator,
        compileExpression(item.value, scope),
        item.line,
        scope,
      );
      return { ordinal: undefined, evaluate: assigned.evaluate };
    }
    const ordinal = ordinalOf(name, item.line);
    checkWritable(table, ordinal, 'update', item.line);
    if (seen.has(ordinal)) {
      throw columnSetTwice(name, item.line);
    }
    seen.add(ordinal);
    const value = columnValue(item, ordinal, writer, slot, scope);
    if (item.variable === undefined) return { ordinal, evaluate: value.evaluate };
    return { ordinal, evaluate: compileVariableAssignment(item.variable, '=', value, item.line, scope).evaluate };
  });
}

function columnValue(
  item: SetItem,
  ordinal: number,
  writer: TableWriter,
  slot: number,
  scope: Scope,
): CompiledExpression {
  if (item.value.kind === 'default') return writer.defaultValue(ordinal);
  const type = writer.columns[ordinal]?.type ?? { name: 'int' };
  const given = compileExpression(item.value, scope);
  const arithmetic = compoundOperator(item.operator);
  const value =
    arithmetic === undefined
      ? given
      : compileArithmetic(
          arithmetic,
          { ...readColumn(0, slot, ordinal), type, nullable: true },
          given,
          scope.environment,
        );
  value.wants?.(type);
  const convert = writer.assignment(ordinal, value.type);
  return { type, nullable: true, evaluate: (frame) => convert(value.evaluate(frame)) };
}

/** The row with the assignments made; all of them see the row as it was. */
export function applySet(sets: readonly CompiledSet[], row: SqlRow, frame: Frame): SqlValue[] {
  const values = [...row];
  for (const { ordinal, evaluate } of sets) {
    const value = evaluate(frame);
    if (ordinal !== undefined) values[ordinal] = value;
  }
  return values;
}

export function compileUpdate(statement: UpdateStatement, environment: QueryEnvironment): CompiledData {
  const target = compileTargetRows(statement, environment);
  const { table, scope } = target;
  requireIndexSettings(table.definition, environment, 'UPDATE');
  const writer = new TableWriter(table, environment);
  const keys = ForeignKeys.compile(table, environment);
  scope.clause = 'SET clause';
  const { view } = target;
  const sets =
    view === undefined
      ? compileSetItems(statement.set, table, writer, target.slot, scope)
      : compileSetItems(statement.set, table, writer, target.slot, scope, (name, line) =>
          updatableOrdinal(view.rows, name, line),
        );
  scope.clause = 'other';
  const instead = table.insteadOf?.includes('update') === true;
  const updated = sets.flatMap((set) => (set.ordinal === undefined ? [] : [set.ordinal]));
  const changed = new Set(updated);
  const output = compileOutput(
    statement.output,
    shownTable(target),
    { inserted: true, deleted: true, action: false },
    scope,
    environment,
    target.read,
  );
  usesTarget(statement, target);
  return {
    command: 'update',
    ...(output.columns === undefined ? {} : { outputColumns: output.columns }),
    run: (context) => {
      const run = new Run(context);
      const collector = output.collector();
      const changes: { readonly id: number; readonly values: SqlRow }[] = [];
      const before: SqlRow[] = [];
      const after: SqlRow[] = [];
      eachTargetRow(target, run, (frame, id, row) => {
        const assigned = applySet(sets, row, frame);
        const values = instead ? writer.compute(assigned, run) : writer.complete(assigned, run, 'UPDATE');
        changes.push({ id, values });
        before.push(row);
        after.push(values);
        if (output.slots.inserted !== undefined) frame.rows[output.slots.inserted] = shownRow(target, values, frame);
        if (output.slots.deleted !== undefined) frame.rows[output.slots.deleted] = shownRow(target, row, frame);
        collector.add(frame);
      });
      if (changes.length > 0 && !instead) {
        table.store(context).update(context.writeTransaction(), changes);
        keys.checkReferences(after, run, 'UPDATE', changed);
        keys.afterUpdate(before, after, run, 'UPDATE');
      }
      const rows = collector.finish(run);
      return {
        rowCount: changes.length,
        ...(rows === undefined ? {} : { output: rows }),
        changes: changeOf(table, 'update', after, before, updated),
      };
    },
  };
}

export function compileDelete(statement: DeleteStatement, environment: QueryEnvironment): CompiledData {
  const target = compileTargetRows(statement, environment);
  const { table, scope } = target;
  requireIndexSettings(table.definition, environment, 'DELETE');
  const instead = table.insteadOf?.includes('delete') === true;
  const keys = ForeignKeys.compile(table, environment);
  const output = compileOutput(
    statement.output,
    shownTable(target),
    { inserted: false, deleted: true, action: false },
    scope,
    environment,
    target.read,
  );
  usesTarget(statement, target);
  return {
    command: 'delete',
    ...(output.columns === undefined ? {} : { outputColumns: output.columns }),
    run: (context) => {
      const run = new Run(context);
      const collector = output.collector();
      const ids: number[] = [];
      const deleted: SqlRow[] = [];
      eachTargetRow(target, run, (frame, id, row) => {
        ids.push(id);
        deleted.push(row);
        if (output.slots.deleted !== undefined) frame.rows[output.slots.deleted] = shownRow(target, row, frame);
        collector.add(frame);
      });
      if (ids.length > 0 && !instead) {
        table.store(context).delete(context.writeTransaction(), ids);
        keys.afterDelete(deleted, run, 'DELETE');
      }
      const rows = collector.finish(run);
      return {
        rowCount: ids.length,
        ...(rows === undefined ? {} : { output: rows }),
        changes: changeOf(table, 'delete', [], deleted, []),
      };
    },
  };
}
