import { type AnyEntity, type Column, type EndPoint, encodeVector, graphSchema } from '@hartonomous/provenance-schema';

/**
 * What a sample has in the columns that may be NULL: in `first` and `other` everything has a value, another one in each;
 * in `sparse` nothing.
 */
export type SampleState = 'first' | 'sparse' | 'other';

/** A value of a column, both as T-SQL writes it and as the graph must have it. */
export interface SampleValue {
  readonly literal: string;
  /** `null`: the graph must not have it. A point in time is the text that neo4j-driver gives of it. */
  readonly graph: bigint | number | string | readonly number[] | null;
}

/** Which of an entity's sample rows; there are two of each, so that an edge can move. */
export type SampleRow = 1 | 2;

/** Where sample rows are and which ids they got. */
export interface SampleContext {
  readonly tenantId: number;
  /** Id of the sample row of the node entity with that label. */
  idOf(label: string, row: SampleRow): bigint;
}

/** Values of a sample row by column, made from the entity's definition; the identity column and SQL's own are left out. */
export type Sample = ReadonlyMap<string, SampleValue>;

/**
 * Makes a row for an entity: a value for each column that the graph is made of, by its kind, and ends of edges that other
 * samples are.
 */
export function sampleOf(entity: AnyEntity, row: SampleRow, state: SampleState, context: SampleContext): Sample {
  const ends = endColumns(entity);
  const sample = new Map<string, SampleValue>();
  for (const [position, [name, column]] of Object.entries(entity.columns).entries()) {
    if (name === entity.tenant) sample.set(name, integer(tenantOf(entity, row, context)));
    else if (name === entity.key || !isOfGraph(entity, name, column, ends)) continue;
    else if (column.nullable && state === 'sparse') sample.set(name, { literal: 'NULL', graph: null });
    else {
      const label = ends.get(name);
      const number = position + 1 + 20 * row + (state === 'other' ? 50 : 0);
      const end = label === undefined ? undefined : endRow([...ends.keys()].indexOf(name) + row, state);
      const isRow = label !== undefined && end !== undefined && isEntityLabel(label);
      sample.set(name, isRow ? integer(context.idOf(label, end)) : valueFor(column, name, number));
    }
  }
  return sample;
}

/** T-SQL that inserts a sample and returns its id as `id`. */
export function insertSample(entity: AnyEntity, sample: Sample): string {
  const columns = [...sample.keys()].map((name) => `[${name}]`).join(', ');
  const values = [...sample.values()].map(({ literal }) => literal).join(', ');
  return `INSERT INTO ${tableOf(entity)} (${columns}) OUTPUT INSERTED.[${entity.key}] AS [id] VALUES (${values});`;
}

/** T-SQL that gives a row the values of a sample. */
export function updateSample(entity: AnyEntity, id: bigint, sample: Sample): string {
  const changes = [...sample].filter(([name]) => name !== entity.key && name !== entity.tenant);
  const set = changes.map(([name, { literal }]) => `[${name}] = ${literal}`).join(', ');
  return `UPDATE ${tableOf(entity)} SET ${set} WHERE [${entity.key}] = ${id};`;
}

/** T-SQL that deletes a row. */
export function deleteSample(entity: AnyEntity, id: bigint): string {
  return `DELETE FROM ${tableOf(entity)} WHERE [${entity.key}] = ${id};`;
}

function tableOf({ table }: AnyEntity): string {
  return `[${table.schema}].[${table.name}]`;
}

// A tenant's row is its own tenant; the second one is another.
function tenantOf(entity: AnyEntity, row: SampleRow, { tenantId }: SampleContext): number {
  return entity.key === entity.tenant && row === 2 ? tenantId + 1 : tenantId;
}

/** Columns that end edges, with the label of the end; without the tenant's. */
function endColumns({ graph, edges, tenant, key }: AnyEntity): ReadonlyMap<string, string> {
  const ends: EndPoint[] = edges.map(({ end }) => end);
  if (graph.kind === 'edge') ends.push(graph.from, graph.to);
  return new Map(
    ends.flatMap(({ label, key: parts }) =>
      parts.flatMap(({ column }) => (column === tenant || column === key ? [] : [[column, label] as const])),
    ),
  );
}

function isOfGraph(
  { graph }: AnyEntity,
  name: string,
  { property }: Column,
  ends: ReadonlyMap<string, string>,
): boolean {
  return property !== null || ends.has(name) || (graph.kind === 'edge' && graph.type.column === name);
}

function isEntityLabel(label: string): boolean {
  return !graphSchema.referenceNodes.some((node) => node.label === label);
}

/** Columns that are next to each other end at different rows, and at others in the state `other`. */
function endRow(position: number, state: SampleState): SampleRow {
  return (position + (state === 'other' ? 1 : 0)) % 2 === 0 ? 1 : 2;
}

function integer(value: bigint | number): SampleValue {
  return { literal: String(value), graph: BigInt(value) };
}

function valueFor({ kind, values, sqlType }: Column, name: string, number: number): SampleValue {
  switch (kind) {
    case 'integer':
      return integer(number);
    case 'float':
      return { literal: `${number / 128}`, graph: number / 128 };
    case 'hex': {
      const hex = Buffer.from([0xca, 0xfe, number]).toString('hex');
      return { literal: `0x${hex}`, graph: hex };
    }
    case 'text': {
      // JSON, because some columns take nothing else; with a character beyond the first plane.
      const text = values?.[number % values.length] ?? JSON.stringify({ [name.slice(0, 20)]: `𝛼'${number}` });
      return { literal: `N'${text.replaceAll("'", "''")}'`, graph: text };
    }
    case 'time': {
      const time = `2026-01-02T03:04:${String(number % 60).padStart(2, '0')}.1234567`;
      return { literal: `'${time}'`, graph: `${time}00Z` };
    }
    case 'vector': {
      const dimension = Number(/\d+/.exec(sqlType)?.[0]) / Float32Array.BYTES_PER_ELEMENT;
      const numbers = Array.from({ length: dimension }, (_, n) => (n - number) / 64);
      return { literal: `0x${Buffer.from(encodeVector(numbers)).toString('hex')}`, graph: numbers };
    }
  }
}
