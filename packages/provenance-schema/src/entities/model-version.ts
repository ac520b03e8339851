import { bigintColumn, datetime2Column, intColumn, nvarcharColumn } from '../column.ts';
import { belongsToTenant } from '../column-edges.ts';
import { defineEntity } from '../define-entity.ts';

/** The entity `ModelVersion`. */
export const modelVersion = defineEntity({
  name: 'ModelVersion',
  description: 'One version of a model: what an inference was really made with.',
  table: { schema: 'dbo', name: 'ModelVersion' },
  key: 'ModelVersionId',
  tenant: 'TenantId',
  columns: {
    ModelVersionId: bigintColumn({ property: 'modelVersionId' }),
    TenantId: intColumn({ property: 'tenantId' }),
    ModelId: bigintColumn({ property: 'modelId' }),
    Version: nvarcharColumn(64, { property: 'version' }),
    ParameterCount: bigintColumn({ property: 'parameterCount', nullable: true }),
    CreatedAt: datetime2Column({ property: 'createdAt' }),
  },
  graph: {
    kind: 'node',
    label: 'ModelVersion',
    key: [{ property: 'modelVersionId', column: 'ModelVersionId' }],
    unique: [
      [
        { property: 'modelId', column: 'ModelId' },
        { property: 'version', column: 'Version' },
      ],
    ],
  },
  edges: [
    belongsToTenant,
    {
      type: 'HAS_VERSION',
      direction: 'in',
      end: { label: 'Model', key: [{ property: 'modelId', column: 'ModelId' }] },
    },
  ],
});
