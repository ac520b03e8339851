import { setTimeout as pause } from 'node:timers/promises';
import { ChildService, sourceCommand } from '@hartonomous/test-support';
import type mssql from 'mssql';
import { z } from 'zod';
import { WorkMissingError } from '../errors.ts';
import type { BenchServers } from '../worker/bench-servers.ts';

/** Between two checks; a look scans what there is. */
const lookEveryMs = 500;
/** Longest time for all documents; a run in which nothing happens must fail, not hang. A model takes long on a busy machine. */
const longestMs = 7_200_000;

/** `hartonomous embeddings enable`. @throws WorkMissingError when it fails */
export async function enableModel(
  name: string,
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const command = ChildService.spawn({
    name: 'hartonomous',
    args: sourceCommand('apps/deploy-cli/src/main.ts', ['embeddings', 'enable', name]),
    env: { PATH: process.env.PATH, ...env },
  });
  const { code } = await command.exited;
  if (code !== 0) throw new WorkMissingError(`models enabled (${command.tail.trim()})`, 1, 0);
}

async function until(isDone: () => Promise<boolean>, what: string, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + longestMs;
  while (!(await isDone())) {
    if (performance.now() > deadline) throw new WorkMissingError(what, 1, 0);
    await pause(lookEveryMs, undefined, { signal });
  }
}

const openRow = z.object({ open: z.number(), failed: z.number() });

/** Waits until all files of a tenant are ingested. @throws WorkMissingError when one of them isn't */
export async function untilIngested(sql: mssql.ConnectionPool, tenantId: number, signal: AbortSignal): Promise<void> {
  await until(
    async () => {
      const { recordset } = await sql.request().query(
        `SELECT COUNT(CASE WHEN j.Status <> N'COMPLETED' THEN 1 END) AS [open],
           COUNT(CASE WHEN j.Status = N'DEAD_LETTERED' THEN 1 END) AS failed
         FROM dbo.IngestionJob AS j WHERE j.TenantId = ${tenantId};`,
      );
      const { open, failed } = openRow.parse(recordset[0]);
      if (failed > 0) throw new WorkMissingError('files ingested', failed, 0);
      return open === 0;
    },
    'ends of the ingestion',
    signal,
  );
}

const countsRow = z.object({ jobs: z.number(), vectors: z.number() });

/** Waits until all atoms of a tenant have their vectors, in SQL and in the graph. */
export async function untilEmbedded(
  { sql, graph }: BenchServers,
  tenantId: number,
  { signal, onProgress }: { readonly signal: AbortSignal; readonly onProgress: (text: string) => void },
): Promise<void> {
  let told = performance.now();
  await until(
    async () => {
      const { recordset } = await sql.request().query(
        `SELECT (SELECT COUNT(*) FROM dbo.BackgroundJob WHERE TenantId = ${tenantId} AND Status IN (N'PENDING', N'RUNNING')) AS jobs,
           (SELECT COUNT(*) FROM dbo.AtomEmbedding WHERE TenantId = ${tenantId}) AS vectors;`,
      );
      const { jobs, vectors } = countsRow.parse(recordset[0]);
      const { records } = await graph.executeQuery(
        'MATCH (a:Atom {tenantId: $tenantId})-[r:EMBEDDED_BY]->() RETURN count(r) AS n',
        { tenantId: BigInt(tenantId) },
      );
      const inGraph = Number(records[0]?.get('n') ?? 0);
      if (performance.now() - told > 15_000) {
        told = performance.now();
        onProgress(`  ${vectors} vectors, ${inGraph} of them in the graph, ${jobs} jobs left`);
      }
      return jobs === 0 && vectors > 0 && inGraph === vectors;
    },
    'ends of the embedding',
    signal,
  );
}
