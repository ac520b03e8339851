import { bigintColumn, datetime2Column, intColumn, nvarcharColumn, varbinaryColumn } from '../column.ts';
import { defineEntity } from '../define-entity.ts';

/** The smallest piece of content that has an identity and a provenance. */
export const atom = defineEntity({
  name: 'Atom',
  table: { schema: 'dbo', name: 'Atom' },
  key: 'AtomId',
  tenant: 'TenantId',
  columns: {
    AtomId: bigintColumn({ property: 'id' }),
    TenantId: intColumn({ property: 'tenantId' }),
    AtomType: nvarcharColumn(64, { property: 'atomType' }),
    ContentType: nvarcharColumn(256, { property: 'contentType', nullable: true }),
    ContentHash: varbinaryColumn(32, { property: 'contentHash', nullable: true }),
    CanonicalText: nvarcharColumn('MAX', { property: 'canonicalText', nullable: true }),
    Metadata: nvarcharColumn('MAX', { property: 'metadata', nullable: true }),
    SyncType: nvarcharColumn(16),
    CreatedAt: datetime2Column({ property: 'createdAt' }),
  },
  graph: {
    kind: 'node',
    label: 'Atom',
    key: [
      { property: 'id', column: 'AtomId' },
      { property: 'tenantId', column: 'TenantId' },
    ],
  },
  edges: [
    {
      type: 'BELONGS_TO_TENANT',
      direction: 'out',
      end: { label: 'Tenant', key: [{ property: 'tenantId', column: 'TenantId' }] },
    },
  ],
});
