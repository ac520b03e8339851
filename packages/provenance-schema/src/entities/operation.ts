import { bigintColumn, datetime2Column, intColumn, nvarcharColumn } from '../column.ts';
import { atomEnd, belongsToTenant, performedBy } from '../column-edges.ts';
import { defineEntity } from '../define-entity.ts';

/** The entity `Operation`. */
export const operation = defineEntity({
  name: 'Operation',
  description: 'Something that was done with atoms: an ingestion, a merge, an export.',
  table: { schema: 'dbo', name: 'Operation' },
  key: 'OperationId',
  tenant: 'TenantId',
  columns: {
    OperationId: bigintColumn({ property: 'operationId' }),
    TenantId: intColumn({ property: 'tenantId' }),
    OperationType: nvarcharColumn(64, { property: 'operationType' }),
    UserId: bigintColumn({ nullable: true }),
    InputAtomId: bigintColumn({ nullable: true }),
    OutputAtomId: bigintColumn({ nullable: true }),
    Metadata: nvarcharColumn('MAX', { property: 'metadata', nullable: true }),
    CreatedAt: datetime2Column({ property: 'createdAt' }),
    CompletedAt: datetime2Column({ property: 'completedAt', nullable: true }),
  },
  graph: { kind: 'node', label: 'Operation', key: [{ property: 'operationId', column: 'OperationId' }] },
  edges: [
    belongsToTenant,
    performedBy,
    { type: 'INPUT_ATOM', direction: 'out', end: atomEnd('InputAtomId') },
    { type: 'OUTPUT_ATOM', direction: 'out', end: atomEnd('OutputAtomId') },
  ],
});
