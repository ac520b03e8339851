import { collationOf } from './collation.ts';
import { collationConflict, collationConflictInColumn } from './errors.ts';
import type { SqlType } from './sql-type.ts';
import { isCharacterType } from './type-info.ts';

/**
 * Which collation two texts have together. Source: Microsoft's "Collation Precedence": a COLLATE clause goes before the
 * collation of a column, that before the one of literals and variables; two columns of different collations have none.
 */

type Collated = Pick<SqlType, 'collation' | 'collationFrom' | 'collationConflict'>;

function nameOf({ collation }: Collated): string {
  return collation ?? collationOf(undefined).name;
}

/** Literals and variables have the database's collation: another one comes from a column, however far away. */
function rankOf(type: Collated): number {
  if (type.collationFrom === 'clause') return 2;
  return type.collationFrom === 'column' || type.collation !== undefined ? 1 : 0;
}

function ofOne({ collation, collationFrom, collationConflict }: Collated): Collated {
  return {
    ...(collation === undefined ? {} : { collation }),
    ...(collationFrom === undefined ? {} : { collationFrom }),
    ...(collationConflict === undefined ? {} : { collationConflict }),
  };
}

/** The collation of what two operands come together to; other than texts have no say. */
export function commonCollation(left: SqlType, right: SqlType): Collated {
  if (!isCharacterType(left)) return isCharacterType(right) ? ofOne(right) : {};
  if (!isCharacterType(right)) return ofOne(left);
  const [a, b] = [rankOf(left), rankOf(right)];
  if (a !== b) return ofOne(a > b ? left : right);
  if (left.collationConflict !== undefined) return ofOne(left);
  if (right.collationConflict !== undefined) return ofOne(right);
  if (nameOf(left).toUpperCase() === nameOf(right).toUpperCase()) return ofOne(left);
  return { ...ofOne(left), collationConflict: [nameOf(left), nameOf(right)] };
}

const ofColumns = new WeakMap<SqlType, SqlType>();

/** The type of a column where a query reads it. */
export function columnType(type: SqlType): SqlType {
  if (!isCharacterType(type) || type.collationFrom === 'column') return type;
  const known = ofColumns.get(type);
  if (known !== undefined) return known;
  const labelled: SqlType = { ...type, collationFrom: 'column' };
  ofColumns.set(type, labelled);
  return labelled;
}

/** The type of `x COLLATE name`. */
export function collatedType(type: SqlType, collation: string): SqlType {
  const { collation: _before, collationFrom: _from, collationConflict: _conflict, ...rest } = type;
  const isDefault = /^(DATABASE|CATALOG)_DEFAULT$/i.test(collation);
  collationOf(collation);
  return { ...rest, ...(isDefault ? {} : { collation }), collationFrom: 'clause' };
}

/** @throws {SqlError} 468 when what is compared has no common collation */
export function refuseConflict(type: SqlType, operation: string): void {
  if (type.collationConflict === undefined) return;
  const [a, b] = type.collationConflict;
  throw collationConflict(a, b, operation);
}

/** @throws {SqlError} 451 when a column of a result has no collation */
export function refuseConflictInColumn(type: SqlType, operator: string, column: number): void {
  if (type.collationConflict === undefined) return;
  const [a, b] = type.collationConflict;
  throw collationConflictInColumn(a, b, operator, column);
}
