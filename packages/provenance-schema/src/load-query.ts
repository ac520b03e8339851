import type { AnyEntity } from './define-entity.ts';
import { graphColumns } from './graph-columns.ts';

/** Usual name of the one parameter of a load query, without `@`. Bind it as `NVARCHAR(MAX)`. */
export const loadQueryParameter = 'ids';

/**
 * T-SQL that reads what the graph needs of the present rows of the given ids, in one set-based statement; ids without a row are simply absent
 * from the result. Fixed text per entity, so SQL Server keeps one plan. A loop of seeks whatever the statistics say: with
 * READ_COMMITTED_SNAPSHOT off a scan would wait for rows that nobody asked for. To be run at READ COMMITTED and without hints
 * on what is read: under SNAPSHOT a batch would read a state older than its place in the fencing sequence (decision 004).
 *
 * @param parameter name of its parameter, without `@`, for queries that are sent together
 */
export function loadQuery(entity: AnyEntity, parameter: string = loadQueryParameter): string {
  const columns = [...graphColumns(entity).keys()].map((name) => `e.[${name}]`);
  return [
    `SELECT ${columns.join(', ')}`,
    `FROM OPENJSON(@${parameter}) WITH ([Id] BIGINT '$') AS k`,
    `INNER LOOP JOIN [${entity.table.schema}].[${entity.table.name}] AS e WITH (FORCESEEK) ON e.[${entity.key}] = k.[Id];`,
  ].join('\n');
}

/**
 * The value of that parameter: a JSON array of the ids, repeated ids once. Written digit by digit because
 * `JSON.stringify` refuses a `bigint` and a `number` would lose digits above 2^53.
 */
export function loadQueryIds(ids: Iterable<bigint>): string {
  return `[${[...new Set(ids)].join(',')}]`;
}
