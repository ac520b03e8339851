import { type SqlTableParameter, sqlParameter, type TableParameterColumn } from '@hartonomous/broker-client';
import mssql from 'mssql';
import type { ClaimedJob } from './claimed-job.ts';
import type { Projection } from './projection.ts';

/** A vector as its columns have it. */
export interface StoredVector {
  readonly dimension: number;
  /** Packed. */
  readonly vector: Buffer;
  readonly textHash: Buffer;
  readonly projection: Projection;
  readonly windows: number;
  /** `null`: copied from an atom with the same text, so that it cost none. */
  readonly tokens: number | null;
}

/** The outcome of a job. */
export type JobResult =
  | { readonly job: ClaimedJob; readonly outcome: 'EMBEDDED'; readonly stored: StoredVector }
  | { readonly job: ClaimedJob; readonly outcome: 'UNCHANGED' | 'SKIPPED' | 'REFUSED' };

const columns: readonly TableParameterColumn[] = [
  { name: 'BackgroundJobId', type: mssql.BigInt(), nullable: false },
  { name: 'LeaseToken', type: mssql.BigInt(), nullable: false },
  { name: 'Outcome', type: mssql.NVarChar(16), nullable: false },
  { name: 'Dimension', type: mssql.Int() },
  { name: 'Vector', type: mssql.VarBinary(mssql.MAX) },
  { name: 'TextHash', type: mssql.VarBinary(32) },
  { name: 'ProjectionX', type: mssql.Float() },
  { name: 'ProjectionY', type: mssql.Float() },
  { name: 'ProjectionZ', type: mssql.Float() },
  { name: 'HilbertValue', type: mssql.BigInt() },
  { name: 'BucketX', type: mssql.Int() },
  { name: 'BucketY', type: mssql.Int() },
  { name: 'BucketZ', type: mssql.Int() },
  { name: 'Windows', type: mssql.Int() },
  { name: 'Tokens', type: mssql.Int() },
];
const withoutVector = Array.from({ length: columns.length - 3 }, () => null);

/** Results as the parameter of dbo.sp_FinishEmbeddingJobs. */
export function resultList(results: readonly JobResult[]): SqlTableParameter {
  return sqlParameter.table(
    'dbo.EmbeddingResultList',
    columns,
    results.map((result) => {
      const key = [result.job.id, result.job.leaseToken, result.outcome];
      return result.outcome === 'EMBEDDED' ? [...key, ...vectorCells(result.stored)] : [...key, ...withoutVector];
    }),
  );
}

function vectorCells({ dimension, vector, textHash, projection, windows, tokens }: StoredVector) {
  const { coordinates, hilbertValue, bucket } = projection;
  return [dimension, vector, textHash, ...coordinates, hilbertValue, ...bucket, windows, tokens];
}
