import { SqlError } from '../../errors.ts';
import type { DataTarget } from '../../tsql/ast/data-statements.ts';
import { unsupported } from '../../unsupported.ts';
import { nameKey } from '../catalog/name-key.ts';
import type { QueryEnvironment, TableRelation } from './environment.ts';
import type { JoinNode, Leaf } from './join-tree.ts';
import { leavesOf } from './join-tree.ts';
import { invalidColumnName, invalidObjectName, undeclaredTableVariable } from './query-errors.ts';
import type { Scope } from './scope.ts';
import { tableScan } from './table-access.ts';

/** The stored table that INSERT, MERGE or TRUNCATE names. */
export function resolveTarget(target: DataTarget, environment: QueryEnvironment): TableRelation {
  if (target.kind === 'tableVariable') {
    const table = environment.tableVariable(target.name);
    if (table === undefined) throw undeclaredTableVariable(target.name, target.line);
    return table;
  }
  const resolved = environment.relation(target.name);
  if (resolved === undefined) throw invalidObjectName(target.name);
  if (resolved.kind === 'table') return resolved;
  if (resolved.kind === 'view') throw unsupported('changing data through a view', target.line);
  throw new SqlError(`Object '${resolved.relation.name}' cannot be modified.`, { number: 4406, line: target.line });
}

/** A FROM clause in which the rows of the target carry their ids. */
export interface TargetedFrom {
  readonly root: JoinNode;
  readonly table: TableRelation;
  readonly slot: number;
  readonly idSlot: number;
}

/** Finds the target of UPDATE or DELETE among the sources of its FROM clause, by alias or by name. Undefined: not there. */
export function targetInFrom(root: JoinNode, target: DataTarget, scope: Scope): TargetedFrom | undefined {
  const wanted = target.kind === 'tableVariable' ? target.name : target.name.name;
  const leaves = leavesOf(root).filter((leaf) => leaf.table !== undefined);
  const unqualified = target.kind === 'tableVariable' || target.name.schema === undefined;
  const byAlias = unqualified ? leaves.find((leaf) => nameKey(leaf.source.alias) === nameKey(wanted)) : undefined;
  const leaf = byAlias ?? byTable(leaves, target, scope);
  if (leaf?.table === undefined) return undefined;
  const { table } = leaf;
  const idSlot = scope.newSlot();
  const { slot } = leaf.source;
  const withId: Leaf = { ...leaf, idSlot, scan: tableScan(table, slot, idSlot, undefined) };
  return { root: replaceLeaf(root, leaf, withId), table, slot, idSlot };
}

function byTable(leaves: readonly Leaf[], target: DataTarget, scope: Scope): Leaf | undefined {
  if (target.kind === 'tableVariable') return undefined;
  const resolved = scope.environment.relation(target.name);
  if (resolved?.kind !== 'table') return undefined;
  const same = leaves.filter((leaf) => leaf.table?.definition === resolved.definition);
  if (same.length > 1) {
    throw new SqlError(`The table '${target.name.name}' is ambiguous.`, {
      number: 8154,
      severity: 15,
      line: target.line,
    });
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
    throw new SqlError(
      `The column "${column.name}" cannot be modified because it is either a computed column or is the result of a UNION operator.`,
      { number: 271, line },
    );
  }
  if (column.type.name === 'rowversion') {
    throw statement === 'update'
      ? new SqlError('Cannot update a timestamp column.', { number: 272, line })
      : new SqlError(
          'Cannot insert an explicit value into a timestamp column. Use INSERT with a column list to exclude the timestamp column, or insert a DEFAULT into the timestamp column.',
          { number: 273, line },
        );
  }
  if (column.identity !== undefined && statement === 'update') {
    throw new SqlError(`Cannot update identity column '${column.name}'.`, { number: 8102, line });
  }
}
