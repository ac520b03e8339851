import { type AnyEntity, propertyColumns } from '@hartonomous/provenance-schema';
import { checksumFields, checksumTerm, checksumWeights } from './reconcile-fields.ts';
import { keyHint, keyParts } from './statements.ts';

/** What reading a range of the graph takes; `$after` is exclusive, `$to` inclusive. */
export interface ReconcileStatements {
  /** The id of the `$size`-th entity after `$after`, and how many there are up to it. */
  readonly upperBound: string;
  /** How many there are, and a checksum per field (`f0`...). */
  readonly summary: string;
  /** `id`, `tenantId`, `properties`, and `ends`: by edge, or from and to; for an edge also `type`. */
  readonly rows: string;
}

/** Statements of an entity. A placeholder counts only when nothing needs it: it stands for a row that isn't synced yet. */
export function reconcileStatements(entity: AnyEntity): ReconcileStatements {
  const { graph } = entity;
  const sums = (id: string) =>
    checksumFields(entity).map((field, n) => `sum((${id} % ${checksumWeights} + 1) * ${checksumTerm(field)}) AS f${n}`);
  if (graph.kind === 'node') {
    const { id, tenant } = keyParts(entity, graph);
    const match = (range: string) =>
      [
        `MATCH (n:${graph.label}) ${keyHint('n', graph)}`,
        `WHERE ${range}${tenant === null ? '' : ` AND n.${tenant} IS NOT NULL`}`,
        '  AND (n.placeholder IS NULL OR NOT EXISTS { (n)--() })',
      ].join('\n');
    const range = `n.${id} > $after AND n.${id} <= $to`;
    const ends = entity.edges.map(({ type, direction, end }, n) => {
      const arrow = direction === 'out' ? `-[:${type}]->` : `<-[:${type}]-`;
      return { optional: `OPTIONAL MATCH (n)${arrow}(e${n}:${end.label})`, arrow, end };
    });
    const lists = ends.map(({ arrow, end }) => `[(n)${arrow}(e:${end.label}) | properties(e)]`);
    return {
      upperBound: `${match(`n.${id} > $after`)}\n${upper(`n.${id}`)}`,
      summary: [
        match(range),
        ...ends.map(({ optional }) => optional),
        `RETURN count(*) AS rows, ${sums(`n.${id}`).join(', ')}`,
      ].join('\n'),
      rows: [
        match(range),
        `RETURN n.${id} AS id, n.${entity.columns[entity.tenant]?.property ?? id} AS tenantId, ${nodeProperties(entity)} AS properties, null AS type, [${lists.join(', ')}] AS ends`,
      ].join('\n'),
    };
  }
  const id = graph.id.property;
  const tenant = entity.columns[entity.tenant]?.property ?? graph.from.key[0]?.property ?? id;
  const match = (range: string) =>
    `CALL {\n${graph.type.values
      .map((type) => `MATCH (a)-[r:${type}]->(b) USING INDEX SEEK r:${type}(${id}) WHERE ${range} RETURN a, r, b`)
      .join('\nUNION ALL\n')}\n}`;
  const range = `r.${id} > $after AND r.${id} <= $to`;
  return {
    upperBound: `${match(`r.${id} > $after`)}\n${upper(`r.${id}`)}`,
    summary: `${match(range)}\nRETURN count(*) AS rows, ${sums(`r.${id}`).join(', ')}`,
    rows: `${match(range)}\nRETURN r.${id} AS id, r.${tenant} AS tenantId, properties(r) AS properties, type(r) AS type, [[properties(a)], [properties(b)]] AS ends`,
  };
}

/** What a row is compared by. Vectors that come from another table, which may be long, are compared by themselves. */
function nodeProperties(entity: AnyEntity): string {
  const { graph } = entity;
  if (graph.kind !== 'node' || graph.vectors === undefined) return 'properties(n)';
  const names = [...graph.key, ...propertyColumns(entity)].map(({ property }) => property);
  return `n{${[...names, 'placeholder', 'syncSequence'].map((name) => `.${name}`).join(', ')}}`;
}

function upper(id: string): string {
  return `WITH ${id} AS id ORDER BY id LIMIT $size RETURN max(id) AS id, count(*) AS rows`;
}
