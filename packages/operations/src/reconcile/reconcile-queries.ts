import {
  type ChecksumField,
  checksumFields,
  checksumLargestFloat,
  checksumModulus,
  checksumNull,
  checksumWeights,
} from '@hartonomous/graph-sync';
import { type AnyEntity, graphColumns } from '@hartonomous/provenance-schema';

/** T-SQL that reads a table range by range. Parameters are decimal text: `@after` exclusive, `@to` inclusive, `@size`. */
export interface ReconcileQueries {
  /** `Id` of the last of the next `@size` rows, and how many `Rows` there are up to it. */
  readonly upperBound: string;
  /** `Rows`, and a checksum per field (`F0`...), as graph-sync makes them of the graph. */
  readonly summary: string;
  /** The columns that the graph is made of. */
  readonly records: string;
}

/** Queries of an entity. Names come from its definition, which has checked them. */
export function reconcileQueries(entity: AnyEntity): ReconcileQueries {
  const table = `[${entity.table.schema}].[${entity.table.name}] AS e`;
  const id = `e.[${entity.key}]`;
  const range = `WHERE ${id} > CAST(@after AS BIGINT) AND ${id} <= CAST(@to AS BIGINT)`;
  const fields = checksumFields(entity);
  const weight = `CAST(${id} % ${checksumWeights} + 1 AS BIGINT)`;
  const sums = fields.map((field, n) => `ISNULL(SUM(${weight} * ${checksumTerm(field)}), 0) AS [F${n}]`);
  return {
    upperBound: [
      // Keys are INT or BIGINT; the driver gives the one as a number and the other as text.
      'SELECT CAST(MAX(p.[Id]) AS BIGINT) AS [Id], COUNT_BIG(*) AS [Rows]',
      'FROM (',
      `    SELECT TOP (CAST(@size AS BIGINT)) ${id} AS [Id]`,
      `    FROM ${table}`,
      `    WHERE ${id} > CAST(@after AS BIGINT)`,
      `    ORDER BY ${id}`,
      ') AS p;',
    ].join('\n'),
    summary: [`SELECT COUNT_BIG(*) AS [Rows],\n    ${sums.join(',\n    ')}`, `FROM ${table}`, `${range};`].join('\n'),
    records: [
      `SELECT ${[...graphColumns(entity).keys()].map((name) => `e.[${name}]`).join(', ')}`,
      `FROM ${table}`,
      `${range};`,
    ].join('\n'),
  };
}

/** Enqueues entities for another sync: `@requests` is a JSON array of `{type, id, sync, tenant}`. */
export const enqueueDriftStatement = [
  'DECLARE @List [dbo].[Neo4jSyncRequestList];',
  'INSERT INTO @List ([EntityType], [EntityId], [SyncType], [TenantId])',
  'SELECT r.[EntityType], r.[EntityId], r.[SyncType], r.[TenantId]',
  'FROM OPENJSON(@requests) WITH (',
  "    [EntityType] NVARCHAR(128) '$.type',",
  "    [EntityId] BIGINT '$.id',",
  "    [SyncType] NVARCHAR(128) '$.sync',",
  "    [TenantId] INT '$.tenant'",
  ') AS r;',
  'EXEC [dbo].[sp_EnqueueNeo4jSyncBatch] @Requests = @List;',
].join('\n');

function checksumTerm({ column, kind, needs }: ChecksumField): string {
  const name = `e.[${column}]`;
  const terms: Readonly<Record<ChecksumField['kind'], string>> = {
    integer: name,
    float: `CASE WHEN ABS(${name}) < ${checksumLargestFloat} THEN CAST(FLOOR(${name} * 1000000) AS BIGINT) END`,
    // Characters, as Neo4j counts them: a collation with supplementary characters (SC) counts a surrogate pair as one. LEN leaves out
    // blanks at the end, hence the full stop; 4000 characters and one more need MAX.
    text: `LEN(CAST(${name} AS NVARCHAR(MAX)) COLLATE Latin1_General_100_CI_AS_SC + N'.') - 1`,
    hex: `DATALENGTH(${name}) * 2`,
    time: `DATEDIFF_BIG(MILLISECOND, '1970-01-01', ${name})`,
    vector: `DATALENGTH(${name}) / 4`,
  };
  const lacking = needs.map((other) => `e.[${other}] IS NULL`).join(' OR ');
  const term = lacking === '' ? terms[kind] : `CASE WHEN ${lacking} THEN NULL ELSE ${terms[kind]} END`;
  return `ISNULL(CAST((${term}) % ${checksumModulus} AS BIGINT), ${checksumNull})`;
}
