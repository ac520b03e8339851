import { describe, expect, it } from 'vitest';
import { entities } from './entity-registry.ts';
import { graphSchema } from './graph-schema.ts';

const { constraints, indexes, referenceNodes, supporting } = graphSchema;

describe('graphSchema', () => {
  it("has the counts of the operators' runbook, the sync's own items apart", () => {
    expect([constraints.length, indexes.length, referenceNodes.length]).toEqual([9, 13, 15]);
    expect([supporting.constraints.length, supporting.indexes.length]).toEqual([1, 3]);
  });

  it('uses each name once', () => {
    const names = [...constraints, ...indexes, ...supporting.constraints, ...supporting.indexes].map(
      ({ name }) => name,
    );
    expect(new Set(names).size).toBe(names.length);
  });

  it('says what keeps each rule that Community lacks', () => {
    for (const { edition, otherwise } of constraints) expect(otherwise === null).toBe(edition === 'any');
  });

  it('makes the key of every node entity unique', () => {
    for (const { graph } of entities) {
      if (graph.kind !== 'node') continue;
      const key = graph.key.map(({ property }) => property);
      expect(constraints).toContainEqual(
        expect.objectContaining({ kind: 'unique', label: graph.label, properties: key }),
      );
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
