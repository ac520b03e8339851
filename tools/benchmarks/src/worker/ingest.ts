import { hash, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
import { untilFileEnded, WorkerProcess } from './worker-process.ts';

/** Rows of one statement of the plain way; as many as the consumer writes at a time. */
const sliceRows = 1_000;
/** Content so short that the consumer keeps it in the atom's row as well. */
const atomicValueBytes = 64;

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
INSERT INTO dbo.Atom (TenantId, AtomType, ContentType, ContentHash, AtomicValue, CanonicalText, Metadata)
SELECT 0, a.AtomType, a.ContentType, a.ContentHash, a.AtomicValue, a.CanonicalText, a.Metadata
FROM @Atoms AS a ORDER BY a.Slot;
DECLARE @Last BIGINT = SCOPE_IDENTITY();
INSERT INTO dbo.AtomProvenance (TenantId, ChildAtomId, ParentAtomId, DerivationType, SequenceNumber, StartOffset, EndOffset)
SELECT 0, @Last - @Count + 1 + e.ChildSlot, e.ParentAtomId, e.DerivationType, e.SequenceNumber, e.StartOffset, e.EndOffset
FROM @Edges AS e;`;

function atomTable(): mssql.Table {
  const atoms = new mssql.Table('dbo.IngestedAtomList');
  atoms.columns.add('Slot', mssql.Int, { nullable: false });
  atoms.columns.add('AtomType', mssql.NVarChar(64), { nullable: false });
  atoms.columns.add('ContentType', mssql.NVarChar(256), { nullable: true });
  atoms.columns.add('ContentHash', mssql.VarBinary(32), { nullable: false });
  atoms.columns.add('AtomicValue', mssql.VarBinary(64), { nullable: true });
  atoms.columns.add('CanonicalText', mssql.NVarChar(mssql.MAX), { nullable: true });
  atoms.columns.add('Metadata', mssql.NVarChar(mssql.MAX), { nullable: true });
  return atoms;
}

function edgeTable(): mssql.Table {
  const edges = new mssql.Table('dbo.IngestedEdgeList');
  edges.columns.add('ChildSlot', mssql.Int, { nullable: false });
  edges.columns.add('ParentSlot', mssql.Int, { nullable: true });
  edges.columns.add('ParentAtomId', mssql.BigInt, { nullable: true });
  edges.columns.add('MayExist', mssql.Bit, { nullable: false });
  edges.columns.add('DerivationType', mssql.NVarChar(64), { nullable: false });
  edges.columns.add('SequenceNumber', mssql.Int, { nullable: false });
  edges.columns.add('StartOffset', mssql.BigInt, { nullable: true });
  edges.columns.add('EndOffset', mssql.BigInt, { nullable: true });
  return edges;
}

/** What the consumer's CSV atomizer keeps about a line: its values belong to the document, which has the columns' names. */
function metadataOf(line: number): string {
  return JSON.stringify(line === 1 ? { line } : { line, row: line - 1 });
}

/** What a way of ingesting has written. */
interface Written {
  /** Rows of dbo.Atom. */
  readonly atoms: number;
  readonly documentAtomId: string | null;
}

/**
 * Reads a file, hashes it and each of its lines, and inserts a row for each with its edge to the file: the same rows as an
 * ingestion writes, but nothing is looked up, counted, or told to the sync.
 */
async function ingestPlainly(pool: mssql.ConnectionPool, path: string): Promise<Written> {
  const content = await readFile(path);
  const transaction = new mssql.Transaction(pool);
  await transaction.begin();
  const { recordset } = await transaction
    .request()
    .input('hash', mssql.VarBinary(32), hash('sha256', content, 'buffer'))
    .query(
      `INSERT INTO dbo.Atom (TenantId, AtomType, ContentHash) VALUES (0, N'plain-file', @hash); SELECT SCOPE_IDENTITY() AS id;`,
    );
  const documentAtomId = String(recordset[0]?.id);
  const lines = content.toString('utf8').trimEnd().split('\n');
  let offset = 0;
  for (let first = 0; first < lines.length; first += sliceRows) {
    const slice = lines.slice(first, first + sliceRows);
    const atoms = atomTable();
    const edges = edgeTable();
    for (const [slot, line] of slice.entries()) {
      const lineHash = hash('sha256', `${line}\n`, 'buffer');
      const short = line.length < atomicValueBytes ? Buffer.from(`${line}\n`) : null;
      const end = offset + line.length + 1;
      atoms.rows.add(slot, 'plain', 'text/csv; charset=utf-8', lineHash, short, line, metadataOf(first + slot + 1));
      edges.rows.add(slot, null, documentAtomId, false, 'plain-of', first + slot, offset, end);
      offset = end;
    }
    await transaction
      .request()
      .input('Atoms', atoms)
      .input('Edges', edges)
      .input('Count', mssql.Int, slice.length)
      .query(insertPlainly);
  }
  await transaction.commit();
  return { atoms: lines.length + 1, documentAtomId };
}

const writtenRow = z.record(z.string(), z.coerce.number());

/** @throws {WorkMissingError} when the two haven't written the same amount of data: then their ratio would mean nothing */
async function compareRows(pool: mssql.ConnectionPool, plainly: Written, wholly: Written): Promise<void> {
  const sums = async ({ documentAtomId }: Written) => {
    const { recordset } = await pool
      .request()
      .input('Document', mssql.BigInt, documentAtomId)
      .query(
        `SELECT COUNT(*) AS edges, COUNT(DISTINCT a.ContentHash) AS atoms, SUM(DATALENGTH(a.CanonicalText)) AS [bytes of text],
         SUM(DATALENGTH(a.Metadata)) AS [bytes of metadata], SUM(p.EndOffset - p.StartOffset) AS [bytes of the file]
       FROM dbo.AtomProvenance AS p INNER JOIN dbo.Atom AS a ON a.AtomId = p.ChildAtomId
       WHERE p.ParentAtomId = @Document;`,
      );
    return writtenRow.parse(recordset[0]);
  };
  const expected = await sums(plainly);
  const found = await sums(wholly);
  for (const [what, count] of Object.entries(expected)) {
    if (found[what] !== count) throw new WorkMissingError(what, count, found[what] ?? 0);
  }
}

const jobRow = z.object({
  Status: z.string(),
  ErrorText: z.string().nullable(),
  AtomCount: z.number().nullable(),
  DocumentAtomId: z.string().nullable(),
});

/** Enqueues a file and waits until it is ingested. The consumer's log shows when: asking the server would slow it down. */
async function ingest(
  pool: mssql.ConnectionPool,
  consumer: WorkerProcess,
  path: string,
  signal: AbortSignal,
): Promise<Written> {
  const before = consumer.filesEnded;
  const { output } = await pool
    .request()
    .input('FileName', mssql.NVarChar(400), 'table.csv')
    .input('SourceUri', mssql.NVarChar(2048), pathToFileURL(path).href)
    .output('IngestionJobId', mssql.BigInt)
    .execute('dbo.sp_EnqueueIngestion');
  await untilFileEnded(consumer, before, signal);
  const { recordset } = await pool
    .request()
    .input('id', mssql.BigInt, output.IngestionJobId)
    .query('SELECT Status, ErrorText, AtomCount, DocumentAtomId FROM dbo.IngestionJob WHERE IngestionJobId = @id;');
  const { Status, ErrorText, AtomCount, DocumentAtomId } = jobRow.parse(recordset[0]);
  if (Status !== 'COMPLETED') throw new Error(`The file was not ingested: ${Status}, ${ErrorText}`);
  return { atoms: AtomCount ?? 0, documentAtomId: DocumentAtomId };
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
    // Emulator and consumer get faster over the first 40,000 atoms or so, while V8 compiles them.
    const counts = scale.quick ? { warmUp: 6, runs: 3 } : { warmUp: 3, runs: 5 };
    const rows = scale.quick ? 5_000 : 20_000;
    const folder = await mkdtemp(join(tmpdir(), 'hartonomous-bench-'));
    await using cleanUp = new AsyncDisposableStack();
    cleanUp.defer(() => rm(folder, { recursive: true, force: true }));
    const emulator = cleanUp.use(await startEmulatorProcess({ form: 'source', profileTo: scale.profileTo }));
    const pool = cleanUp.use(await connectToDeployed(emulator));
    const consumer = cleanUp.use(await consumerOf(emulator, folder, scale));
    const plain: number[] = [];
    const atoms: number[] = [];
    const megabytes: number[] = [];
    const measure = async (run: number, work: (path: string) => Promise<Written>) => {
      const path = join(folder, `${randomUUID()}.csv`);
      const content = table(rows);
      await writeFile(path, content);
      const startedAt = performance.now();
      const written = await work(path);
      const seconds = (performance.now() - startedAt) / 1_000;
      await rm(path);
      if (written.atoms < rows) throw new WorkMissingError('atoms of a file', rows, written.atoms);
      scale.onProgress(`run ${run + 1}: ${Math.round(written.atoms / seconds)} atoms/s`);
      return { written, perSecond: written.atoms / seconds, megabytes: content.length / 1e6 / seconds };
    };
    for (let run = 0; run < counts.warmUp + counts.runs; run += 1) {
      scale.signal.throwIfAborted();
      // By turns, so that both find the machine and a growing table alike.
      const plainly = await measure(run, (path) => ingestPlainly(pool, path));
      const wholly = await measure(run, (path) => ingest(pool, consumer, path, scale.signal));
      if (run === 0) await compareRows(pool, plainly.written, wholly.written);
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
