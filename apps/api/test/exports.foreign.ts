import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BorrowedTestNeo4j, borrowTestNeo4j } from '@hartonomous/local-neo4j/shared-test-neo4j';
import { asRoleLogin, eventually } from '@hartonomous/test-support';
import { WorkerProgram } from '@hartonomous/test-support/worker-program';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ApiFixture } from './fixture.ts';
import { installPython, run } from './python/install-python.ts';

vi.setConfig({ testTimeout: 300_000 });

const tenant = 7441;
const packages = ['prov==3.2.3', 'lxml', 'openlineage-python==1.54.0'];
let folder: string;
let neo4j: BorrowedTestNeo4j;
let api: ApiFixture;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hartonomous-exports-'));
  const installed = installPython(folder, packages);
  const borrowed = borrowTestNeo4j();
  [neo4j] = await Promise.all([borrowed, installed]);
  api = await ApiFixture.start([tenant], {}, borrowed);
}, 300_000);
afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
  await neo4j?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

test('others read both exports', async () => {
  await api.driver.executeQuery(
    `CREATE (a:Atom {id: 1, tenantId: $tenant, atomType: 'text', canonicalText: 'Ünï "quoted"', createdAt: datetime('2026-01-02T03:04:05Z')}),
       (b:Atom {id: 2, tenantId: $tenant, atomType: 'text'}), (c:Atom {id: 3, tenantId: $tenant, placeholder: true}),
       (b)-[:DERIVED_FROM {id: 1, derivationType: 'split'}]->(a), (c)-[:MERGED_FROM {id: 2}]->(a), (c)-[:SUPERSEDES {id: 3}]->(b),
       (u:User {userId: 1, tenantId: $tenant, userName: 'Ada'}),
       (o:Operation {operationId: 1, tenantId: $tenant, operationType: 'SPLIT', createdAt: datetime('2026-01-02T03:04:05Z'),
         completedAt: datetime('2026-01-02T03:04:06Z')}),
       (o)-[:PERFORMED_BY]->(u), (o)-[:INPUT_ATOM]->(a), (o)-[:OUTPUT_ATOM]->(b),
       (m:Model {modelId: 1, tenantId: $tenant, name: 'Gen'}), (v:ModelVersion {modelVersionId: 1, tenantId: $tenant, version: '2'}),
       (m)-[:HAS_VERSION]->(v),
       (i:Inference {inferenceId: 1, tenantId: $tenant, taskType: 'ask', timestamp: datetime('2026-01-02T03:04:07Z'), durationMs: 5}),
       (i)-[:USED_MODEL]->(v), (i)-[:INPUT_ATOM]->(b),
       (s:GenerationStream {streamId: 1, tenantId: $tenant, streamType: 'text', createdAt: datetime('2026-01-02T03:04:08Z')}),
       (i)-[:GENERATED]->(s), (s)-[:GENERATED]->(c)`,
    { tenant: BigInt(tenant) },
  );
  const { ConnectionStrings__HartonomousDb: connection = '' } = api.env;
  const sender = await api.key('sender', tenant);
  for (const [name, body] of [
    ['good.md', '# One\n\nTwo.'],
    ['bad.pdf', '%PDF-1.7 and nothing more'],
  ])
    await api.ask(`/v1/ingestions?fileName=${name}`, sender, { method: 'POST', body: body ?? '' });
  new WorkerProgram('ces-consumer', {
    DOTNET_ENVIRONMENT: 'Development',
    ConnectionStrings__HartonomousDb: asRoleLogin(connection, 'worker'),
  });
  await eventually(async () => {
    const { body } = await api.ask('/v1/ingestions', sender);
    expect(body.items.map(({ isFinal }: { readonly isFinal: boolean }) => isFinal)).toEqual([true, true]);
  });
  const viewer = await api.key('viewer', tenant);
  const files = { prov: join(folder, 'prov.json'), events: join(folder, 'events.ndjson') };
  await writeFile(files.prov, await (await api.send('/v1/exports/prov', viewer)).text());
  await writeFile(files.events, await (await api.send('/v1/exports/openlineage', viewer)).text());
  const program = fileURLToPath(new URL('python/read_exports.py', import.meta.url));
  const { stdout } = await run(join(folder, 'bin/python'), [program, files.prov, files.events]);
  expect(JSON.parse(stdout)).toEqual({
    prov: { entity: 3, activity: 3, agent: 2, wasDerivedFrom: 3 },
    events: expect.arrayContaining(['COMPLETE', 'START']),
    runs: 2,
  });
});
