import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAzureEmulator } from '@hartonomous/azure-emulator';
import { eventually, openAiBody, type ReceivedEmbeddingRequest, startEmbeddingServer } from '@hartonomous/test-support';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { fixtureOfFile } from './fixture.ts';

// What may leave the house, and with which key.

vi.setConfig({ testTimeout: 120_000 });
const fixture = fixtureOfFile();
beforeEach(() => fixture().enable('text-embedding-3-small', 8));

/** The looks at refused jobs as often as the settings allow. */
const recheck = { Embedding__RecheckRefusedMs: '1000' };
/** A busy machine takes its time, and the checks are further apart then. */
const slowly = { timeoutMs: 60_000 };
const good = (request: ReceivedEmbeddingRequest) => ({ body: openAiBody(request, 8) });
/** Gives atoms a parent of a classification, by way of another atom without one. */
const comesFrom = (classification: string, ids: readonly string[]) =>
  fixture().client.run(
    `DECLARE @Document BIGINT, @Section BIGINT;
     INSERT INTO dbo.Atom (TenantId, AtomType, Classification) VALUES (1, N'document', @classification);
     SET @Document = SCOPE_IDENTITY();
     INSERT INTO dbo.Atom (TenantId, AtomType) VALUES (1, N'section');
     SET @Section = SCOPE_IDENTITY();
     INSERT INTO dbo.AtomProvenance (TenantId, ChildAtomId, ParentAtomId) VALUES (1, @Section, @Document);
     INSERT INTO dbo.AtomProvenance (TenantId, ChildAtomId, ParentAtomId)
     SELECT 1, CONVERT(BIGINT, i.[value]), @Section FROM OPENJSON(@ids) AS i;`,
    { classification, ids: JSON.stringify(ids) },
  );
const refused = async () => {
  const rows = await fixture().sql(
    `SELECT a.CanonicalText AS text FROM dbo.BackgroundJob AS j INNER JOIN dbo.Atom AS a ON a.AtomId = j.AtomId
     WHERE j.Status = N'REFUSED' AND j.ErrorCode = N'CLASSIFIED' ORDER BY a.AtomId;`,
  );
  return rows.map(({ text }) => text);
};

test('texts of confidential and restricted origin stay; with them every atom of the same text', async () => {
  await using server = await startEmbeddingServer(good);
  const ids = await fixture().insert(['free', 'internal', 'confidential', 'restricted', 'of two', 'shared', 'shared']);
  const [, internal = '', confidential = '', restricted = '', two = '', shared = ''] = ids;
  await comesFrom('internal', [internal, two]);
  await comesFrom('confidential', [confidential, two]);
  await comesFrom('restricted', [restricted, shared]);
  const worker = fixture().worker(server.url, recheck);
  await fixture().idle();
  expect([...server.paid.keys()].sort()).toEqual(['free', 'internal']);
  expect(await refused()).toEqual(['confidential', 'restricted', 'of two', 'shared', 'shared']);
  expect((await worker.metrics()).value('hartonomous_embedding_jobs_total', { outcome: 'refused' })).toBe(5);

  // A level that has become milder is seen without anybody saying so, and so is an edge that has gone. One of two atoms of the same text
  // that may leave waits for the other.
  await fixture().client.run("UPDATE dbo.Atom SET Classification = N'public' WHERE Classification = N'confidential';");
  await eventually(async () => expect(await refused()).toEqual(['restricted', 'shared', 'shared']), slowly);
  await fixture().idle();
  expect([...server.paid.keys()].sort()).toEqual(['confidential', 'free', 'internal', 'of two']);
  expect([...(await fixture().vectors()).keys()]).toEqual(expect.arrayContaining([confidential, two]));
  await fixture().client.run('DELETE FROM dbo.AtomProvenance WHERE ChildAtomId = @shared;', { shared });
  await eventually(async () => expect(await refused()).toEqual(['restricted']), slowly);
  await fixture().idle();
  expect(server.paid.get('shared')).toBe(1);

  // The vector of before is not that of the new text.
  await fixture().client.run("UPDATE dbo.Atom SET Classification = N'restricted' WHERE Classification = N'internal';");
  await fixture().change(internal, 'internal no more');
  await fixture().idle();
  expect((await fixture().vectors()).has(internal)).toBe(false);
  expect([...server.paid.keys()]).not.toContain('internal no more');
  await worker.stop();
});

