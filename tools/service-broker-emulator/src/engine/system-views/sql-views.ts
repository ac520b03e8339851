import type { SelectStatement } from '../../tsql/ast/queries.ts';
import { parseBatch } from '../../tsql/parse.ts';
import { nameKey } from '../catalog/name-key.ts';
import { compatibilityViews } from './compatibility-sql.ts';
import { informationSchemaSql } from './information-schema-sql.ts';
import { sysViewsSql } from './sys-views-sql.ts';

/** Catalog views that are queries over others: their text by their name with the schema. */
const texts = new Map(
  [
    ...Object.entries({ ...informationSchemaSql, ...sysViewsSql }),
    ...Object.entries(compatibilityViews).map(([name, text]) => [`sys.${name}`, text] as const),
  ].map(([name, text]) => [nameKey(name), text]),
);
const parsed = new Map<string, SelectStatement>();

/** Views of releases before 2005, which are found without a schema and under `dbo` as well. */
function keyOf(schema: string | undefined, name: string): string {
  const key = nameKey(name);
  if (schema === undefined || nameKey(schema) === 'dbo')
    return Object.hasOwn(compatibilityViews, key) ? `sys.${key}` : '';
  return `${nameKey(schema)}.${key}`;
}

/** The query that a catalog view is; undefined for other names, and for views that aren't queries. */
export function findSqlView(schema: string | undefined, name: string): SelectStatement | undefined {
  const key = keyOf(schema, name);
  const text = texts.get(key);
  if (text === undefined) return undefined;
  let query = parsed.get(key);
  if (query === undefined) {
    const [statement] = parseBatch(text).statements;
    if (statement?.kind !== 'select') throw new Error(`the view ${key} is not a query`);
    query = statement;
    parsed.set(key, query);
  }
  return query;
}
