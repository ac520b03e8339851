import { collationOf } from './collation.ts';
import { codePageOf } from './collation-code-page.ts';
import { collationConflict, collationConflictInColumn } from './errors.ts';
import type { SqlType } from './sql-type.ts';
import { isCharacterType, isUnicodeType } from './type-info.ts';

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
  if (type.collationFrom === 'default') return 0;
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

/**
 * The type of a column where a query reads it.
 *
 * @param byName the database has another collation than the server, so that the server's is to be named
 */
export function columnType(type: SqlType, byName = false): SqlType {
  if (byName && isCharacterType(type) && type.collation === undefined) {
    return { ...type, collation: collationOf(undefined).name, collationFrom: 'column' };
  }
  if (!isCharacterType(type) || type.collationFrom === 'column') return type;
  const known = ofColumns.get(type);
  if (known !== undefined) return known;
  const labelled: SqlType = { ...type, collationFrom: 'column' };
  ofColumns.set(type, labelled);
  return labelled;
}

/** The type of a text that CAST, CONVERT or a function makes of texts: it has their collation unless it has its own. */
export function inheritCollation(type: SqlType, from: readonly SqlType[]): SqlType {
  if (!isCharacterType(type) || type.collation !== undefined) return type;
  const texts = from.filter(isCharacterType);
  const [first, ...others] = texts;
  if (first === undefined) return type;
  let common = ofOne(first);
  for (const other of others) common = commonCollation({ ...type, ...common }, other);
  return Object.keys(common).length === 0 ? type : { ...type, ...common };
}

/** A text that names no collation has its database's. @param collation that of the database; absent where it is the server's */
export function databaseCollated(type: SqlType, collation: string | undefined): SqlType {
  if (collation === undefined || !isCharacterType(type) || type.collationFrom !== undefined) return type;
  if (type.collation !== undefined && type.collation !== collation) return type;
  return { ...type, collation, collationFrom: 'default' };
}

/** The type of `x COLLATE name`. @throws {SqlError} 448, 459 for a collation of Unicode types on char, varchar or text */
export function collatedType(type: SqlType, named: string, ofDatabase?: string): SqlType {
  const { collation: _before, collationFrom: _from, collationConflict: _conflict, ...rest } = type;
  const collation = /^(DATABASE|CATALOG)_DEFAULT$/i.test(named) ? ofDatabase : named;
  collationOf(collation);
  if (isCharacterType(type) && !isUnicodeType(type)) codePageOf(collation);
  return { ...rest, ...(collation === undefined ? {} : { collation }), collationFrom: 'clause' };
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
