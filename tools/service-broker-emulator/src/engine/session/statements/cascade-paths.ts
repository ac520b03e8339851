import { objectKey } from '../../catalog/name-key.ts';
import type { ForeignKeyDefinition, TableDefinition } from '../../catalog/table-definition.ts';
import type { Database } from '../../server/database.ts';

type Action = 'onDelete' | 'onUpdate';

/** By table: the tables that a change of its rows goes on to, once for each foreign key. */
type Cascades = ReadonlyMap<string, readonly string[]>;

function cascadesOf(database: Database, changed: TableDefinition, action: Action): Cascades {
  const cascades = new Map<string, string[]>();
  const take = ({ schema, name, foreignKeys }: TableDefinition): void => {
    for (const key of foreignKeys) {
      if (key[action] === 'noAction') continue;
      const from = objectKey(key.referencedSchema, key.referencedTable);
      cascades.set(from, [...(cascades.get(from) ?? []), objectKey(schema, name)]);
    }
  };
  const own = objectKey(changed.schema, changed.name);
  for (const object of database.catalog.objects) {
    if (object.kind === 'table' && objectKey(object.schema, object.name) !== own) take(object.definition);
  }
  take(changed);
  return cascades;
}

/** Whether a change that begins in a table comes to one table twice, or back. */
function meetsAgain(cascades: Cascades, start: string): boolean {
  const seen = new Set([start]);
  const waiting = [start];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const table of cascades.get(next) ?? []) {
      if (seen.has(table)) return true;
      seen.add(table);
      waiting.push(table);
    }
  }
  return false;
}

/** Tables from which a change can come to one. */
function rootsOf(cascades: Cascades, target: string): ReadonlySet<string> {
  const roots = new Set([target]);
  for (let size = 0; size !== roots.size; ) {
    size = roots.size;
    for (const [from, to] of cascades) if (to.some((table) => roots.has(table))) roots.add(from);
  }
  return roots;
}

/**
 * The foreign key of a table, among those given, with which the rows of one table would be reached in two ways by a single
 * DELETE or UPDATE. Source: Microsoft's "Primary and foreign key constraints", "Cascading referential integrity".
 */
export function ambiguousCascade(
  database: Database,
  changed: TableDefinition,
  added: readonly ForeignKeyDefinition[],
): ForeignKeyDefinition | undefined {
  for (const action of ['onDelete', 'onUpdate'] as const) {
    const candidates = added.filter((key) => key[action] !== 'noAction');
    if (candidates.length === 0) continue;
    const cascades = cascadesOf(database, changed, action);
    for (const key of candidates) {
      const roots = rootsOf(cascades, objectKey(key.referencedSchema, key.referencedTable));
      if ([...roots].some((root) => meetsAgain(cascades, root))) return key;
    }
  }
  return undefined;
}
