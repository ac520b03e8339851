import type { MergeBranch, MergeStatement } from '../../tsql/ast/data.ts';
import { unsupported } from '../../unsupported.ts';
import type { SqlRow, SqlValue } from '../types/sql-value.ts';
import { type CompiledData, changeOf } from './compiled-data.ts';
import { bindCtes } from './cte.ts';
import { checkWritable, resolveTarget, targetColumn } from './data-target.ts';
import type { QueryEnvironment } from './environment.ts';
import { rowChangedTwice, valueCountDiffers } from './errors/data-errors.ts';
import { compileExpression } from './expression.ts';
import { ForeignKeys } from './foreign-keys.ts';
import { type CompiledPredicate, Frame, Run } from './frame.ts';
import { compileConjuncts, compileFrom } from './from-clause.ts';
import { checkOutput } from './instead-of.ts';
import { planFrom } from './join-planner.ts';
import { hintedPlace } from './max-recursion.ts';
import { compileOutput } from './output-clause.ts';
import { compilePredicate } from './predicate.ts';
import { requireIndexSettings } from './required-settings.ts';
import { insertRows, type RowShape, rowShape } from './row-insert.ts';
import { compileTop } from './row-limit.ts';
import { noting, tableLeaf, tableLeafWithId } from './row-source.ts';
import { Scope } from './scope.ts';
import { nullRow } from './table-access.ts';
import { targetHints } from './table-hints.ts';
import { TableWriter } from './table-writer.ts';
import { applySet, type CompiledSet, compileSetItems, usedBySet } from './update.ts';
import { UsedColumns } from './used-columns.ts';

type Action =
  | { readonly kind: 'update'; readonly sets: readonly CompiledSet[] }
  | { readonly kind: 'delete' }
  | { readonly kind: 'insert'; readonly shape: RowShape; readonly values: (frame: Frame) => SqlRow };

interface Branch {
  readonly when: MergeBranch['when'];
  readonly test: CompiledPredicate | undefined;
  readonly action: Action;
}

/** What MERGE decided for one row, before anything is changed. */
interface Decision {
  readonly rows: SqlRow[];
  readonly action: Action;
  readonly id: number | null;
}

const actionPermissions = { insert: ['INSERT'], update: [], delete: ['DELETE'] } as const;

