import { describe, expect, it } from 'vitest';
import { ZodError } from 'zod';
import { bigintColumn, intColumn } from './column.ts';
import { defineEntity } from './define-entity.ts';
import { atom } from './entities/atom.ts';
import { atomProvenance } from './entities/atom-provenance.ts';
import { tenant } from './entities/tenant.ts';
import { nodeKey, propertyColumns, toGraphRecord } from './graph-record.ts';

const createdAt = new Date('2026-01-02T03:04:05.678Z');

// Rows as the mssql driver delivers them: BIGINT as text, VARBINARY as Buffer, DATETIME2 as Date.
const atomRow = {
  AtomId: '9223372036854775807',
  TenantId: 7,
  AtomType: 'chunk',
  ContentType: 'application/json',
  ContentHash: Buffer.from('DEADBEEF', 'hex'),
  CanonicalText: null,
  Metadata: '{"a":1}',
  CreatedAt: createdAt,
  Classification: 'internal',
  Embedding: null,
};
const provenanceRow = {
  AtomProvenanceId: '5',
  TenantId: 7,
  ChildAtomId: '11',
  ParentAtomId: '10',
  RelationType: 'DERIVED_FROM',
  DerivationType: null,
  SequenceNumber: 3,
  CreatedAt: createdAt,
  StartOffset: '0',
  EndOffset: '9007199254740993',
};

describe('toGraphRecord', () => {
  it('makes a node of a row of a node entity, with the ends of its edges', () => {
    expect(toGraphRecord(atom, atomRow)).toEqual({
      kind: 'node',
      entityId: 9223372036854775807n,
      key: { id: 9223372036854775807n, tenantId: 7n },
      properties: {
        atomType: 'chunk',
        contentType: 'application/json',
        contentHash: 'deadbeef',
        canonicalText: null,
        metadata: '{"a":1}',
        createdAt,
      },
      edgeEnds: [{ tenantId: 7n }, { level: 'internal' }],
    });
  });

  it('makes an edge of a row of an edge entity', () => {
    expect(toGraphRecord(atomProvenance, provenanceRow)).toEqual({
      kind: 'edge',
      entityId: 5n,
      type: 'DERIVED_FROM',
      from: { id: 11n, tenantId: 7n },
      to: { id: 10n, tenantId: 7n },
      properties: {
        tenantId: 7n,
        derivationType: null,
        sequenceNumber: 3n,
        createdAt,
        startOffset: 0n,
        endOffset: 9007199254740993n,
      },
    });
  });

  it('leaves an edge out where its column is NULL', () => {
    const widget = defineEntity({
      name: 'Widget',
      description: 'Something.',
      table: { schema: 'dbo', name: 'Widget' },
      key: 'WidgetId',
      tenant: 'TenantId',
      columns: { WidgetId: bigintColumn(), TenantId: intColumn(), OwnerId: bigintColumn({ nullable: true }) },
      graph: { kind: 'node', label: 'Widget', key: [{ property: 'id', column: 'WidgetId' }] },
      edges: [
        { type: 'OWNED_BY', direction: 'out', end: { label: 'Owner', key: [{ property: 'id', column: 'OwnerId' }] } },
      ],
    });
    const row = { WidgetId: '1', TenantId: 0 };
    expect(toGraphRecord(widget, { ...row, OwnerId: null })).toMatchObject({ edgeEnds: [null] });
    expect(toGraphRecord(widget, { ...row, OwnerId: '2' })).toMatchObject({ edgeEnds: [{ id: 2n }] });
  });

  it.each([
    ['a relationship type that is not declared', { ...provenanceRow, RelationType: 'OWNS' }],
    ['NULL in a column that has none', { ...provenanceRow, CreatedAt: null }],
    ['an id that is not an integer', { ...provenanceRow, ChildAtomId: '1e3' }],
    ['a missing column', { ...provenanceRow, TenantId: undefined }],
    ['no row at all', null],
    ['offsets that are not integers', { ...provenanceRow, StartOffset: 1.5 }],
  ])('refuses %s', (_what, row) => {
    expect(() => toGraphRecord(atomProvenance, row)).toThrow(ZodError);
  });
});

describe('nodeKey', () => {
  it('finds the node of a row that is gone by its message alone', () => {
    expect(nodeKey(atom, 12n, 7)).toEqual({ id: 12n, tenantId: 7n });
    expect(nodeKey(tenant, 7n, 7)).toEqual({ tenantId: 7n });
  });

  it('has no meaning for an edge', () => {
    expect(() => nodeKey(atomProvenance, 5n, 7)).toThrow(/find it by id/);
  });
});

describe('propertyColumns', () => {
  it('names what a node or edge carries besides its key', () => {
    expect(propertyColumns(atomProvenance).map(({ property, name }) => [property, name])).toEqual([
      ['tenantId', 'TenantId'],
      ['derivationType', 'DerivationType'],
      ['sequenceNumber', 'SequenceNumber'],
      ['createdAt', 'CreatedAt'],
      ['startOffset', 'StartOffset'],
      ['endOffset', 'EndOffset'],
    ]);
  });
});
