import { describe, expect, it } from 'vitest';
import { bigintColumn, intColumn } from './column.ts';
import { defineEntity } from './define-entity.ts';
import { entities, entityOf, entityTypes, isEntityType } from './entity-registry.ts';
import { graphSchema } from './graph-schema.ts';

const columns = { WidgetId: bigintColumn({ property: 'id' }), TenantId: intColumn(), OwnerId: bigintColumn() };
const table = { schema: 'dbo', name: 'Widget' };

describe('defineEntity', () => {
  it('refuses a name that would be unsafe inside a statement', () => {
    expect(() =>
      defineEntity({
        name: 'Widget',
        description: 'Something.',
        table,
        key: 'WidgetId',
        tenant: 'TenantId',
        columns,
        graph: { kind: 'node', label: 'Widget`) DETACH DELETE (n', key: [{ property: 'id', column: 'WidgetId' }] },
        edges: [],
      }),
    ).toThrow(TypeError);
  });

  it('refuses a node key that the message about a deleted row does not carry', () => {
    expect(() =>
      defineEntity({
        name: 'Widget',
        description: 'Something.',
        table,
        key: 'WidgetId',
        tenant: 'TenantId',
        columns,
        graph: { kind: 'node', label: 'Widget', key: [{ property: 'owner', column: 'OwnerId' }] },
        edges: [],
      }),
    ).toThrow(/OwnerId must be WidgetId or TenantId/);
  });

  it('refuses to make unique what no column carries, and what the key is made of', () => {
    for (const unique of [
      { property: 'owner', column: 'OwnerId' } as const,
      { property: 'id', column: 'WidgetId' } as const,
    ]) {
      expect(() =>
        defineEntity({
          name: 'Widget',
          description: 'Something.',
          table,
          key: 'WidgetId',
          tenant: 'TenantId',
          columns,
          graph: { kind: 'node', label: 'Widget', key: [{ property: 'id', column: 'WidgetId' }], unique: [[unique]] },
          edges: [],
        }),
      ).toThrow(/must be a property of/);
    }
  });

  it('refuses edges on an edge', () => {
    const end = { label: 'Widget', key: [{ property: 'id', column: 'OwnerId' }] } as const;
    expect(() =>
      defineEntity({
        name: 'Widget',
        description: 'Something.',
        table,
        key: 'WidgetId',
        tenant: 'TenantId',
        columns,
        graph: {
          kind: 'edge',
          type: { column: 'OwnerId', values: ['OWNS'] },
          from: end,
          to: end,
          id: { property: 'id', column: 'WidgetId' },
        },
        edges: [{ type: 'OWNED_BY', direction: 'out', end }],
      }),
    ).toThrow(/no edges of its own/);
  });
});

describe('the entity registry', () => {
  it('knows each entity by the name that it declares', () => {
    expect(entityTypes.map((type) => entityOf(type).name)).toEqual([...entityTypes]);
    expect(entities.map(({ name }) => name)).toEqual([...entityTypes]);
  });

  it('takes no inherited name for an entity type', () => {
    expect(['Atom', 'atom', 'toString', '__proto__', ''].map(isEntityType)).toEqual([true, false, false, false, false]);
  });

  it('has every other end of an edge among its labels and those of reference nodes', () => {
    const labels = entities.flatMap(({ graph }) => (graph.kind === 'node' ? [graph.label] : []));
    labels.push(...graphSchema.referenceNodes.map(({ label }) => label));
    const ends = entities.flatMap(({ graph, edges }) => [
      ...edges.map(({ end }) => end.label),
      ...(graph.kind === 'edge' ? [graph.from.label, graph.to.label] : []),
    ]);
    expect(labels).toEqual(expect.arrayContaining(ends));
  });
});
