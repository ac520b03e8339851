import type { Located, ObjectName } from './nodes.ts';

export interface PermissionStatement extends Located {
  readonly kind: 'permission';
  readonly action: 'grant' | 'deny' | 'revoke';
  /** Upper case; `ALL` possible. */
  readonly permissions: readonly string[];
  /** Securable class, upper case: OBJECT (default), SERVICE, CONTRACT, MESSAGE TYPE, SCHEMA, TYPE, DATABASE, ... Absent name = database level. */
  readonly on?: { readonly class: string; readonly name: ObjectName; readonly columns: readonly string[] };
  readonly principals: readonly string[];
  readonly withGrantOption: boolean;
  readonly cascade: boolean;
}
