import { bigintColumn, datetime2Column, floatColumn, intColumn, nvarcharColumn } from '../column.ts';
import { belongsToTenant } from '../column-edges.ts';
import { defineEntity } from '../define-entity.ts';

/** The entity `Decision`. */
export const decision = defineEntity({
  name: 'Decision',
  description: 'What was decided on the ground of an inference, and how sure it is: `confidence` is 0 to 1.',
  table: { schema: 'dbo', name: 'Decision' },
  key: 'DecisionId',
  tenant: 'TenantId',
  columns: {
    DecisionId: bigintColumn({ property: 'decisionId' }),
    TenantId: intColumn({ property: 'tenantId' }),
    InferenceId: bigintColumn(),
    Outcome: nvarcharColumn(256, { property: 'outcome' }),
    Rationale: nvarcharColumn('MAX', { property: 'rationale', nullable: true }),
    Confidence: floatColumn({ property: 'confidence' }),
    CreatedAt: datetime2Column({ property: 'createdAt' }),
  },
  graph: { kind: 'node', label: 'Decision', key: [{ property: 'decisionId', column: 'DecisionId' }] },
  edges: [
    belongsToTenant,
    {
      type: 'RESULTED_IN',
      direction: 'in',
      end: { label: 'Inference', key: [{ property: 'inferenceId', column: 'InferenceId' }] },
    },
  ],
});
