import { bigintColumn, choiceColumn, datetime2Column, intColumn, nvarcharColumn } from '../column.ts';
import { atomEnd } from '../column-edges.ts';
import { defineEntity } from '../define-entity.ts';

const relationTypes = ['DERIVED_FROM', 'MERGED_FROM', 'SUPERSEDES'] as const;

/** The entity `AtomProvenance`. */
export const atomProvenance = defineEntity({
  name: 'AtomProvenance',
  description:
    'Which atom an atom was made from: an edge from the child to the parent; or which document it supersedes.',
  table: { schema: 'dbo', name: 'AtomProvenance' },
  key: 'AtomProvenanceId',
  tenant: 'TenantId',
  columns: {
    AtomProvenanceId: bigintColumn({ property: 'id' }),
    TenantId: intColumn({ property: 'tenantId' }),
    ChildAtomId: bigintColumn(),
    ParentAtomId: bigintColumn(),
    RelationType: choiceColumn(32, relationTypes),
    DerivationType: nvarcharColumn(64, { property: 'derivationType', nullable: true }),
    SequenceNumber: intColumn({ property: 'sequenceNumber', nullable: true }),
    CreatedAt: datetime2Column({ property: 'createdAt' }),
    StartOffset: bigintColumn({ property: 'startOffset', nullable: true }),
    EndOffset: bigintColumn({ property: 'endOffset', nullable: true }),
  },
  graph: {
    kind: 'edge',
    type: { column: 'RelationType', values: relationTypes },
    from: atomEnd('ChildAtomId'),
    to: atomEnd('ParentAtomId'),
    id: { property: 'id', column: 'AtomProvenanceId' },
  },
  edges: [],
});
