import type { AnyEntity } from '@hartonomous/provenance-schema';
import type { NodeRow } from './entity-changes.ts';
import { rowLayout } from './statements.ts';

/**
 * Lets one row of a batch only keep values that are unique besides the key: the last of those that have them.
 *
 * Two rows have the same values where one of them changed while the batch read the table. That change is younger than the
 * batch's number, so its message, which comes with both rows' changes, will be handled by a later batch.
 */
export function withoutSharedClaims(entity: AnyEntity, rows: readonly NodeRow[]): readonly NodeRow[] {
  const { graph } = entity;
  if (graph.kind !== 'node' || graph.unique === undefined) return rows;
  const { key, properties } = rowLayout(entity, graph);
  let kept = rows;
  for (const [position, unique] of graph.unique.entries()) {
    const owners = new Map<string, NodeRow>();
    for (const row of kept) {
      const claim = claimText(row, position);
      if (claim !== undefined) owners.set(claim, row);
    }
    const lost = new Set(
      unique.map(({ property }) => key.length + properties.findIndex((other) => other.property === property)),
    );
    kept = kept.map((row) => {
      const claim = claimText(row, position);
      if (claim === undefined || owners.get(claim) === row) return row;
      return {
        ...row,
        values: row.values.map((value, at) => (lost.has(at) ? null : value)),
        claims: row.claims.with(position, null),
      };
    });
  }
  return kept;
}

function claimText({ claims }: NodeRow, position: number): string | undefined {
  const claim = claims[position];
  return claim ? JSON.stringify(Object.values(claim).map(String)) : undefined;
}