test('what has no level counts as the settings say; a tenant may be let through; inside of the house nothing is refused', async () => {
  await using server = await startEmbeddingServer(good);
  await fixture().insert(['one']);
  const strict = fixture().worker(server.url, { Embedding__Unclassified: 'confidential' });
  await fixture().idle();
  expect([await refused(), server.paid.size]).toEqual([['one'], 0]);
  await strict.stop();
  const again = "UPDATE dbo.BackgroundJob SET Status = N'PENDING', NotBefore = CreatedAt WHERE Status = N'COMPLETED';";
  for (const env of [{ Embedding__SendClassifiedOfTenants__0: '1' }, { Embedding__Provider__IsOutside: 'false' }]) {
    await fixture().client.run(`${again} DELETE FROM dbo.AtomEmbedding;`);
    const worker = fixture().worker(server.url, { Embedding__Unclassified: 'confidential', ...env });
    // Refused jobs are looked at when the worker starts, with the settings that it has now.
    await eventually(async () => expect((await fixture().vectors()).size).toBe(1), slowly);
    expect(await refused()).toEqual([]);
    await worker.stop();
  }
});

test('a key that changes is used from the next call on, without a restart', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hartonomous-key-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'key');
  let valid = 'first';
  await using server = await startEmbeddingServer((request) =>
    request.headers.authorization === `Bearer ${valid}`
      ? good(request)
      : { status: 401, body: { error: { code: 'invalid_api_key', message: 'no such key' } } },
  );
  await writeFile(file, 'first\n');
  const worker = fixture().worker(server.url, {
    Embedding__Provider__ApiKeyFile: file,
    Embedding__PollMs: '200',
  });
  await fixture().insert(['one']);
  await fixture().idle();
  valid = 'second';
  await writeFile(file, 'second');
  await fixture().insert(['two']);
  await fixture().idle();
  expect((await fixture().vectors()).size).toBe(2);
  await eventually(async () => expect((await worker.ready()).warnings).toEqual([]));
  await worker.stop();
});

test('Azure OpenAI by the managed identity of the machine; where the token is refused, the scope is named', async () => {
  await using azure = await startAzureEmulator({ challenge: false });
  const model = 'text-embedding-3-small';
  let isGranted = false;
  await using server = await startEmbeddingServer((request) =>
    isGranted && request.headers.authorization?.startsWith('Bearer ') === true
      ? good(request)
      : { status: 401, body: { error: { code: '401', message: 'wrong audience' } } },
  );
  await fixture().insert(['one']);
  const env = {
    ...azure.env,
    Embedding__Provider__Kind: 'azure-openai',
    Embedding__Provider__Endpoint: server.url,
    Embedding__Provider__Deployment: model,
    Embedding__Provider__UseManagedIdentity: 'true',
    Embedding__Provider__TokenScope: 'https://cognitiveservices.azure.com/.default',
  };
  const refusedWorker = fixture().worker(undefined, env);
  await eventually(
    async () => {
      expect((await refusedWorker.ready()).warnings).toMatchObject([
        {
          name: 'embedding-provider',
          text: expect.stringMatching(/wrong audience.*cognitiveservices\.azure\.com\/\.default/),
        },
      ]);
    },
    { timeoutMs: 60_000 },
  );
  await refusedWorker.stop();
  isGranted = true;
  const worker = fixture().worker(undefined, env);
  await fixture().idle();
  const token = server.requests.at(-1)?.headers.authorization?.slice('Bearer '.length) ?? '';
  expect(token.length).toBeGreaterThan(10);
  expect(worker.output + worker.errors).not.toContain(token);
  expect(azure.requests.some(({ service, status }) => service === 'identity' && status === 200)).toBe(true);
  await worker.stop();
});
