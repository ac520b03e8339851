import { bigintColumn, datetime2Column, intColumn, nvarcharColumn } from '../column.ts';
import { defineEntity } from '../define-entity.ts';

/** Which atom an atom was made from: `(child)-[:DERIVED_FROM|MERGED_FROM]->(parent)`. */
export const atomProvenance = defineEntity({
  name: 'AtomProvenance',
  table: { schema: 'dbo', name: 'AtomProvenance' },
  key: 'AtomProvenanceId',
  tenant: 'TenantId',
  columns: {
    AtomProvenanceId: bigintColumn({ property: 'id' }),
    TenantId: intColumn({ property: 'tenantId' }),
    ChildAtomId: bigintColumn(),
    ParentAtomId: bigintColumn(),
    RelationType: nvarcharColumn(32),
    DerivationType: nvarcharColumn(64, { property: 'derivationType', nullable: true }),
    SequenceNumber: intColumn({ property: 'sequenceNumber', nullable: true }),
    CreatedAt: datetime2Column({ property: 'createdAt' }),
  },
  graph: {
    kind: 'edge',
    type: { column: 'RelationType', values: ['DERIVED_FROM', 'MERGED_FROM'] },
    from: {
      label: 'Atom',
      key: [
        { property: 'id', column: 'ChildAtomId' },
        { property: 'tenantId', column: 'TenantId' },
      ],
    },
    to: {
      label: 'Atom',
      key: [
        { property: 'id', column: 'ParentAtomId' },
        { property: 'tenantId', column: 'TenantId' },
      ],
    },
    id: { property: 'id', column: 'AtomProvenanceId' },
  },
  edges: [],
});
