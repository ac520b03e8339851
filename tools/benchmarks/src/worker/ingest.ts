import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import mssql from 'mssql';
import { z } from 'zod';
import type { Benchmark } from '../benchmark.ts';
import {
  connectToDeployed,
  databaseName,
  type EmulatorProcess,
  password,
  startEmulatorProcess,
} from '../emulator/emulator-process.ts';
import { receiveAll } from '../emulator/messages.ts';
import { WorkMissingError } from '../errors.ts';
import { WorkerProcess } from './worker-process.ts';

/** Rows of one statement of the plain way; as many as the consumer writes at a time. */
const sliceRows = 1_000;
/** Short beside the time that a file takes. */
const lookEveryMs = 10;

/** Lines of a table that no other run has, so that nothing of it is there already. */
function table(rows: number): Buffer {
  const run = randomUUID();
  const lines = ['id,run,name,remark'];
  for (let row = 1; row <= rows; row += 1) {
    lines.push(`${row},${run},the name of number ${row},"a remark, about as long as remarks in tables are"`);
  }
  return Buffer.from(`${lines.join('\n')}\n`);
}

const insertPlainly = `
INSERT INTO dbo.Atom (TenantId, AtomType, ContentType, ContentHash, CanonicalText)
SELECT 0, N'plain-row', N'text/csv', a.ContentHash, a.CanonicalText FROM @Atoms AS a ORDER BY a.Slot;
DECLARE @Last BIGINT = SCOPE_IDENTITY();
INSERT INTO dbo.AtomProvenance (TenantId, ChildAtomId, ParentAtomId, DerivationType, SequenceNumber)
SELECT 0, @Last - @Count + 1 + a.Slot, @Document, N'plain-row-of', @First + a.Slot FROM @Atoms AS a;`;

/**
 * Reads a file, hashes it and each of its lines, and inserts a row for each with its edge to the file: the same rows as an
 * ingestion writes, but nothing is looked up, counted, or told to the sync.
 * @returns rows of dbo.Atom
 */
async function ingestPlainly(pool: mssql.ConnectionPool, path: string): Promise<number> {
  const content = await readFile(path);
  const transaction = new mssql.Transaction(pool);
  await transaction.begin();
  const { recordset } = await transaction
    .request()
    .input('hash', mssql.VarBinary(32), createHash('sha256').update(content).digest())
    .query(
      `INSERT INTO dbo.Atom (TenantId, AtomType, ContentHash) VALUES (0, N'plain-file', @hash); SELECT SCOPE_IDENTITY() AS id;`,
    );
  const lines = content.toString('utf8').trimEnd().split('\n');
  for (let first = 0; first < lines.length; first += sliceRows) {
    const slice = lines.slice(first, first + sliceRows);
    const atoms = new mssql.Table('dbo.IngestedAtomList');
    atoms.columns.add('Slot', mssql.Int, { nullable: false });
    atoms.columns.add('AtomType', mssql.NVarChar(64), { nullable: false });
    atoms.columns.add('ContentType', mssql.NVarChar(256), { nullable: true });
    atoms.columns.add('ContentHash', mssql.VarBinary(32), { nullable: false });
    atoms.columns.add('AtomicValue', mssql.VarBinary(64), { nullable: true });
    atoms.columns.add('CanonicalText', mssql.NVarChar(mssql.MAX), { nullable: true });
    atoms.columns.add('Metadata', mssql.NVarChar(mssql.MAX), { nullable: true });
    for (const [slot, line] of slice.entries()) {
      atoms.rows.add(slot, 'plain-row', 'text/csv', createHash('sha256').update(line).digest(), null, line, null);
    }
    await transaction
      .request()
      .input('Atoms', atoms)
      .input('Count', mssql.Int, slice.length)
      .input('First', mssql.Int, first)
      .input('Document', mssql.BigInt, recordset[0]?.id)
      .query(insertPlainly);
  }
  await transaction.commit();
  return lines.length + 1;
}

const jobRow = z.object({ Status: z.string(), ErrorText: z.string().nullable(), AtomCount: z.number().nullable() });

