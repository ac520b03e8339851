import { bigintColumn, datetime2Column, intColumn, nvarcharColumn } from '../column.ts';
import { atomEnd, belongsToTenant } from '../column-edges.ts';
import { defineEntity } from '../define-entity.ts';

/** The entity `GenerationStream`. */
export const generationStream = defineEntity({
  name: 'GenerationStream',
  description: 'What an inference generates piece by piece; its atom is there once the stream is whole.',
  table: { schema: 'dbo', name: 'GenerationStream' },
  key: 'StreamId',
  tenant: 'TenantId',
  columns: {
    StreamId: bigintColumn({ property: 'streamId' }),
    TenantId: intColumn({ property: 'tenantId' }),
    InferenceId: bigintColumn(),
    AtomId: bigintColumn({ nullable: true }),
    StreamType: nvarcharColumn(64, { property: 'streamType' }),
    PieceCount: intColumn({ property: 'pieceCount' }),
    CreatedAt: datetime2Column({ property: 'createdAt' }),
    CompletedAt: datetime2Column({ property: 'completedAt', nullable: true }),
  },
  graph: { kind: 'node', label: 'GenerationStream', key: [{ property: 'streamId', column: 'StreamId' }] },
  edges: [
    belongsToTenant,
    {
      type: 'GENERATED',
      direction: 'in',
      end: { label: 'Inference', key: [{ property: 'inferenceId', column: 'InferenceId' }] },
    },
    { type: 'GENERATED', direction: 'out', end: atomEnd('AtomId') },
  ],
});
