import { setTimeout as delay } from 'node:timers/promises';
import { sqlParameter } from '@hartonomous/broker-client';
import { z } from 'zod';
import { aloneInQueue, notThrough } from './alone-in-queue.ts';
import { ReleaseProbeError } from './errors.ts';
import { lookEveryMs, type ProbeOptions, type ProbeResult } from './probe.ts';

/**
 * The file: always the same bytes, so that the system's tenant has one document of it, once, and every later probe finds it there
 * (UNCHANGED).
 */
const file = {
  name: 'hartonomous-release-probe.txt',
  text: 'This file proves that a release of ces-consumer takes files apart.\n',
} as const;

const context = { operation: 'proving a release' };

const endedRow = z.object({
  status: z.string(),
  error: z.string().nullable(),
  instance: z.string().nullable(),
});

/**
 * Sends a small file through one consumer alone, and waits until it has read it.
 *
 * @throws ReleaseProbeError when it wasn't read in time, or was refused
 * @throws BrokerError
 */
export async function probeIngestion(options: ProbeOptions): Promise<ProbeResult> {
  const { client, instance, signal } = options;
  return await aloneInQueue(options, async ({ until }) => {
    while (performance.now() < until) {
      const sentAt = performance.now();
      const [job] = await client.query(
        `DECLARE @Id BIGINT;
         EXEC [dbo].[sp_EnqueueIngestion] @FileName = @name, @FileData = @data, @TenantId = 0, @IngestionJobId = @Id OUTPUT;
         SELECT CONVERT(NVARCHAR(20), @Id) AS [id];`,
        { name: file.name, data: sqlParameter.varbinary(Buffer.from(file.text)) },
        z.object({ id: z.string() }),
        { signal, context },
      );
      const ended = job && (await endOf(options, job.id, until));
      if (ended === undefined) break;
      if (ended.status === 'DEAD_LETTERED') {
        throw new ReleaseProbeError(
          `${ended.instance ?? 'A worker'} refused ${file.name}: ${ended.error ?? 'without a reason'}`,
          'See: hartonomous deadletter list --queue ingestion',
        );
      }
      // Another one that hadn't paused yet took it.
      if (ended.instance !== instance) continue;
      const ms = Math.round(performance.now() - sentAt);
      return { text: `${instance} read ${file.name} in ${ms} ms (${ended.status})`, ms };
    }
    throw notThrough(options, 'file');
  });
}

async function endOf({ client, signal }: ProbeOptions, id: string, until: number) {
  while (performance.now() < until) {
    const [row] = await client.query(
      `SELECT j.[Status] AS [status], CONCAT(j.[ErrorCode], N' ', j.[ErrorText]) AS [error], w.[Instance] AS [instance]
       FROM [dbo].[IngestionJob] AS j
       LEFT JOIN [dbo].[WorkerInstance] AS w ON w.[WorkerId] = j.[WorkerId]
       WHERE j.[IngestionJobId] = @Id AND j.[Status] IN (N'COMPLETED', N'UNCHANGED', N'DEAD_LETTERED');`,
      { Id: sqlParameter.bigint(BigInt(id)) },
      endedRow,
      { signal, context },
    );
    if (row !== undefined) return row;
    await delay(lookEveryMs, undefined, { signal });
  }
  return undefined;
}
