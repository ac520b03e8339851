import { atomVectors } from '../atom-vectors.ts';
import {
  bigintColumn,
  choiceColumn,
  datetime2Column,
  intColumn,
  nvarcharColumn,
  varbinaryColumn,
  vectorColumn,
  wordColumn,
} from '../column.ts';
import { belongsToTenant } from '../column-edges.ts';
import { defineEntity } from '../define-entity.ts';
import { embeddingDimension } from '../embedding.ts';
import { dataClassifications } from '../reference-values.ts';

/** The entity `Atom`. */
export const atom = defineEntity({
  name: 'Atom',
  description: 'The smallest piece of content that has an identity and a provenance.',
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
    SyncType: wordColumn(16),
    CreatedAt: datetime2Column({ property: 'createdAt' }),
    AtomicValue: varbinaryColumn(64, { nullable: true }),
    ReferenceCount: intColumn(),
    Classification: choiceColumn(16, dataClassifications, { nullable: true }),
    // Unread: there for programs of the version before, until `database contract` takes it away.
    Embedding: vectorColumn(embeddingDimension, { nullable: true }),
  },
  graph: {
    kind: 'node',
    label: 'Atom',
    key: [
      { property: 'id', column: 'AtomId' },
      { property: 'tenantId', column: 'TenantId' },
    ],
    vectors: atomVectors,
  },
  edges: [
    belongsToTenant,
    {
      type: 'CLASSIFIED_AS',
      direction: 'out',
      end: { label: 'DataClassification', key: [{ property: 'level', column: 'Classification' }] },
    },
  ],
});
