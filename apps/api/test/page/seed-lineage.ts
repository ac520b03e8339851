import type { Driver } from 'neo4j-driver';

/** The lineage that the page is walked on, of a tenant. */
export interface SeededLineage {
  readonly tenant: number;
  /** An atom that was made from a row of 99, and has 300 children. */
  readonly middle: number;
  /** How many were made of it, in all. */
  readonly descendants: number;
}

const children = 300;
const above = 99;

/**
 * Puts an atom into the graph that has 99 above it, one from the other, and below it 300 children with as many of their own each; in three
 * statements, whose edges find their ends by the index.
 */
export async function seedLineage(
  driver: Driver,
  {
    tenant,
    middle,
    grandchildren,
  }: { readonly tenant: number; readonly middle: number; readonly grandchildren: number },
): Promise<SeededLineage> {
  const descendants = children * (1 + grandchildren);
  const parameters = {
    tenant: BigInt(tenant),
    middle: BigInt(middle),
    children: BigInt(children),
    grandchildren: BigInt(grandchildren),
    descendants: BigInt(descendants),
    last: BigInt(descendants + above),
  };
  await driver.executeQuery(
    `UNWIND range(0, $last) AS n CREATE (:Atom {id: $middle + n, tenantId: $tenant, atomType: 'sentence',
       contentType: 'text/plain', canonicalText: 'quokka number ' + n, createdAt: datetime('2026-01-02T03:04:05Z')})`,
    parameters,
  );
  const edges = (pairs: string) =>
    driver.executeQuery(
      `${pairs}
       MATCH (c:Atom {id: $middle + child, tenantId: $tenant}) USING INDEX c:Atom(id, tenantId)
       MATCH (p:Atom {id: $middle + parent, tenantId: $tenant}) USING INDEX p:Atom(id, tenantId)
       CREATE (c)-[:DERIVED_FROM {id: $middle + edge}]->(p)`,
      parameters,
    );
  await edges(`UNWIND range(1, $descendants) AS child
    WITH child, child AS edge,
      CASE WHEN child <= $children THEN 0 ELSE (child - $children - 1) / $grandchildren + 1 END AS parent`);
  await edges(`UNWIND range($descendants + 1, $last) AS parent
    WITH parent, parent AS edge, CASE WHEN parent = $descendants + 1 THEN 0 ELSE parent - 1 END AS child`);
  await driver.executeQuery('CALL db.awaitIndexes(60)');
  return { tenant, middle, descendants };
}
