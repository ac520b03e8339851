import { graphSchema } from '../src/index.ts';
import { code, table } from './table.ts';

/** The table of indexes by words and by closeness. */
export function searchIndexTable(): string {
  return table(
    ['name', 'of', 'kind', 'from Neo4j'],
    graphSchema.searchIndexes.map((index) => [
      code(index.name),
      code(`${index.label}(${index.properties.join(', ')})`),
      index.kind === 'fulltext'
        ? `words, analyzer ${code(index.analyzer)}`
        : `closeness of ${index.dimensions} numbers, ${index.similarity}`,
      index.since,
    ]),
  );
}
