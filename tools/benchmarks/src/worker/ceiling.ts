import type { GraphValue, NodeRecord } from '@hartonomous/provenance-schema';
import neo4j, { type Driver } from 'neo4j-driver';

/** How the plain work is cut into transactions. */
export interface CeilingShape {
  /** Rows per transaction. */
  readonly batchRows: number;
  /** Transactions under way at a time, each in a session of its own. */
  readonly sessions: number;
}

// As plain as these nodes and edges can be written so that a repetition changes nothing: no fencing, no placeholders, no
// log. Rows are lists and each property has its SET, because that is faster than maps and `SET a += map`.
const properties = ['atomType', 'contentType', 'contentHash', 'canonicalText', 'metadata', 'createdAt'];
const upsertStatement = [
  'UNWIND $rows AS row',
  'MERGE (a:Atom {id: row[0], tenantId: row[1]})',
  `SET ${properties.map((name, n) => `a.${name} = row[${n + 2}]`).join(', ')}`,
  'MERGE (t:Tenant {tenantId: row[1]})',
  'MERGE (a)-[:BELONGS_TO_TENANT]->(t)',
].join('\n');

type Row = readonly unknown[];

/** The rows as the statement takes them. Made before the clock starts. */
export function ceilingRows(records: readonly NodeRecord[]): readonly Row[] {
  return records.map(({ key, properties: values }) => [
    key.id,
    key.tenantId,
    ...properties.map((name) => driverValue(values[name] ?? null)),
  ]);
}

function driverValue(value: GraphValue): unknown {
  return value instanceof Date ? neo4j.types.DateTime.fromStandardDate(value) : value;
}

/** Writes all rows with neo4j-driver alone and gives the rows per second. */
export async function writeCeiling(
  graph: Driver,
  rows: readonly Row[],
  { batchRows, sessions }: CeilingShape,
): Promise<number> {
  let next = 0;
  const work = async (): Promise<void> => {
    await using session = graph.session();
    while (next < rows.length) {
      const part = rows.slice(next, next + batchRows);
      next += batchRows;
      // Transactions that lock the same tenants may deadlock; the driver repeats them.
      await session.executeWrite((transaction) => transaction.run(upsertStatement, { rows: part }));
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: sessions }, work));
  return (rows.length / (performance.now() - start)) * 1000;
}
