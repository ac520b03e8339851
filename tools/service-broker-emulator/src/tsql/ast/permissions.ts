import type { Located, ObjectName } from './nodes.ts';

/** One of the permissions that a statement names. */
export interface NamedPermission {
  /** Upper case; `ALL` possible. */
  readonly name: string;
  /** Columns that it is about; none = the whole securable. */
  readonly columns: readonly string[];
}

export interface PermissionStatement extends Located {
  readonly kind: 'permission';
  readonly action: 'grant' | 'deny' | 'revoke';
  readonly permissions: readonly NamedPermission[];
  /** Securable class, upper case: OBJECT (default), SERVICE, CONTRACT, MESSAGE TYPE, SCHEMA, TYPE, DATABASE, ... Absent name = database level. */
  readonly on?: { readonly class: string; readonly name: ObjectName };
  readonly principals: readonly string[];
  /** WITH GRANT OPTION, and GRANT OPTION FOR of REVOKE. */
  readonly withGrantOption: boolean;
  readonly cascade: boolean;
}
