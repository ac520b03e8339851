import type { AnyEntity, GraphKey, GraphProperties, GraphRecord } from '@hartonomous/provenance-schema';
import neo4j from 'neo4j-driver';
import { z } from 'zod';
import type { GraphConnection } from './connect.ts';
import { toDriverValue } from './graph-value.ts';
import { checksumFields } from './reconcile-fields.ts';
import { reconcileStatements } from './reconcile-statements.ts';
import { translateError } from './translate-error.ts';

/** Ids of a range: after the first, up to and with the last. */
export interface IdRange {
  readonly after: bigint;
  readonly to: bigint;
}

/** What a side says of a range without showing its rows. */
export interface RangeSummary {
  readonly rows: bigint;
  /** One per `checksumFields(entity)`, in their order. */
  readonly checksums: readonly bigint[];
}

/** The SQL side of a comparison, for one entity. */
export interface ReconcileSource {
  /** The id of the `size`-th row after `after`; `null` when fewer follow. */
  upperBound(after: bigint, size: number): Promise<bigint | null>;
  summary(range: IdRange): Promise<RangeSummary>;
  /** All rows of the range, as `toGraphRecord` gives them. */
  records(range: IdRange): Promise<readonly GraphRecord[]>;
}

/** One entity that is not in the graph as it is in SQL. */
export interface GraphDrift {
  readonly kind: 'missing' | 'extra' | 'different';
  readonly entityId: bigint;
  readonly tenantId: number;
  /** What differs: names of properties, `type`, or relationship types of edges. Empty for `missing` and `extra`. */
  readonly details: readonly string[];
  /** The number that the graph has it with; a batch whose number is smaller would leave it as it is. `null`: it has none. */
  readonly syncSequence: bigint | null;
}

/** The comparison of one range. */
export interface RangeReport extends IdRange {
  readonly sqlRows: bigint;
  readonly graphRows: bigint;
  /** `rows`: every value was compared; `checksums`: they were equal and no row was read. */
  readonly compared: 'checksums' | 'rows';
  readonly drift: readonly GraphDrift[];
}

/** How to compare. */
export interface ReconcileOptions {
  /**
   * Rows of a range on either side. More need memory in proportion when they are compared one by one, fewer cost round
   * trips. @default 5000
   */
  readonly rangeRows?: number | undefined;
  /** Compare every value of every row, where equal checksums would do. @default false */
  readonly deep?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Rows of a range; at the widest (long texts apart) some 10 MB. */
const defaultRangeRows = 5000;
const lowestId = -(2n ** 63n);
const highestId = 2n ** 63n - 1n;

const graphRow = z.object({
  id: z.bigint(),
  tenantId: z.bigint().nullable(),
  type: z.string().nullable(),
  properties: z.record(z.string(), z.unknown()),
  ends: z.array(z.array(z.record(z.string(), z.unknown()))),
});
type GraphRow = z.output<typeof graphRow>;

/**
 * Compares an entity's table with the graph, range by range, and yields a report for each. Ranges are cut so that neither
 * side has more than `rangeRows` in one, which bounds the memory whatever the size of the table.
 *
 * Numbers of rows and checksums come first; where they differ, all values of the range are compared. Neo4j Community
 * can't hash, so the checksums are weighted sums of lengths, numbers and times: a text that became another of the same
 * length is seen with `deep` only. A change that is on its way through the queue looks like drift; syncing it once more
 * does no harm.
 *
 * @throws GraphSyncError, or what `source` throws; the reason of `signal` when aborted
 */
export async function* reconcileEntity(
  connection: GraphConnection,
  entity: AnyEntity,
  source: ReconcileSource,
  { rangeRows = defaultRangeRows, deep = false, signal }: ReconcileOptions = {},
): AsyncGenerator<RangeReport, void, undefined> {
  const graph = new GraphSide(connection, entity);
  for (let after = lowestId; after < highestId; ) {
    signal?.throwIfAborted();
    const [sqlBound, graphBound] = await Promise.all([
      source.upperBound(after, rangeRows),
      graph.upperBound(after, rangeRows),
    ]);
    const to = lowest(sqlBound ?? highestId, graphBound ?? highestId);
    const range = { after, to };
    const [sql, found] = await Promise.all([source.summary(range), graph.summary(range)]);
    const counts = { ...range, sqlRows: sql.rows, graphRows: found.rows };
    const equal =
      sql.rows === found.rows && sql.checksums.every((checksum, position) => checksum === found.checksums[position]);
    if (equal && !deep) yield { ...counts, compared: 'checksums', drift: [] };
    else {
      const [records, rows] = await Promise.all([source.records(range), graph.rows(range)]);
      yield { ...counts, compared: 'rows', drift: compare(entity, records, rows) };
    }
    after = to;
  }
}

class GraphSide {
  readonly #connection: GraphConnection;
  readonly #entity: AnyEntity;
  constructor(connection: GraphConnection, entity: AnyEntity) {
    this.#connection = connection;
    this.#entity = entity;
  }

