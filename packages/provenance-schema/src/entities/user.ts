import { bigintColumn, datetime2Column, intColumn, nvarcharColumn } from '../column.ts';
import { belongsToTenant } from '../column-edges.ts';
import { defineEntity } from '../define-entity.ts';

/** The entity `User`. */
export const user = defineEntity({
  name: 'User',
  description: 'A person or service that performs operations and asks for inferences.',
  table: { schema: 'dbo', name: 'User' },
  key: 'UserId',
  tenant: 'TenantId',
  columns: {
    UserId: bigintColumn({ property: 'userId' }),
    TenantId: intColumn({ property: 'tenantId' }),
    UserName: nvarcharColumn(256, { property: 'userName' }),
    DisplayName: nvarcharColumn(256, { property: 'displayName', nullable: true }),
    CreatedAt: datetime2Column({ property: 'createdAt' }),
  },
  graph: {
    kind: 'node',
    label: 'User',
    key: [
      { property: 'userId', column: 'UserId' },
      { property: 'tenantId', column: 'TenantId' },
    ],
  },
  edges: [belongsToTenant],
});
