import type { SqlError } from '../../errors.ts';
import { nameKey } from '../catalog/name-key.ts';
import type { Database } from '../server/database.ts';
import { columnPermissionDenied } from './errors.ts';
import type { Securable } from './securables.ts';

/** Whose permissions a module's statements borrow: what its owner owns in its database needs no permission of the caller. */
export interface OwnershipChain {
  readonly database: Database;
  readonly owner: string;
}

/** Being a user of a database at all. */
export const connectPermission = 'CONNECT';

/** Stands before the name of a permission of the server. */
export const serverPrefix = 'SERVER ';

/** A permission that a statement needs, found while it is compiled and asked for at each run. */
export interface ObjectAccess {
  readonly permission: string;
  readonly securable: Securable;
  /** The view or function inside which the object is named; absent = the statement itself, in its module. */
  readonly chain: OwnershipChain | undefined;
  readonly refusal: () => SqlError;
  /** Present where the permission may be given on single columns. */
  readonly columns?: AccessedColumns;
}

/** Which columns of a table, view or table-valued function a statement uses. */
export interface AccessedColumns {
  readonly object: { readonly name: string; readonly schema: string };
  /** Those that it uses, in the order that they have there. A statement that names none uses all of them. */
  readonly names: readonly string[];
}

/** Whether the chain of ownership reaches a securable, so that the caller's permission is not asked for. */
export function isChained(securable: Securable, chain: OwnershipChain | undefined): boolean {
  return (
    chain !== undefined &&
    chain.database === securable.database &&
    securable.owner !== undefined &&
    chain.owner.toLowerCase() === securable.owner.toLowerCase()
  );
}

/**
 * What a user lacks of a permission on an object on whose columns somebody has one of its own: 229 for who has it neither on the
 * object nor on any column, else 230 for each column, one before the other.
 */
export function columnRefusal(access: ObjectAccess, columns: AccessedColumns, user: string): SqlError | undefined {
  const { permission, securable } = access;
  const { database, path, owner } = securable;
  const { principals } = database;
  const some = principals.allows(user, permission, path, owner);
  if (!some && !principals.allowsSomeColumn(user, permission, path, owner)) return access.refusal();
  let refusal: SqlError | undefined;
  for (const name of columns.names) {
    if (principals.allowsColumn(user, permission, path, nameKey(name), owner)) continue;
    refusal = columnPermissionDenied(permission, name, columns.object, database.name, refusal);
  }
  return refusal;
}
