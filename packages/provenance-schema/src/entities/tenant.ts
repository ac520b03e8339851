import { datetime2Column, intColumn, nvarcharColumn } from '../column.ts';
import { defineEntity } from '../define-entity.ts';

/** Whose data it is. Part of every key, in SQL and in the graph. */
export const tenant = defineEntity({
  name: 'Tenant',
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
