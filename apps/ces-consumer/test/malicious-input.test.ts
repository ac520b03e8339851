import { mkdir, mkdtemp, open, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { shownAddress } from '../src/sources/shown-address.ts';
import { fixtureOfFile } from './fixture.ts';
import { WorkerProcess } from './worker-process.ts';

// What a sender that means harm can put into a message, and that it comes to nothing.

vi.setConfig({ testTimeout: 240_000 });
const fixture = fixtureOfFile();

const gibi = 1024 ** 3;

let folder = '';
let root = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ces-consumer-test-'));
  root = join(folder, 'in');
  await mkdir(root);
  await writeFile(join(root, 'fine.txt'), 'This is fine.\n');
  await writeFile(join(folder, 'secret.txt'), 'This is not.\n');
  await symlink(join(folder, 'secret.txt'), join(root, 'link.txt'));
  await symlink(folder, join(root, 'up'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const env = () => ({ ...fixture().env, Ingestion__FileRoots__0: root, Ingestion__HttpsHosts__0: 'localhost' });

async function sparseFile(name: string, size: number): Promise<string> {
  const handle = await open(join(root, name), 'w');
  await handle.truncate(size);
  await handle.close();
  return pathToFileURL(join(root, name)).href;
}

test('addresses lead to what is allowed, and nowhere else', async () => {
  const tenantId = await fixture().newTenant();
  const worker = new WorkerProcess(env());
  const at = (path: string) => `${pathToFileURL(root).href}/${path}`;
  const expected: readonly (readonly [string, string | null])[] = [
    [at('fine.txt'), null],
    [at('../secret.txt'), 'SOURCE_NOT_ALLOWED'],
    [at('%2e%2e/secret.txt'), 'SOURCE_NOT_ALLOWED'],
    [at('..%2fsecret.txt'), 'SOURCE_NOT_ALLOWED'],
    [at('link.txt'), 'SOURCE_NOT_ALLOWED'],
    [at('up/secret.txt'), 'SOURCE_NOT_ALLOWED'],
    [at('nothing.txt'), 'SOURCE_NOT_FOUND'],
    [at('.'), 'SOURCE_NOT_ALLOWED'],
    ['file:///etc/passwd', 'SOURCE_NOT_ALLOWED'],
    ['file:///proc/self/environ', 'SOURCE_NOT_ALLOWED'],
    ['file://server/share/a.txt', 'SOURCE_NOT_ALLOWED'],
    ['https://example.com/a.txt', 'SOURCE_NOT_ALLOWED'],
    ['https://127.0.0.1/a.txt', 'SOURCE_NOT_ALLOWED'],
    ['https://169.254.169.254/latest/meta-data', 'SOURCE_NOT_ALLOWED'],
    // Allowed by its name; its addresses are the machine's own.
    ['https://localhost/a.txt', 'ADDRESS_NOT_ALLOWED'],
  ];
  const jobs = [];
  for (const [uri] of expected) jobs.push(await fixture().enqueue({ name: 'a.txt', tenantId, uri }));
  const codes = [];
  for (const job of jobs) codes.push((await fixture().ended(job)).ErrorCode);
  expect(codes).toEqual(expected.map(([, code]) => code));
  expect(await fixture().count('dbo.IngestionDeadLetterQueue WHERE TenantId = @tenantId', { tenantId })).toBe(
    expected.length - 1,
  );
  const secrets = await fixture().count(`dbo.Atom WHERE CanonicalText LIKE N'%This is not.%'`);
  expect(secrets).toBe(0);
  await worker.stop();
});

test('signatures and logins of addresses are in no table that is listed, in no log and in no reason', async () => {
  const tenantId = await fixture().newTenant();
  const uris = [
    'https://acct.blob.core.windows.net/c/f.txt?sv=2024&sig=S3CR3T%3D',
    'https://example.com/f.txt?code=S3CR3T',
    'https://user:S3CR3T@example.com/f.txt',
    'file://user:S3CR3T@server/share/a@b.txt',
  ];
  const jobs = [];
  for (const uri of uris) jobs.push(await fixture().enqueue({ name: 'a.txt', tenantId, uri }));
  const worker = new WorkerProcess(env());
  for (const job of jobs) expect(await fixture().ended(job)).toMatchObject({ ErrorCode: 'SOURCE_NOT_ALLOWED' });
  await worker.stop();
  expect(worker.output).not.toContain('S3CR3T');
  const listed = `SELECT SourceUri, ErrorText FROM dbo.IngestionJob WHERE TenantId = ${tenantId}
    UNION ALL SELECT SourceUri, ReasonText FROM dbo.IngestionDeadLetterQueue WHERE TenantId = ${tenantId};`;
  const rows = await fixture().sql(listed);
  expect(rows).toHaveLength(2 * uris.length);
  expect(JSON.stringify(rows)).not.toContain('S3CR3T');
  expect(rows.map(({ SourceUri }) => SourceUri)).toEqual(
    expect.arrayContaining([
      'https://acct.blob.core.windows.net/c/f.txt?***',
      'https://example.com/f.txt?***',
      'https://***@example.com/f.txt',
      'file://***@server/share/a@b.txt',
    ]),
  );
});

test.each([
  ['https:user:S3CR3T@example.com/f.txt', 'https:***@example.com/f.txt'],
  ['https:\\\\user:S3CR3T@example.com\\f@g.txt', 'https:\\\\***@example.com\\f@g.txt'],
  ['ftp:/user:a@S3CR3T@host/x?y=S3CR3T', 'ftp:/***@host/x?***'],
  ['file:///srv/a@b?c.txt', 'file:///srv/a@b?c.txt'],
  ['file:///a@b.txt', 'file:///a@b.txt'],
  ['C:\\in\\a@b.txt', 'C:\\in\\a@b.txt'],
  ['a@b', 'a@b'],
  ['', ''],
])('where bytes came from is kept without a login, however it is written: %s', async (uri, shown) => {
  const tenantId = await fixture().newTenant();
  await fixture().sql(`DECLARE @Job BIGINT;
    EXEC dbo.sp_EnqueueIngestion @FileName = N'a.txt', @TenantId = ${tenantId}, @FileData = 0x61, @SourceUri = N'${uri}', @IngestionJobId = @Job OUTPUT;`);
  const rows = await fixture().sql(`SELECT SourceUri FROM dbo.IngestionJob WHERE TenantId = ${tenantId};`);
  expect(rows).toEqual([{ SourceUri: shown }]);
  expect(shownAddress(uri)).toBe(shown);
});

test('a name or an address that a column would cut is refused', async () => {
  const tenantId = await fixture().newTenant();
  const enqueue = (name: string, uri: string) =>
    fixture().sql(`DECLARE @Job BIGINT, @Name NVARCHAR(MAX) = ${name}, @Uri NVARCHAR(MAX) = ${uri};
      EXEC dbo.sp_EnqueueIngestion @FileName = @Name, @TenantId = ${tenantId}, @FileData = 0x61, @SourceUri = @Uri, @IngestionJobId = @Job OUTPUT;`);
  const long = (length: number, end: string) => `REPLICATE(CONVERT(NVARCHAR(MAX), N'a'), ${length}) + N'${end}'`;
  await enqueue(long(395, '.docx'), long(2_048, ''));
  await expect(enqueue(long(396, '.docx'), 'NULL')).rejects.toMatchObject({ number: 51_030 });
  await expect(enqueue("N'a.txt'", long(2_049, ''))).rejects.toMatchObject({ number: 51_031 });
  expect(await fixture().count('dbo.IngestionJob WHERE TenantId = @tenantId', { tenantId })).toBe(1);
});

test('a sparse file of 2 GB is refused before it is read', async () => {
  const tenantId = await fixture().newTenant();
  const worker = new WorkerProcess(env());
  const job = await fixture().enqueue({ name: 'a.bin', tenantId, uri: await sparseFile('huge.bin', 2 * gibi) });
  expect(await fixture().ended(job)).toMatchObject({ Status: 'DEAD_LETTERED', ErrorCode: 'FILE_TOO_LARGE' });
  expect(await worker.peakMemoryMb()).toBeLessThan(400);
});

test('a sparse file that is allowed becomes few atoms in little memory', async () => {
  const tenantId = await fixture().newTenant();
  const worker = new WorkerProcess(env());
  const size = 200 * 1024 ** 2;
  const job = await fixture().enqueue({ name: 'a.bin', tenantId, uri: await sparseFile('allowed.bin', size) });
  const ended = await fixture().ended(job, 200_000);
  expect(ended).toMatchObject({ Status: 'COMPLETED', ByteCount: String(size) });
  expect(ended.AtomCount).toBeLessThan(5);
  expect(ended.PieceCount).toBeGreaterThan(500);
  await fixture().isSound(tenantId);
  expect(await worker.peakMemoryMb()).toBeLessThan(400);
});