/** Enqueues a file and waits until it is ingested. @returns rows of dbo.Atom */
async function ingest(pool: mssql.ConnectionPool, path: string, signal: AbortSignal): Promise<number> {
  const { output } = await pool
    .request()
    .input('FileName', mssql.NVarChar(400), 'table.csv')
    .input('SourceUri', mssql.NVarChar(2048), pathToFileURL(path).href)
    .output('IngestionJobId', mssql.BigInt)
    .execute('dbo.sp_EnqueueIngestion');
  for (;;) {
    const { recordset } = await pool
      .request()
      .input('id', mssql.BigInt, output['IngestionJobId'])
      .query('SELECT Status, ErrorText, AtomCount FROM dbo.IngestionJob WHERE IngestionJobId = @id;');
    const { Status, ErrorText, AtomCount } = jobRow.parse(recordset[0]);
    if (Status === 'COMPLETED') return AtomCount ?? 0;
    if (Status === 'DEAD_LETTERED') throw new Error(`The file was dead-lettered: ${ErrorText}`);
    await pause(lookEveryMs, undefined, { signal });
  }
}

function consumerOf(emulator: EmulatorProcess, folder: string, scale: Parameters<Benchmark['run']>[0]) {
  return WorkerProcess.start({
    app: 'ces-consumer',
    env: {
      DOTNET_ENVIRONMENT: 'Development',
      ConnectionStrings__HartonomousDb: `Server=127.0.0.1,${emulator.port};Database=${databaseName};User Id=sa;Password=${password};Encrypt=False;TrustServerCertificate=True`,
      Ingestion__FileRoots__0: folder,
    },
    profileTo: scale.profileTo,
    signal: scale.signal,
  });
}

/** A file from the queue to its atoms, beside the least that could be done with the same bytes. */
export const ingestBenchmark: Benchmark = {
  results: [
    {
      name: 'ingest-plain',
      unit: 'atoms/s',
      about:
        'read a CSV file, hash it and its lines, insert a row and an edge for each in slices of 1,000; nothing else',
    },
    {
      name: 'ingest-atoms',
      unit: 'atoms/s',
      ratioTo: 'ingest-plain',
      about:
        'the same through ces-consumer, from sp_EnqueueIngestion to COMPLETED: deduplicated, counted, enqueued for the sync',
    },
    { name: 'ingest-bytes', unit: 'MB/s', about: 'the same in bytes of the file' },
  ],
  async run(scale) {
    const counts = scale.quick ? { warmUp: 1, runs: 3 } : { warmUp: 2, runs: 5 };
    const rows = scale.quick ? 5_000 : 20_000;
    const folder = await mkdtemp(join(tmpdir(), 'hartonomous-bench-'));
    await using cleanUp = new AsyncDisposableStack();
    cleanUp.defer(() => rm(folder, { recursive: true, force: true }));
    const emulator = cleanUp.use(await startEmulatorProcess({ form: 'source', profileTo: scale.profileTo }));
    const pool = cleanUp.use(await connectToDeployed(emulator));
    cleanUp.use(await consumerOf(emulator, folder, scale));
    const plain: number[] = [];
    const atoms: number[] = [];
    const megabytes: number[] = [];
    const measure = async (run: number, work: (path: string) => Promise<number>) => {
      const path = join(folder, `${randomUUID()}.csv`);
      const content = table(rows);
      await writeFile(path, content);
      const startedAt = performance.now();
      const written = await work(path);
      const seconds = (performance.now() - startedAt) / 1_000;
      await rm(path);
      if (written < rows) throw new WorkMissingError('atoms of a file', rows, written);
      scale.onProgress(`run ${run + 1}: ${Math.round(written / seconds)} atoms/s`);
      return { perSecond: written / seconds, megabytes: content.length / 1e6 / seconds };
    };
    for (let run = 0; run < counts.warmUp + counts.runs; run += 1) {
      scale.signal.throwIfAborted();
      // By turns, so that both find the machine and a growing table alike.
      const plainly = await measure(run, (path) => ingestPlainly(pool, path));
      const wholly = await measure(run, (path) => ingest(pool, path, scale.signal));
      // Nobody syncs here, and a queue that grows isn't what is measured.
      await receiveAll(pool);
      if (run < counts.warmUp) continue;
      plain.push(plainly.perSecond);
      atoms.push(wholly.perSecond);
      megabytes.push(wholly.megabytes);
    }
    return [
      { name: 'ingest-plain', samples: plain },
      { name: 'ingest-atoms', samples: atoms },
      { name: 'ingest-bytes', samples: megabytes },
    ];
  },
};
