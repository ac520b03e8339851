import type { ColumnEdge, EndPoint } from './define-entity.ts';

/** The edge that every node has to its tenant. */
export const belongsToTenant = {
  type: 'BELONGS_TO_TENANT',
  direction: 'out',
  end: { label: 'Tenant', key: [{ property: 'tenantId', column: 'TenantId' }] },
} as const satisfies ColumnEdge<'TenantId'>;

/** An atom of the row's own tenant, by the column with its id. */
export function atomEnd<ColumnName extends string>(column: ColumnName): EndPoint<ColumnName | 'TenantId'> {
  return {
    label: 'Atom',
    key: [
      { property: 'id', column },
      { property: 'tenantId', column: 'TenantId' },
    ],
  };
}

/** The edge to the user who did it; none where nobody did. */
export const performedBy = {
  type: 'PERFORMED_BY',
  direction: 'out',
  end: {
    label: 'User',
    key: [
      { property: 'userId', column: 'UserId' },
      { property: 'tenantId', column: 'TenantId' },
    ],
  },
} as const satisfies ColumnEdge<'UserId' | 'TenantId'>;
