import { datetime2Column, intColumn, nvarcharColumn } from '../column.ts';
import { defineEntity } from '../define-entity.ts';

/** The entity `Tenant`. */
export const tenant = defineEntity({
  name: 'Tenant',
  description: 'Whose data it is. Part of every row, and of the keys that end edges.',
  table: { schema: 'dbo', name: 'Tenant' },
  key: 'TenantId',
  tenant: 'TenantId',
  columns: {
    TenantId: intColumn({ property: 'tenantId' }),
    Name: nvarcharColumn(200, { property: 'name' }),
    CreatedAt: datetime2Column({ property: 'createdAt' }),
  },
  graph: { kind: 'node', label: 'Tenant', key: [{ property: 'tenantId', column: 'TenantId' }] },
  edges: [],
});
