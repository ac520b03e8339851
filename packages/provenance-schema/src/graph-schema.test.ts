import { describe, expect, it } from 'vitest';
import { atomVectors } from './atom-vectors.ts';
import { entities } from './entity-registry.ts';
import { propertyColumns } from './graph-record.ts';
import { graphSchema } from './graph-schema.ts';

const { constraints, indexes, referenceNodes, searchIndexes, migrations, supporting } = graphSchema;

describe('graphSchema', () => {
  it("has the counts of the operators' runbook, the sync's own items apart", () => {
    expect([constraints.length, indexes.length, referenceNodes.length]).toEqual([9, 13, 15]);
    expect([supporting.constraints.length, supporting.indexes.length]).toEqual([7, 4]);
  });

  it('uses each name once', () => {
    const names = [...constraints, ...indexes, ...searchIndexes, ...supporting.constraints, ...supporting.indexes].map(
      ({ name }) => name,
    );
    expect(new Set(names).size).toBe(names.length);
  });

  it('searches properties that entities have', () => {
    const properties = new Set(entities.flatMap((entity) => propertyColumns(entity).map(({ property }) => property)));
    for (const index of searchIndexes) for (const property of index.properties) expect(properties).toContain(property);
  });

  it('has migrations in their order, each version once', () => {
    const versions = migrations.map(({ version }) => version);
    expect(versions).toEqual([...new Set(versions)].sort());
    for (const version of versions) expect(version).toMatch(/^\d{4}-[a-z0-9-]+$/);
  });

  it('says what keeps each rule that Community lacks', () => {
    for (const { edition, otherwise } of constraints) expect(otherwise === null).toBe(edition === 'any');
  });

  const uniqueness = (label: string, key: readonly { readonly property: string }[]) =>
    expect.objectContaining({ kind: 'unique', label, properties: key.map(({ property }) => property) });

  it('makes the key of every node entity unique, and what the entity declares unique besides', () => {
    for (const { graph } of entities) {
      if (graph.kind !== 'node') continue;
      for (const key of [graph.key, ...(graph.unique ?? [])]) {
        expect([...constraints, ...supporting.constraints]).toContainEqual(uniqueness(graph.label, key));
      }
    }
  });

  it('makes nothing unique that no entity and no reference node declares: the writer must know all such rules', () => {
    const declared = entities.flatMap(({ graph }) =>
      graph.kind === 'node' ? [graph.key, ...(graph.unique ?? [])].map((key) => uniqueness(graph.label, key)) : [],
    );
    declared.push(...referenceNodes.map(({ label, key }) => uniqueness(label, [key])));
    const { model } = atomVectors;
    declared.push(uniqueness(model.label, [{ property: model.key }]));
    const known = [...declared, uniqueness('SyncTombstone', [{ property: 'key' }])];
    for (const constraint of [...constraints, ...supporting.constraints]) {
      if (constraint.kind === 'unique') expect(known).toContainEqual(constraint);
    }
  });

  it('makes the key of every end of an edge unique: the writer seeks ends by it', () => {
    for (const { graph, edges } of entities) {
      const ends = edges.map(({ end }) => end);
      if (graph.kind === 'edge') ends.push(graph.from, graph.to);
      for (const { label, key } of ends) {
        expect([...constraints, ...supporting.constraints]).toContainEqual(uniqueness(label, key));
      }
    }
  });

  it('indexes the id of every relationship type that has rows of its own', () => {
    for (const { graph } of entities) {
      if (graph.kind !== 'edge') continue;
      for (const type of graph.type.values) {
        expect(supporting.indexes).toContainEqual(
          expect.objectContaining({ on: 'relationship', of: type, properties: [graph.id.property] }),
        );
      }
    }
  });
});
