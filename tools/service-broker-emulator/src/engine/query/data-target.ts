import type { DataTarget } from '../../tsql/ast/data.ts';
import type { TableSource } from '../../tsql/ast/queries.ts';
import { unsupported } from '../../unsupported.ts';
import { nameKey } from '../catalog/name-key.ts';
import type { StoredRow } from '../storage/table-store.ts';
import type { SqlRow } from '../types/sql-value.ts';
import type { QueryEnvironment, TablePermission, TableRelation } from './environment.ts';
import {
  ambiguousTarget,
  computedColumn,
  insertsTimestamp,
  notModifiable,
  updatesIdentity,
  updatesTimestamp,
} from './errors/data-errors.ts';
import { invalidColumnName, invalidObjectName, undeclaredTableVariable } from './errors/name-errors.ts';
import type { Frame } from './frame.ts';
import type { JoinNode, Leaf } from './join-tree.ts';
import { leavesOf } from './join-tree.ts';
import { tableLeafWithId } from './row-source.ts';
import type { Scope } from './scope.ts';
import { targetHints } from './table-hints.ts';
import type { UpdatableRows, UsesColumns } from './updatable.ts';
import { UsedColumns } from './used-columns.ts';

/**
 * The stored table that a statement changes.
 *
 * @param uses permissions that the change takes
 */
export function resolveTarget(
  target: DataTarget,
  environment: QueryEnvironment,
  uses: readonly TablePermission[],
): TableRelation {
  if (target.kind === 'tableVariable') {
    const table = environment.tableVariable(target.name);
    if (table === undefined) throw undeclaredTableVariable(target.name, target.line);
    return table;
  }
  const resolved = environment.relation(target.name, uses);
  if (resolved === undefined) throw invalidObjectName(target.name);
  if (resolved.kind === 'table') return resolved;
  if (resolved.kind === 'view') throw unsupported('changing data through a view', target.line);
  throw notModifiable(resolved.relation.name, target.line);
}

/** A FROM clause in which the rows of the target carry their ids. */
export interface TargetedFrom {
  readonly root: JoinNode;
  readonly table: TableRelation;
  /** Slot for the stored row that is changed. */
  readonly slot: number;
  /** The stored row of the target that stands in the frame; undefined on the null-supplying side of a join. */
  readonly find: (frame: Frame) => StoredRow | undefined;
  /** Asks for a permission on what the statement names. */
  readonly uses: UsesColumns;
  /** Columns of it that the statement reads. */
  readonly read: UsedColumns;
  /** Present when the change goes through a view, CTE or derived table. */
  readonly view?: { readonly slot: number; readonly rows: UpdatableRows };
}

/** The target as a stored table whose rows have ids. */
export function tableTarget(
  root: JoinNode,
  leaf: Leaf & { readonly idSlot: number },
  environment: QueryEnvironment,
): TargetedFrom {
  const { table, idSlot } = leaf;
  const { slot, used } = leaf.source;
  if (table === undefined) throw new Error('a target with ids is a stored table');
  return {
    root,
    table,
    slot,
    uses: (permission, columns) => environment.uses(table, permission, columns),
    read: used ?? new UsedColumns(table.definition.columns),
    find: (frame) => {
      const id = frame.rows[idSlot]?.[0];
      return typeof id === 'number' ? { id, values: frame.rows[slot] as SqlRow } : undefined;
    },
  };
}

/** The target as a query over a stored table. */
export function viewTarget(root: JoinNode, leaf: Leaf, rows: UpdatableRows, scope: Scope): TargetedFrom {
  const { slot: viewSlot, used } = leaf.source;
  return {
    root,
    table: rows.table,
    slot: scope.newSlot(),
    uses: rows.uses,
    read: used ?? new UsedColumns(rows.columns),
    find: (frame) => {
      const row = frame.rows[viewSlot];
      return row === undefined ? undefined : rows.origin(frame.run, row);
    },
    view: { slot: viewSlot, rows },
  };
}

/** The source of FROM that a target names by its alias or as it is named there; sources inside joins count. */
export function namedSource(sources: readonly TableSource[], target: DataTarget): TableSource | undefined {
  if (target.kind === 'tableVariable' || target.name.schema !== undefined) return undefined;
  const wanted = nameKey(target.name.name);
  for (const source of sources) {
    if (source.kind === 'join') {
      const inside = namedSource([source.left, source.right], target);
      if (inside !== undefined) return inside;
    } else if (source.kind === 'table' || source.kind === 'derived') {
      const shown = source.alias ?? (source.kind === 'table' ? source.name.name : '');
      if (nameKey(shown) === wanted) return source;
    }
  }
  return undefined;
}

/** Finds the target of UPDATE or DELETE among the sources of its FROM clause, by alias or by name. Undefined: not there. */
export function targetInFrom(root: JoinNode, target: DataTarget, scope: Scope): TargetedFrom | undefined {
  const all = leavesOf(root);
  const through = all.find((leaf) => leaf.updatable !== undefined);
  if (through?.updatable !== undefined) return viewTarget(root, through, through.updatable, scope);
  const wanted = target.kind === 'tableVariable' ? target.name : target.name.name;
  const leaves = all.filter((leaf) => leaf.table !== undefined);
  const unqualified = target.kind === 'tableVariable' || target.name.schema === undefined;
  const byAlias = unqualified ? leaves.find((leaf) => nameKey(leaf.source.alias) === nameKey(wanted)) : undefined;
  const leaf = byAlias ?? byTable(leaves, target, scope);
  if (leaf === undefined) return undefined;
  const hints = target.kind === 'table' && target.hints.length > 0 ? target.hints : leaf.hintWords;
  const withId = tableLeafWithId(leaf, scope, targetHints(leaf.table, hints, target.line, scope.environment));
  return tableTarget(replaceLeaf(root, leaf, withId), withId, scope.environment);
}

function byTable(leaves: readonly Leaf[], target: DataTarget, scope: Scope): Leaf | undefined {
  if (target.kind === 'tableVariable') return undefined;
  const resolved = scope.environment.relation(target.name);
  if (resolved?.kind !== 'table') return undefined;
  const same = leaves.filter((leaf) => leaf.table?.definition === resolved.definition);
  if (same.length > 1) {
    throw ambiguousTarget(target.name.name, target.line);
  }
  return same[0];
}

function replaceLeaf(node: JoinNode, leaf: Leaf, by: Leaf): JoinNode {
  if (node.kind === 'leaf') return node === leaf ? by : node;
  return { ...node, left: replaceLeaf(node.left, leaf, by), right: replaceLeaf(node.right, leaf, by) };
}

/** Ordinal of a column of the target. @throws {SqlError} 207 */
export function targetColumn(table: TableRelation, name: string, line: number): number {
  const key = nameKey(name);
  const ordinal = table.definition.columns.findIndex((column) => nameKey(column.name) === key);
  if (ordinal === -1) throw invalidColumnName(name, line);
  return ordinal;
}

/** Refuses to write what the server computes. @throws {SqlError} 271, 272 or 273 */
export function checkWritable(
  table: TableRelation,
  ordinal: number,
  statement: 'insert' | 'update',
  line: number,
): void {
  const column = table.definition.columns[ordinal];
  if (column === undefined) return;
  if (column.computed !== undefined) {
    throw computedColumn(column.name, line);
  }
  if (column.type.name === 'rowversion') {
    throw statement === 'update' ? updatesTimestamp(line) : insertsTimestamp(line);
  }
  if (column.identity !== undefined && statement === 'update') {
    throw updatesIdentity(column.name, line);
  }
}
