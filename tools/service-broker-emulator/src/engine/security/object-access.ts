import type { SqlError } from '../../errors.ts';
import type { Database } from '../server/database.ts';
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