export function compileMerge(statement: MergeStatement, environment: QueryEnvironment): CompiledData {
  const ctes = bindCtes(statement, {
    environment,
    outer: undefined,
    ctes: new Map(),
    ...hintedPlace(statement.options),
  });
  const scope = new Scope(environment, undefined, ctes);
  const source = compileFrom([statement.source], scope);
  if (source === undefined) throw new Error('MERGE has a source');
  const sourceSources = scope.sources;
  const changes = statement.branches.flatMap(({ action }) => actionPermissions[action.kind]);
  const table = resolveTarget(statement.target, environment, changes);
  const read = new UsedColumns(table.definition.columns);
  if (table.insteadOf !== undefined) unsupported('MERGE into a table with INSTEAD OF triggers', statement.line);
  for (const { action } of statement.branches) checkOutput(statement.output, table, action.kind, statement.line);
  requireIndexSettings(table.definition, environment, 'MERGE');
  const writer = new TableWriter(table, environment);
  const keys = ForeignKeys.compile(table, environment);
  const idSlot = scope.newSlot();
  const alias = statement.alias ?? table.definition.name;
  const words = statement.target.kind === 'table' ? statement.target.hints : undefined;
  const target = tableLeafWithId(
    noting(
      tableLeaf(table, scope, alias, statement.alias === undefined ? table.definition.schema : undefined, idSlot),
      read,
    ),
    scope,
    targetHints(table, words, statement.line, environment),
  );
  const { slot } = target.source;
  scope.sources = [target.source, ...sourceSources];
  const on = compileConjuncts(statement.on, scope, 'ON clause');
  const matching = planFrom({ kind: 'left', left: source, right: target, on }, []);
  const everything = planFrom(target, []);
  const branches = statement.branches.map((branch) => compileBranch(branch, writer, slot, scope));
  const bySource = branches.some((branch) => branch.when === 'notMatchedBySource');
  const top = statement.top === undefined ? undefined : compileTop(statement.top, false, scope);
  // In OUTPUT the target's columns are reached through inserted and deleted only.
  scope.sources = sourceSources;
  const output = compileOutput(
    statement.output,
    table,
    { inserted: true, deleted: true, action: true },
    scope,
    environment,
    read,
  );
  for (const { action } of statement.branches) {
    if (action.kind === 'update')
      environment.uses(table, 'UPDATE', usedBySet(action.set, table.definition.columns, read));
  }
  environment.uses(table, 'SELECT', read);
  const updatedColumns = [
    ...new Set(
      branches.flatMap(({ action }) =>
        action.kind === 'update' ? action.sets.flatMap((set) => set.ordinal ?? []) : [],
      ),
    ),
  ];
  const choose = (when: MergeBranch['when'], frame: Frame): Branch | undefined =>
    branches.find((branch) => branch.when === when && (branch.test === undefined || branch.test(frame) === true));
  const sourceSlots = sourceSources.map((entry) => ({ slot: entry.slot, empty: nullRow(entry.columns.length) }));

  function decide(frame: Frame): Decision[] {
    const decisions: Decision[] = [];
    const matched = new Set<number>();
    const taken = new Set<number>();
    const take = (when: MergeBranch['when'], id: number | null): void => {
      const branch = choose(when, frame);
      if (branch === undefined) return;
      if (id !== null) {
        if (taken.has(id)) throw rowChangedTwice();
        taken.add(id);
      }
      decisions.push({ rows: frame.rows.slice(), action: branch.action, id });
    };
    matching(frame, () => {
      const id = (frame.rows[idSlot]?.[0] ?? null) as number | null;
      if (id === null) take('notMatchedByTarget', null);
      else {
        matched.add(id);
        take('matched', id);
      }
      return true;
    });
    if (bySource) {
      for (const { slot: sourceSlot, empty } of sourceSlots) frame.rows[sourceSlot] = empty;
      everything(frame, () => {
        const id = frame.rows[idSlot]?.[0] as number;
        if (!matched.has(id)) take('notMatchedBySource', id);
        return true;
      });
    }
    return decisions;
  }

  return {
    command: 'merge',
    ...(output.columns === undefined ? {} : { outputColumns: output.columns }),
    run: (context) => {
      const run = new Run(context);
      const frame = new Frame(run, undefined);
      frame.rows = new Array<SqlRow>(scope.slotCount);
      let decisions = decide(frame);
      if (top !== undefined) {
        const count = top.count(frame);
        decisions = decisions.slice(0, top.percent ? Math.ceil((decisions.length * count) / 100) : count);
      }
      if (context.rowLimit > 0) decisions = decisions.slice(0, context.rowLimit);
      const collector = output.collector();
      const inserted: SqlRow[] = [];
      const deleted: SqlRow[] = [];
      const before: SqlRow[] = [];
      const after: SqlRow[] = [];
      const updates: { readonly id: number; readonly values: SqlRow }[] = [];
      const deletions: number[] = [];
      const store = table.store(context);
      const transaction = context.writeTransaction();
      const none = nullRow(writer.columns.length);
      const report = (action: string, newRow: SqlRow, oldRow: SqlRow): void => {
        if (output.slots.inserted !== undefined) frame.rows[output.slots.inserted] = newRow;
        if (output.slots.deleted !== undefined) frame.rows[output.slots.deleted] = oldRow;
        if (output.slots.action !== undefined) frame.rows[output.slots.action] = [action];
        collector.add(frame);
      };
      for (const { rows, action, id } of decisions) {
        frame.rows = rows;
        const old = rows[slot] ?? none;
        if (action.kind === 'update' && id !== null) {
          const values = writer.complete(applySet(action.sets, old, frame), run, 'MERGE');
          updates.push({ id, values });
          before.push(old);
          after.push(values);
        } else if (action.kind === 'delete' && id !== null) {
          deletions.push(id);
          deleted.push(old);
        }
      }
      // Deletes and updates first: a key that goes away may come back in an inserted row.
      if (deletions.length > 0) store.delete(transaction, deletions);
      if (updates.length > 0) store.update(transaction, updates);
      let updated = 0;
      for (const { rows, action } of decisions) {
        frame.rows = rows;
        if (action.kind === 'insert') {
          const [row = none] = insertRows(writer, action.shape, [action.values(frame)], run, 'MERGE');
          inserted.push(row);
          report('INSERT', row, none);
        } else if (action.kind === 'update') {
          report('UPDATE', after[updated] ?? none, before[updated] ?? none);
          updated++;
        } else report('DELETE', none, rows[slot] ?? none);
      }
      keys.checkReferences([...inserted, ...after], run, 'MERGE');
      keys.afterDelete(deleted, run, 'MERGE');
      keys.afterUpdate(before, after, run, 'MERGE');
      const rowsOut = collector.finish(run);
      const all = writer.columns.map((_, ordinal) => ordinal);
      return {
        rowCount: decisions.length,
        ...(rowsOut === undefined ? {} : { output: rowsOut }),
        changes: [
          ...(has(branches, 'insert') ? changeOf(table, 'insert', inserted, [], all) : []),
          ...(has(branches, 'update') ? changeOf(table, 'update', after, before, updatedColumns) : []),
          ...(has(branches, 'delete') ? changeOf(table, 'delete', [], deleted, []) : []),
        ],
      };
    },
  };
}

function has(branches: readonly Branch[], kind: Action['kind']): boolean {
  return branches.some((branch) => branch.action.kind === kind);
}

function compileBranch(branch: MergeBranch, writer: TableWriter, slot: number, scope: Scope): Branch {
  const test = branch.and === undefined ? undefined : compilePredicate(branch.and, scope);
  return { when: branch.when, test, action: compileAction(branch, writer, slot, scope) };
}

function compileAction(branch: MergeBranch, writer: TableWriter, slot: number, scope: Scope): Action {
  const { action, line } = branch;
  if (action.kind === 'delete') return { kind: 'delete' };
  if (action.kind === 'update') {
    return { kind: 'update', sets: compileSetItems(action.set, writer.table, writer, slot, scope) };
  }
  if (action.values === undefined) return { kind: 'insert', shape: rowShape(writer, [], []), values: () => [] };
  const nodes = action.values;
  const ordinals =
    action.columns?.map((name) => targetColumn(writer.table, name, line)) ??
    writer.columns.flatMap((column, ordinal) =>
      column.identity === undefined && column.computed === undefined ? [ordinal] : [],
    );
  if (ordinals.length !== nodes.length) {
    throw valueCountDiffers(line);
  }
  const given = ordinals.flatMap((ordinal, position) => {
    const node = nodes[position];
    if (node === undefined || node.kind === 'default') return [];
    checkWritable(writer.table, ordinal, 'insert', line);
    return [{ ordinal, expression: compileExpression(node, scope) }];
  });
  return {
    kind: 'insert',
    shape: rowShape(
      writer,
      given.map((entry) => entry.ordinal),
      given.map((entry) => entry.expression.type),
    ),
    values: (frame): SqlValue[] => given.map((entry) => entry.expression.evaluate(frame)),
  };
}
