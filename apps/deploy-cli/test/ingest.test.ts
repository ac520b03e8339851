import { type FileHandle, mkdir, mkdtemp, open, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { startTestServer, type TestServer } from '@hartonomous/test-sql-server';
import { eventually } from '@hartonomous/test-support';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { runCli } from '../src/run-cli.ts';
import { StopRequest } from '../src/stop-request.ts';
import { hartonomous } from './hartonomous.ts';

const database = 'Hartonomous';
let sql: TestServer;
let env: Record<string, string>;
let folder: string;

beforeAll(async () => {
  sql = await startTestServer();
  env = { ConnectionStrings__HartonomousDb: sql.connectionString(database) };
  expect(await hartonomous(['database', 'deploy'], env)).toMatchObject({ exitCode: 0 });
  folder = await mkdtemp(join(tmpdir(), 'hartonomous-ingest-'));
  await mkdir(join(folder, 'in', 'sub'), { recursive: true });
  await mkdir(join(folder, 'in', '.git'));
  await writeFile(join(folder, 'outside.txt'), 'outside');
  await writeFile(join(folder, 'in', 'a.txt'), 'a');
  await writeFile(join(folder, 'in', '.hidden'), 'h');
  await writeFile(join(folder, 'in', '.git', 'config'), 'g');
  await writeFile(join(folder, 'in', 'sub', 'b & <b>.md'), '# b');
  await symlink(join(folder, 'outside.txt'), join(folder, 'in', 'link.txt'));
  await symlink(folder, join(folder, 'in', 'up'));
});
afterAll(async () => {
  await sql?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => sql.run(database, 'DELETE FROM dbo.IngestionJob;'));

const ingest = (...args: readonly string[]) => hartonomous(['ingest', ...args], env);
const names = () =>
  sql.value(
    database,
    `SELECT STRING_AGG(j.FileName, N'|') WITHIN GROUP (ORDER BY j.IngestionJobId) AS s FROM dbo.IngestionJob AS j;`,
  );

test('a folder: its own files; --recursive those of its folders too; links and hidden names are left out', async () => {
  const { exitCode, stdout } = await ingest(join(folder, 'in'), '--verbose');
  expect(exitCode).toBe(0);
  expect(stdout).toContain('link.txt is left out: it is a link');
  expect(stdout).toContain('1 file, 0.0 MB enqueued for tenant 0.');
  expect(await names()).toBe('a.txt');
  await sql.run(database, 'DELETE FROM dbo.IngestionJob;');
  // A file that is named twice goes in once.
  const all = await ingest(join(folder, 'in'), join(folder, 'in', 'a.txt'), '--recursive', '--json');
  expect(JSON.parse(all.stdout)).toMatchObject({
    ok: true,
    dryRun: false,
    files: [
      { name: 'a.txt', bytes: 1, outcome: 'enqueued', jobId: expect.stringMatching(/^\d+$/) },
      { name: 'b & <b>.md', bytes: 3, outcome: 'enqueued' },
    ],
  });
  expect(await names()).toBe('a.txt|b & <b>.md');
  expect(await sql.value(database, `SELECT j.SourceUri FROM dbo.IngestionJob AS j WHERE j.FileName = N'a.txt';`)).toBe(
    pathToFileURL(join(folder, 'in', 'a.txt')).href,
  );
});

test('names that could act on a terminal are written out, and the end of a long name has no half of a character', async () => {
  const odd = join(folder, 'odd');
  const long = join(odd, 'ü'.repeat(100), `${'x'.repeat(99)}😀`.repeat(2));
  await mkdir(long, { recursive: true });
  await writeFile(join(odd, 'a\u202egnp.exe'), 'a');
  await writeFile(join(long, `${'y'.repeat(96)}.txt`), 'b');
  const { exitCode, stdout, stderr } = await ingest(odd, '--recursive', '--verbose');
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toContain('a\\u202egnp.exe  1 byte  job ');
  expect(stdout).toContain('2 files, ');
  await rm(odd, { recursive: true });
});

test('--dry-run needs no server and enqueues nothing', async () => {
  const { exitCode, stdout } = await hartonomous(['ingest', join(folder, 'in'), '--recursive', '--dry-run']);
  expect(exitCode).toBe(10);
  expect(stdout).toBe('✓ a.txt  1 byte\n✓ b & <b>.md  3 bytes\n2 files, 4 bytes; nothing was enqueued.\n');
});

test('large files are uploaded in slices; too large ones and absent ones are reported, and the others go in', async () => {
  const large = join(folder, 'large.bin');
  await writeFile(large, Buffer.alloc(2_500_000, 'x'));
  const sparse = join(folder, 'sparse.bin');
  await using handle = await open(sparse, 'w');
  await handle.truncate(2 * 1024 ** 3);
  const { exitCode, stdout } = await ingest(large, sparse, join(folder, 'nothing'), join(folder, 'outside.txt'));
  expect(exitCode).toBe(1);
  expect(stdout).toContain('sparse.bin was not enqueued: it has 2147483648 bytes, more than 268435456');
  expect(stdout).toContain('nothing was not enqueued: there is nothing of that name.');
  expect(stdout).toContain('✗ 2 files failed.');
  expect(await names()).toBe('large.bin|outside.txt');
  expect(await sql.value(database, 'SELECT COUNT(*) AS n FROM dbo.IngestionFileSlice;')).toBe(3);
  expect(await sql.value(database, `SELECT CONCAT(f.State, N' ', f.ByteCount) AS s FROM dbo.IngestionFile AS f;`)).toBe(
    'COMPLETE 2500000',
  );
});

test('files whose names have control characters or are not UTF-8 are reported, and the others go in', async () => {
  const odd = Buffer.from(join(folder, 'odd'));
  const named = (name: Buffer | string) => Buffer.concat([odd, Buffer.from('/'), Buffer.from(name)]);
  await mkdir(odd);
  await mkdir(named(Buffer.from('f\xe9', 'latin1')));
  for (const name of [Buffer.from('caf\xe9.txt', 'latin1'), 'a\u001bb.txt', 'line\nfeed.txt', 'good \u00e9.txt']) {
    await writeFile(named(name), 'text');
  }
  const { exitCode, stdout } = await ingest(odd.toString(), '--recursive');
  expect(exitCode).toBe(1);
  expect(stdout).toContain("caf\\xe9.txt was not enqueued: its name isn't UTF-8; rename it.");
  expect(stdout).toContain("f\\xe9 was not enqueued: its name isn't UTF-8");
  expect(stdout).toContain('a\\x1bb.txt was not enqueued: its name has control characters');
  expect(stdout).toContain('line\\x0afeed.txt was not enqueued');
  expect(stdout).toContain('✗ 4 files failed.');
  expect(await names()).toBe('good \u00e9.txt');
});

test('--encoding, --strict, --again and --classification are in the message', async () => {
  const options = ['--encoding', 'shift_jis', '--strict', '--again', '--classification', 'confidential'];
  expect(await ingest(join(folder, 'in', 'a.txt'), ...options)).toMatchObject({ exitCode: 0 });
  const body = await sql.value(
    database,
    `SELECT TOP (1) CONVERT(NVARCHAR(MAX), m.message_body) AS s FROM dbo.IngestionQueue AS m WITH (NOLOCK) ORDER BY m.queuing_order DESC;`,
  );
  expect(body).toContain(
    '<Encoding>shift_jis</Encoding><Strict>1</Strict><Again>1</Again><Classification>confidential</Classification>',
  );
  expect(await ingest(join(folder, 'in', 'a.txt'), '--classification', 'secret')).toMatchObject({ exitCode: 2 });
  expect(await ingest(join(folder, 'in', 'a.txt'), '--encoding', 'a b')).toMatchObject({ exitCode: 2 });
});

/** Writes from the beginning of a file on as a slow program does, which pauses for less than a watcher waits; gives the bytes. */
async function writeSlowly(writer: FileHandle, isOver: () => boolean): Promise<number> {
  let position = 0;
  for (const line = 'A line.\n'; !isOver(); position += line.length) {
    await writer.write(line, position);
    await pause(100);
  }
  return position;
}

test('--watch waits for a file that is still growing, and lets the others in', async () => {
  const watched = join(folder, 'growing');
  await mkdir(watched);
  await using writer = await open(join(watched, 'a.log'), 'w');
  await writeFile(join(watched, 'b.txt'), 'b');
  const stop = new AbortController();
  let stdout = '';
  const ended = runCli(['ingest', watched, '--watch', '--verbose'], {
    env,
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stdout += text) },
    signal: stop.signal,
  });
  // Until the other one is in, whose last write was long before.
  const bytes = await writeSlowly(writer, () => stdout.includes('b.txt  1 byte '));
  await eventually(() => expect(stdout).toContain(`a.log  ${bytes} bytes`), { timeoutMs: 30_000 });
  stop.abort(new StopRequest(130));
  expect(await ended).toBe(0);
  expect(await names()).toBe('b.txt|a.log');
});

