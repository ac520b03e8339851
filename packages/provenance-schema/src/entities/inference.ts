import { bigintColumn, choiceColumn, datetime2Column, intColumn, nvarcharColumn } from '../column.ts';
import { atomEnd, belongsToTenant, performedBy } from '../column-edges.ts';
import { defineEntity } from '../define-entity.ts';
import { contextDomains, reasoningModes } from '../reference-values.ts';

/** The entity `Inference`. */
export const inference = defineEntity({
  name: 'Inference',
  description: 'One answer of a model: what it was asked, how it reasoned, what came out.',
  table: { schema: 'dbo', name: 'Inference' },
  key: 'InferenceId',
  tenant: 'TenantId',
  columns: {
    InferenceId: bigintColumn({ property: 'inferenceId' }),
    TenantId: intColumn({ property: 'tenantId' }),
    TaskType: nvarcharColumn(64, { property: 'taskType' }),
    ReasoningMode: choiceColumn(32, reasoningModes, { nullable: true }),
    ContextDomain: choiceColumn(32, contextDomains, { nullable: true }),
    ModelVersionId: bigintColumn({ nullable: true }),
    UserId: bigintColumn({ nullable: true }),
    InputAtomId: bigintColumn({ nullable: true }),
    OutputAtomId: bigintColumn({ nullable: true }),
    DurationMs: intColumn({ property: 'durationMs', nullable: true }),
    InferredAt: datetime2Column({ property: 'timestamp' }),
  },
  graph: { kind: 'node', label: 'Inference', key: [{ property: 'inferenceId', column: 'InferenceId' }] },
  edges: [
    belongsToTenant,
    performedBy,
    {
      type: 'USED_MODEL',
      direction: 'out',
      end: { label: 'ModelVersion', key: [{ property: 'modelVersionId', column: 'ModelVersionId' }] },
    },
    {
      type: 'USED_REASONING',
      direction: 'out',
      end: { label: 'ReasoningMode', key: [{ property: 'type', column: 'ReasoningMode' }] },
    },
    {
      type: 'IN_CONTEXT',
      direction: 'out',
      end: { label: 'Context', key: [{ property: 'domain', column: 'ContextDomain' }] },
    },
    { type: 'INPUT_ATOM', direction: 'out', end: atomEnd('InputAtomId') },
    { type: 'OUTPUT_ATOM', direction: 'out', end: atomEnd('OutputAtomId') },
  ],
});
