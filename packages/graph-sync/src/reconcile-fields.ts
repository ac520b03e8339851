import { type AnyEntity, propertyColumns } from '@hartonomous/provenance-schema';

/**
 * How a column's value becomes an integer in a checksum: `integer` itself, `text` its length, `hex` twice its bytes,
 * `time` its milliseconds since 1970, `presence` 1.
 */
export type ChecksumKind = 'integer' | 'text' | 'hex' | 'time' | 'presence';

/** One value of a row that checksums are made of. */
export interface ChecksumField {
  readonly column: string;
  readonly kind: ChecksumKind;
  /** The same value in Cypher. */
  readonly expression: string;
}

/** Values are taken modulo this before they are weighted; a larger one lets the sum of a large range overflow 64 bits. */
export const CHECKSUM_MODULUS = 1_000_003;
/** A row's weight is its id modulo this, plus one; it tells two rows that swapped their values. */
export const CHECKSUM_WEIGHTS = 65_521;
/** Stands for NULL. */
export const CHECKSUM_NULL = 7;

/** What the checksums of an entity are made of: its key, properties and ends of edges, by column. */
export function checksumFields(entity: AnyEntity): readonly ChecksumField[] {
  const { graph } = entity;
  const field = (column: string, expression: string): ChecksumField => ({
    ...{ column, expression },
    kind: kindOf(entity.columns[column]?.sqlType ?? ''),
  });
  const variable = graph.kind === 'node' ? 'n' : 'r';
  const properties = propertyColumns(entity).map(({ name, property }) => field(name, `${variable}.${property}`));
  if (graph.kind === 'node') {
    return [
      ...graph.key.map(({ column, property }) => field(column, `n.${property}`)),
      ...properties,
      ...entity.edges.flatMap(({ end }, n) =>
        end.key.map(({ column, property }) => field(column, `e${n}.${property}`)),
      ),
    ];
  }
  return [
    field(graph.type.column, 'type(r)'),
    ...graph.from.key.map(({ column, property }) => field(column, `a.${property}`)),
    ...graph.to.key.map(({ column, property }) => field(column, `b.${property}`)),
    ...properties,
  ];
}

/** The field as an integer in Cypher. */
export function checksumTerm({ kind, expression }: ChecksumField): string {
  const terms: Readonly<Record<ChecksumKind, string>> = {
    integer: expression,
    text: `size(${expression})`,
    hex: `size(${expression})`,
    time: `${expression}.epochMillis`,
    presence: `CASE WHEN ${expression} IS NULL THEN null ELSE 1 END`,
  };
  return `coalesce(${terms[kind]} % ${CHECKSUM_MODULUS}, ${CHECKSUM_NULL})`;
}

function kindOf(sqlType: string): ChecksumKind {
  if (/^(BIGINT|INT|SMALLINT|TINYINT)$/.test(sqlType)) return 'integer';
  if (/^N?(VAR)?CHAR\b/.test(sqlType)) return 'text';
  if (/^VARBINARY\b/.test(sqlType)) return 'hex';
  return sqlType.startsWith('DATETIME2') ? 'time' : 'presence';
}
