import type { Benchmark } from '../benchmark.ts';
import { WorkMissingError } from '../errors.ts';
import { ApiProcess } from './api-process.ts';
import { HttpClient } from './http-client.ts';
import { keyOf } from './reads.ts';

const files = 50;
const fileBytes = 20_000_000;
const chunkBytes = 64 * 1024;

/** Whether many large files at a time fit into the API's memory. */
export const apiUploadsBenchmark: Benchmark = {
  results: [
    {
      name: 'api-uploads',
      unit: 'MB/s',
      about: `${files} files of ${fileBytes / 1e6} MB sent at the same time, until all are committed in SQL`,
    },
    {
      name: 'api-uploads-memory',
      unit: 'MB',
      about: "peak of the API's resident memory amid these; to be under 300 (Linux only)",
    },
  ],
  // A gigabyte in the emulator.
  onRequestWhenQuick: true,
  async run(scale) {
    const servers = await scale.servers();
    const { signal, onProgress } = scale;
    const env = { ...servers.workerEnv, Api__MaxUploads: String(files), Api__MaxQueueAgeSeconds: '604800' };
    await using api = await ApiProcess.start(env, { profileTo: scale.profileTo, signal });
    using client = new HttpClient(api.port, await keyOf(servers, 'sender', signal), files);
    onProgress(`  ${files} uploads of ${fileBytes / 1e6} MB`);
    const begunAt = performance.now();
    await Promise.all(
      Array.from({ length: files }, (_, number) =>
        client.post(`/v1/ingestions?fileName=bench-${number}.txt`, bytesOf(number, signal), fileBytes),
      ),
    );
    const seconds = (performance.now() - begunAt) / 1_000;
    const { usage } = api;
    const { recordset } = await servers.sql.request().query<{ bytes: string | null }>(`
      SELECT SUM(CAST(DATALENGTH(s.Content) AS BIGINT)) AS bytes FROM dbo.IngestionJob AS j
      INNER JOIN dbo.IngestionFileSlice AS s ON s.IngestionFileId = j.IngestionFileId WHERE j.FileName LIKE N'bench-%';`);
    const stored = Number(recordset[0]?.bytes ?? 0);
    if (stored !== files * fileBytes) throw new WorkMissingError('bytes in SQL', files * fileBytes, stored);
    return [
      { name: 'api-uploads', samples: [(files * fileBytes) / 1e6 / seconds], note: `${seconds.toFixed(1)} s` },
      ...(usage === undefined ? [] : [{ name: 'api-uploads-memory', samples: [usage.peakRssBytes / 1e6] }]),
    ];
  },
};

async function* bytesOf(number: number, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const chunk = Buffer.alloc(chunkBytes, `Line of file ${number}.\n`);
  for (let sent = 0; sent < fileBytes; sent += chunkBytes) {
    signal.throwIfAborted();
    yield chunk.subarray(0, Math.min(chunkBytes, fileBytes - sent));
  }
}
