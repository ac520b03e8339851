import type { SqlSession } from '@hartonomous/broker-client';
import { type VectorSource, type VectorSummary, vectorChecksum } from '@hartonomous/graph-sync';
import { z } from 'zod';

// BIGINT comes as decimal text; a number would lose digits.
const bigint = z.string().transform((text) => BigInt(text));
const boundRow = z.object({ Id: bigint.nullable(), Rows: bigint });
const summaryRow = z.object({ ModelKey: z.string(), Rows: bigint, Jobs: bigint, Times: bigint, Sizes: bigint });
const vectorRow = z.object({
  AtomId: bigint,
  TenantId: z.int(),
  ModelKey: z.string(),
  BackgroundJobId: bigint.nullable(),
  CreatedAt: z.date(),
  Size: bigint,
  Vector: z.instanceof(Uint8Array).optional(),
});

/** Vectors that the graph is to have: of models in use, and of the one that is read. */
const from = [
  'FROM [dbo].[AtomEmbedding] AS e',
  'INNER JOIN [dbo].[EmbeddingModel] AS m',
  "    ON m.[EmbeddingModelId] = e.[EmbeddingModelId] AND (m.[State] <> N'DISABLED' OR m.[IsRead] = 1)",
].join('\n');
const range = 'WHERE e.[AtomId] > CAST(@after AS BIGINT) AND e.[AtomId] <= CAST(@to AS BIGINT)';

const upperBound = [
  'SELECT MAX(p.[Id]) AS [Id], COUNT_BIG(*) AS [Rows]',
  'FROM (',
  '    SELECT TOP (CAST(@size AS BIGINT)) e.[AtomId] AS [Id]',
  from,
  '    WHERE e.[AtomId] > CAST(@after AS BIGINT)',
  '    ORDER BY e.[AtomId]',
  ') AS p;',
].join('\n');
const summaries = [
  'SELECT m.[ModelKey], COUNT_BIG(*) AS [Rows],',
  `    ${sum('e.[BackgroundJobId]')} AS [Jobs],`,
  `    ${sum("DATEDIFF_BIG(MILLISECOND, '1970-01-01', e.[CreatedAt])")} AS [Times],`,
  `    ${sum('DATALENGTH(e.[Vector]) / 4')} AS [Sizes]`,
  from,
  range,
  'GROUP BY m.[ModelKey];',
].join('\n');

function vectors(withNumbers: boolean): string {
  return [
    `SELECT e.[AtomId], e.[TenantId], m.[ModelKey], e.[BackgroundJobId], e.[CreatedAt]${withNumbers ? ', e.[Vector]' : ''},`,
    '    CAST(DATALENGTH(e.[Vector]) / 4 AS BIGINT) AS [Size]',
    from,
    `${range};`,
  ].join('\n');
}

/** dbo.AtomEmbedding as graph-sync compares it. Errors are broker-client's `BrokerError`s. */
export function vectorSource(session: SqlSession, signal: AbortSignal): VectorSource {
  const options = { signal, context: { operation: 'comparing vectors of atoms with the graph' } };
  const parametersOf = ({ after, to }: { after: bigint; to: bigint }) => ({ after: `${after}`, to: `${to}` });
  return {
    async upperBound(after, size) {
      const [row] = await session.query(upperBound, { after: `${after}`, size: `${size}` }, boundRow, options);
      return row === undefined || row.Rows < BigInt(size) ? null : row.Id;
    },
    async summaries(ids) {
      const rows = await session.query(summaries, parametersOf(ids), summaryRow, options);
      return new Map(
        rows.map(({ ModelKey, Rows, Jobs, Times, Sizes }): [string, VectorSummary] => [
          ModelKey,
          { rows: Rows, jobs: Jobs, times: Times, sizes: Sizes },
        ]),
      );
    },
    async vectors(ids, withNumbers) {
      const rows = await session.query(vectors(withNumbers), parametersOf(ids), vectorRow, options);
      return rows.map(({ AtomId, TenantId, ModelKey, BackgroundJobId, CreatedAt, Size, Vector }) => ({
        ...{ atomId: AtomId, tenantId: TenantId, modelKey: ModelKey, jobId: BackgroundJobId, createdAt: CreatedAt },
        ...{ size: Number(Size), vector: Vector },
      }));
    },
  };
}

function sum(value: string): string {
  const { modulus, weights, null: ofNull } = vectorChecksum;
  const weight = `CAST(e.[AtomId] % ${weights} + 1 AS BIGINT)`;
  return `SUM(${weight} * ISNULL(CAST((${value}) % ${modulus} AS BIGINT), ${ofNull}))`;
}
