import { type AnyEntity, type ColumnKind, propertyColumns } from '@hartonomous/provenance-schema';

/** One value of a row that checksums are made of. */
export interface ChecksumField {
  readonly column: string;
  /**
   * How the value becomes an integer: `integer` itself, `float` its millionths below {@link checksumLargestFloat},
   * `text` its length, `hex` twice its bytes, `time` its milliseconds since 1970, `vector` the number of its numbers.
   */
  readonly kind: ColumnKind;
  /** Columns that make the value NULL where one of them is: those that the same edge needs besides. */
  readonly needs: readonly string[];
  /** The same value in Cypher. */
  readonly expression: string;
}

/** Values are taken modulo this before they are weighted; a larger one lets the sum of a large range overflow 64 bits. */
export const checksumModulus = 1_000_003;
/** A row's weight is its id modulo this, plus one; it detects two rows that swapped their values. */
export const checksumWeights = 65_521;
/** A larger number counts as NULL: its millionths would not fit into 64 bits. */
export const checksumLargestFloat = 1e9;
/** Stands for NULL. */
export const checksumNull = 7;

/** What the checksums of an entity are made of: its key, properties and ends of edges, by column. */
export function checksumFields(entity: AnyEntity): readonly ChecksumField[] {
  const { graph } = entity;
  const field = (column: string, expression: string, needs: readonly string[] = []): ChecksumField => {
    const { kind } = entity.columns[column] ?? { kind: 'text' };
    return { column, kind, needs, expression };
  };
  const variable = graph.kind === 'node' ? 'n' : 'r';
  const properties = propertyColumns(entity).map(({ name, property }) => field(name, `${variable}.${property}`));
  if (graph.kind === 'node') {
    return [
      ...graph.key.map(({ column, property }) => field(column, `n.${property}`)),
      ...properties,
      ...entity.edges.flatMap(({ end }, n) => {
        const nullable = end.key.map(({ column }) => column).filter((column) => entity.columns[column]?.nullable);
        return end.key.map(({ column, property }) =>
          field(
            column,
            `e${n}.${property}`,
            nullable.filter((other) => other !== column),
          ),
        );
      }),
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
  const terms: Readonly<Record<ColumnKind, string>> = {
    integer: expression,
    float: `CASE WHEN abs(${expression}) < ${checksumLargestFloat} THEN toInteger(floor(${expression} * 1000000)) END`,
    text: `size(${expression})`,
    hex: `size(${expression})`,
    time: `${expression}.epochMillis`,
    vector: `size(${expression})`,
  };
  return `coalesce((${terms[kind]}) % ${checksumModulus}, ${checksumNull})`;
}