test('--watch takes what comes and changes, once it is written, until it is stopped', async () => {
  const watched = join(folder, 'watched');
  await mkdir(watched);
  await writeFile(join(watched, 'before.txt'), 'before');
  const stop = new AbortController();
  let stdout = '';
  const ended = runCli(['ingest', watched, '--watch'], {
    env,
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stdout += text) },
    signal: stop.signal,
  });
  await eventually(() => expect(stdout).toContain('Watching'), { timeoutMs: 30_000 });
  expect(await names()).toBe('before.txt');
  await writeFile(join(watched, 'after.txt'), 'after');
  // All of its room is taken at once, and filled while the other one comes in.
  await using writer = await open(join(watched, 'copied.txt'), 'w');
  await writer.truncate(4_000);
  const download = join(watched, 'loaded.txt.part');
  await writeFile(download, 'half');
  await writeSlowly(writer, () => stdout.includes('after.txt enqueued as job'));
  expect(stdout).not.toContain('copied.txt');
  await writeFile(download, 'whole');
  await rename(download, join(watched, 'loaded.txt'));
  // In either order: a look at the folder may see the renamed file before the copied one is quiet.
  const enqueued = ['copied.txt enqueued as job', 'loaded.txt enqueued as job'];
  await eventually(() => expect(enqueued.filter((line) => !stdout.includes(line))).toEqual([]), {
    timeoutMs: 30_000,
  });
  stop.abort(new StopRequest(130));
  expect(await ended).toBe(0);
  const [first, second, ...rest] = String(await names()).split('|');
  expect([first, second, ...rest.sort()]).toEqual(['before.txt', 'after.txt', 'copied.txt', 'loaded.txt']);
});

