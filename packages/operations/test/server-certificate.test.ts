import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseSqlConnectionString } from '@hartonomous/config-loader';
import { makeLoopbackCertificate } from '@hartonomous/loopback-certificate';
import { startTestServer } from '@hartonomous/test-sql-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSqlServer } from '../src/index.ts';

let server: Awaited<ReturnType<typeof startTestServer>>;
let folder: string;

beforeAll(async () => {
  server = await startTestServer();
  folder = await mkdtemp(join(tmpdir(), 'server-certificate-'));
  const pem = await server.certificate();
  await writeFile(join(folder, 'server.pem'), pem);
  await writeFile(join(folder, 'server.cer'), new X509Certificate(pem).raw);
  const other = await makeLoopbackCertificate({
    commonName: new X509Certificate(pem).subject.replace('CN=', ''),
    validDays: 1,
  });
  await writeFile(join(folder, 'other.pem'), other.cert);
  await writeFile(join(folder, 'none.pem'), 'no certificate');
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

function open(extra: string) {
  const text = server.connectionString('master').replace('TrustServerCertificate=True;', '');
  return openSqlServer(parseSqlConnectionString(`${text}${extra}`));
}

test.each(['server.pem', 'server.cer'])('the certificate in %s is the one that is accepted', async (file) => {
  await using client = await open(`Server Certificate="${join(folder, file)}"`);
  expect(client).toBeDefined();
});

test('without it a certificate that nobody has signed is refused, and so is the server with that of another one of its name', async () => {
  await expect(open('')).rejects.toMatchObject({ code: 'BROKER_TLS_FAILED' });
  await expect(open(`Server Certificate="${join(folder, 'other.pem')}"`)).rejects.toMatchObject({
    code: 'BROKER_TLS_FAILED',
  });
});

test.each([
  ['absent.pem', 'there is no such file'],
  ['none.pem', 'it holds none'],
])('%s is refused before anything is connected', async (file, why) => {
  await expect(open(`Server Certificate="${join(folder, file)}"`)).rejects.toMatchObject({
    code: 'SERVER_CERTIFICATE_UNREADABLE',
    message: expect.stringContaining(why),
  });
});

test('a least size of the pool above what is needed is not an error', async () => {
  await using client = await open('TrustServerCertificate=True;Min Pool Size=10');
  expect(client).toBeDefined();
});