  async upperBound(after: bigint, size: number): Promise<bigint | null> {
    const statement = reconcileStatements(this.#entity).upperBound;
    const [record] = await this.#read(statement, { after, size: BigInt(size) });
    const { id, rows } = z.object({ id: z.bigint().nullable(), rows: z.bigint() }).parse(record);
    return rows < BigInt(size) ? null : id;
  }

  async summary(range: IdRange): Promise<RangeSummary> {
    const [record] = await this.#read(reconcileStatements(this.#entity).summary, { ...range });
    const values = z.record(z.string(), z.bigint()).parse(record);
    return {
      rows: values.rows ?? 0n,
      checksums: checksumFields(this.#entity).map((_, position) => values[`f${position}`] ?? 0n),
    };
  }

  async rows(range: IdRange): Promise<readonly GraphRow[]> {
    const records = await this.#read(reconcileStatements(this.#entity).rows, { ...range });
    return records.map((record) => graphRow.parse(record));
  }

  async #read(text: string, parameters: Readonly<Record<string, bigint>>): Promise<Record<string, unknown>[]> {
    const { driver, database } = this.#connection;
    try {
      const { records } = await driver.executeQuery(text, parameters, { database, routing: neo4j.routing.READ });
      return records.map((record) => record.toObject());
    } catch (error) {
      throw translateError(error, this.#connection);
    }
  }
}

function compare(entity: AnyEntity, records: readonly GraphRecord[], rows: readonly GraphRow[]): GraphDrift[] {
  const byId = new Map<bigint, GraphRow[]>();
  for (const row of rows) byId.set(row.id, [...(byId.get(row.id) ?? []), row]);
  const drift: GraphDrift[] = [];
  for (const record of records) {
    const found = byId.get(record.entityId) ?? [];
    byId.delete(record.entityId);
    const tenantId = tenantOf(entity, record);
    const [row] = found;
    if (row === undefined || row.properties.placeholder === true) {
      drift.push({ kind: 'missing', entityId: record.entityId, tenantId, details: [], syncSequence: null });
      continue;
    }
    const details = found.length > 1 ? ['more than one'] : differences(entity, record, row);
    const syncSequence = greatestNumber(found);
    if (details.length > 0)
      drift.push({ kind: 'different', entityId: record.entityId, tenantId, details, syncSequence });
  }
  for (const [entityId, found] of byId) {
    const tenantId = Number(found[0]?.tenantId ?? 0n);
    drift.push({ kind: 'extra', entityId, tenantId, details: [], syncSequence: greatestNumber(found) });
  }
  return drift;
}

function greatestNumber(rows: readonly GraphRow[]): bigint | null {
  let greatest: bigint | null = null;
  for (const { properties } of rows) {
    const number = properties.syncSequence;
    if (typeof number === 'bigint' && (greatest === null || number > greatest)) greatest = number;
  }
  return greatest;
}

function differences(entity: AnyEntity, record: GraphRecord, row: GraphRow): string[] {
  const own = record.kind === 'node' ? { ...record.key, ...record.properties } : record.properties;
  const details = Object.keys(own).filter((name) => !same(own[name] ?? null, row.properties[name]));
  if (record.kind === 'edge') {
    if (record.type !== row.type) details.push('type');
    if (!hasKey(record.from, row.ends[0]?.[0])) details.push('from');
    if (!hasKey(record.to, row.ends[1]?.[0])) details.push('to');
    return details;
  }
  for (const [position, end] of record.edgeEnds.entries()) {
    const found = row.ends[position] ?? [];
    const right = end === null ? found.length === 0 : found.length === 1 && hasKey(end, found[0]);
    if (!right) details.push(entity.edges[position]?.type ?? 'edge');
  }
  return details;
}

function hasKey(key: GraphKey, properties: Readonly<Record<string, unknown>> | undefined): boolean {
  return properties !== undefined && Object.entries(key).every(([name, value]) => same(value, properties[name]));
}

function same(expected: GraphProperties[string], found: unknown): boolean {
  if (expected === null || found === null || found === undefined) return expected === (found ?? null);
  const value = toDriverValue(expected);
  if (Array.isArray(value)) {
    return Array.isArray(found) && value.length === found.length && value.every((item, n) => item === found[n]);
  }
  return typeof value === 'object' ? String(value) === String(found) : value === found;
}

function tenantOf(entity: AnyEntity, record: GraphRecord): number {
  const property = entity.columns[entity.tenant]?.property ?? '';
  const own =
    record.kind === 'node' ? { ...record.key, ...record.properties } : { ...record.from, ...record.properties };
  return Number(own[property] ?? 0n);
}

function lowest(first: bigint, second: bigint): bigint {
  return first < second ? first : second;
}