test('status shows the latest jobs, one job, and counts', async () => {
  await ingest(join(folder, 'in', 'a.txt'));
  await sql.run(
    database,
    `UPDATE dbo.IngestionJob SET Status = N'COMPLETED', DocumentAtomId = 5, AtomCount = 3, ContentHash = 0xABCD;`,
  );
  await ingest(join(folder, 'outside.txt'));
  const list = await ingest('status');
  expect(list).toMatchObject({ exitCode: 0 });
  expect(list.stdout).toMatch(
    /^\. \d+ {2}outside\.txt \(tenant 0\) waits\n✓ \d+ {2}a\.txt \(tenant 0\) is atom 5, with 3 new atoms\n1 QUEUED, 1 COMPLETED\.\n$/,
  );
  const { jobs, counts } = JSON.parse((await ingest('status', '--status', 'COMPLETED', '--json')).stdout);
  expect(jobs).toMatchObject([{ fileName: 'a.txt', status: 'COMPLETED', contentHash: 'abcd' }]);
  expect(counts).toEqual({ COMPLETED: 1 });
  expect((await ingest('status', '--tenant', '7')).stdout).toBe('No jobs.\n');
  expect((await ingest('status', jobs[0].jobId)).stdout).toContain('documentAtomId: 5');
  expect(await ingest('status', '999999')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('JOB_NOT_FOUND'),
  });
});

test('status shows what was noted about how a file was read', async () => {
  const notes = '[{"code":"PAGES_WITHOUT_TEXT","count":3,"detail":"scan.pdf, page 2: nothing but pictures"}]';
  await ingest(join(folder, 'in', 'a.txt'));
  await sql.run(
    database,
    `UPDATE dbo.IngestionJob SET Status = N'COMPLETED', AtomCount = 3, DocumentAtomId = 5, Notes = N'${notes}', Letters = 7,
       ShareNotUnderstood = 0.25;`,
  );
  expect((await ingest('status')).stdout).toContain('with 3 new atoms; noted: PAGES_WITHOUT_TEXT (3)\n');
  const { jobs } = JSON.parse((await ingest('status', '--json')).stdout);
  expect(jobs).toMatchObject([{ notes: JSON.parse(notes), letters: 7, shareNotUnderstood: 0.25 }]);
  expect((await ingest('status', jobs[0].jobId)).stdout).toContain('note: PAGES_WITHOUT_TEXT (3): scan.pdf, page 2');
});

test('dead letters of files are listed, planned and replayed', async () => {
  const letter = (body: string, file: string) =>
    `INSERT INTO dbo.IngestionDeadLetterQueue (ReasonCode, ReasonText, MessageTypeName, ConversationHandle, ReceivedAt,
       FileName, TenantId, IngestionFileId, MessageBody)
     VALUES (N'FILE_BROKEN', N'it is broken', N'IngestionRequest', NEWID(), SYSUTCDATETIME(), N'a.pdf', 0, ${file}, ${body});`;
  await sql.run(
    database,
    letter("CONVERT(VARBINARY(MAX), N'<IngestionRequest/>')", 'NULL'),
    letter('NULL', 'NULL'),
    letter('0x00', '424242'),
  );
  const queue = ['--queue', 'ingestion'] as const;
  const list = await hartonomous(['deadletter', 'list', ...queue], env);
  expect(list.stdout).toMatch(/a\.pdf \(tenant 0\)\n {4}FILE_BROKEN: it is broken/);
  const depth = () => sql.value(database, 'SELECT COUNT(*) AS n FROM dbo.IngestionQueue WITH (NOLOCK);').then(Number);
  const before = await depth();
  const { exitCode, stdout } = await hartonomous(['deadletter', 'replay', '--all', ...queue], env);
  expect(exitCode).toBe(1);
  expect(stdout).toContain('sends its body of 38 bytes again');
  expect(stdout).toContain('it has no body');
  expect(stdout).toContain('its uploaded file 424242 is gone');
  expect(await depth()).toBeGreaterThan(before);
});

test.each([
  [['ingest']],
  [['ingest', 'x', '--tenant', 'one']],
  [['ingest', 'x', '--max-bytes', '0']],
  [['ingest', 'status', 'x']],
  [['ingest', 'status', '--status', 'LOST']],
  [['deadletter', 'list', '--queue', 'other']],
])('%s is a wrong command line', async (args) => {
  expect(await hartonomous(args, env)).toMatchObject({ exitCode: 2 });
});
