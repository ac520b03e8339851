import { nameKey } from '../catalog/name-key.ts';

/** A permission that somebody was given or denied. */
export interface Permission {
  /** `revoke` for a column only: what its object's own row says doesn't reach it. */
  readonly state: 'grant' | 'deny' | 'revoke';
  readonly withGrantOption: boolean;
  /** Upper case, e.g. RECEIVE. */
  readonly permission: string;
  /** Securable: `OBJECT:dbo.t`, `SERVICE:s`, `SCHEMA:dbo`, `DATABASE:`, ... with the name in key form. */
  readonly securable: string;
  /** Column of the securable, in key form; absent = all of it. */
  readonly column?: string;
  readonly grantee: string;
}

type Permissions = readonly Permission[];

/** What GRANT, DENY or REVOKE says; `withGrantOption` of REVOKE is GRANT OPTION FOR. */
export type PermissionChange = Omit<Permission, 'state'>;

function isAbout(known: Permission, { permission, securable, grantee }: PermissionChange): boolean {
  return (
    known.permission === permission && known.securable === securable && nameKey(known.grantee) === nameKey(grantee)
  );
}

/** Rows that a change replaces: that of its column, or that of the object and those of all its columns. */
function isReplaced(known: Permission, change: PermissionChange): boolean {
  return isAbout(known, change) && (change.column === undefined || known.column === change.column);
}

/** Whether DENY or REVOKE would take away something that may be given on, which takes CASCADE. */
export function isGrantable(permissions: Permissions, change: PermissionChange): boolean {
  return permissions.some(
    (known) =>
      known.withGrantOption && isAbout(known, change) && (isReplaced(known, change) || known.column === undefined),
  );
}

/**
 * The permissions after a GRANT, DENY or REVOKE. A change of a whole object does away with the rows of its columns; a column has a row only
 * where it differs from its object's. Source: Microsoft's "Permissions (Database Engine)" and sys.database_permissions.
 */
export function changedPermissions(
  permissions: Permissions,
  action: Permission['state'],
  change: PermissionChange,
): Permissions {
  const replaced = permissions.filter((known) => isReplaced(known, change));
  if (action === 'revoke' && change.withGrantOption && replaced.some((known) => known.withGrantOption)) {
    return permissions.map((known) => (replaced.includes(known) ? { ...known, withGrantOption: false } : known));
  }
  const others = permissions.filter((known) => !isReplaced(known, change));
  const whole = others.find((known) => known.column === undefined && isAbout(known, change));
  if (action === 'revoke') {
    const isException = change.column !== undefined && whole !== undefined;
    return isException ? [...others, { ...change, withGrantOption: false, state: 'revoke' }] : others;
  }
  // GRANT takes no grant option away.
  const had = replaced.some(
    (known) => known.state === 'grant' && known.withGrantOption && known.column === change.column,
  );
  const withGrantOption = action === 'grant' && (change.withGrantOption || had);
  const isAsObject = whole?.state === action && (whole.withGrantOption || !withGrantOption);
  return isAsObject ? others : [...others, { ...change, withGrantOption, state: action }];
}
