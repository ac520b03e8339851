import type { Located, ObjectName } from './nodes.ts';

/** `ALTER AUTHORIZATION ON class::name TO owner`. */
export interface AlterAuthorizationStatement extends Located {
  readonly kind: 'alterAuthorization';
  /** As in {@link PermissionStatement}. */
  readonly class: string;
  readonly name: ObjectName;
  /** Absent = SCHEMA OWNER. */
  readonly owner?: string;
}
