import { atom, atomProvenance } from '@hartonomous/provenance-schema';
import { expect, test } from 'vitest';
import { atomRow, decodedOf } from '../test/samples.ts';
import { cypherOf, successLine } from './batch-log.ts';
import { coalesce } from './coalesce.ts';
import { planChanges } from './plan-changes.ts';

const none = { entityType: 'Atom', synced: 0, deleted: 0, stale: 0 };

test.each([
  [{ synced: 1 }, '✓ Atom synced to Neo4j successfully'],
  [{ synced: 42 }, '✓ 42 Atom synced to Neo4j successfully'],
  [{ synced: 2, deleted: 1, stale: 3 }, '✓ 2 Atom synced to Neo4j successfully, 1 removed, 3 already newer there'],
  [{ deleted: 1 }, '✓ Atom removed from Neo4j successfully'],
  [{ stale: 2 }, '✓ 2 Atom already newer in Neo4j, left as it is'],
])('%j: %s', (counts, line) => {
  expect(successLine({ ...none, ...counts })).toBe(line);
});

test('the Cypher of a node, of an edge, and of what is gone', () => {
  const cypher = (request: Parameters<typeof decodedOf>[0], rows: Parameters<typeof planChanges>[1]) =>
    planChanges(coalesce([decodedOf(request)]), rows).planned.map(cypherOf)[0];
  expect(cypher({ entityId: 12345n }, new Map([[atom, [atomRow(12345, 0)]]]))).toBe(
    'MERGE (a:Atom {id: 12345, tenantId: 0})',
  );
  expect(cypher({ entityId: 12345n, tenantId: 3 }, new Map())).toBe('MATCH (a:Atom {id: 12345, tenantId: 3})');
  const row = {
    AtomProvenanceId: '5',
    TenantId: 0,
    ChildAtomId: '2',
    ParentAtomId: '1',
    RelationType: 'MERGED_FROM',
    DerivationType: null,
    SequenceNumber: null,
    CreatedAt: new Date(0),
    StartOffset: null,
    EndOffset: null,
  };
  expect(cypher({ entityType: 'AtomProvenance', entityId: 5n }, new Map([[atomProvenance, [row]]]))).toBe(
    'MERGE (:Atom {id: 2, tenantId: 0})-[r:MERGED_FROM {id: 5}]->(:Atom {id: 1, tenantId: 0})',
  );
  expect(cypher({ entityType: 'AtomProvenance', entityId: 5n }, new Map())).toBe(
    'MATCH ()-[r:DERIVED_FROM|MERGED_FROM|SUPERSEDES {id: 5}]->()',
  );
});
