import { parseExpression } from '../../tsql/parse.ts';
import type { SequenceObject } from '../catalog/catalog-object.ts';
import { nameKey } from '../catalog/name-key.ts';
import type { Database } from '../server/database.ts';

/** Name of a default that takes its values from a sequence. */
export function sequenceUser({ catalog }: Database, sequence: SequenceObject): string | undefined {
  for (const table of catalog.objects) {
    if (table.kind !== 'table') continue;
    for (const column of table.definition.columns) {
      const { default: own } = column;
      if (own === undefined || !/next\s+value\s+for/i.test(own.text)) continue;
      for (const { schema = 'dbo', name } of sequencesIn(parseExpression(own.text)))
        if (nameKey(schema) === nameKey(sequence.schema) && nameKey(name) === nameKey(sequence.name)) return own.name;
    }
  }
  return undefined;
}

interface SequenceName {
  readonly schema?: string;
  readonly name: string;
}

/** Sequences that an expression, or any part of one, names. */
function sequencesIn(node: unknown): readonly SequenceName[] {
  if (typeof node !== 'object' || node === null) return [];
  if ('kind' in node && node.kind === 'nextValueFor' && 'sequence' in node) return [node.sequence as SequenceName];
  return Object.values(node).flatMap(sequencesIn);
}
