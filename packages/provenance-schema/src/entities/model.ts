import { bigintColumn, datetime2Column, intColumn, nvarcharColumn } from '../column.ts';
import { belongsToTenant } from '../column-edges.ts';
import { defineEntity } from '../define-entity.ts';

/** The entity `Model`. */
export const model = defineEntity({
  name: 'Model',
  description: 'A model that makes inferences, whatever its version.',
  table: { schema: 'dbo', name: 'Model' },
  key: 'ModelId',
  tenant: 'TenantId',
  columns: {
    ModelId: bigintColumn({ property: 'modelId' }),
    TenantId: intColumn({ property: 'tenantId' }),
    Name: nvarcharColumn(200, { property: 'name' }),
    ModelType: nvarcharColumn(64, { property: 'modelType', nullable: true }),
    Provider: nvarcharColumn(200, { property: 'provider', nullable: true }),
    CreatedAt: datetime2Column({ property: 'createdAt' }),
  },
  graph: { kind: 'node', label: 'Model', key: [{ property: 'modelId', column: 'ModelId' }] },
  edges: [belongsToTenant],
});
