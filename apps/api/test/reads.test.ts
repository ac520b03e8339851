import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectBroker } from '@hartonomous/broker-client';
import { parseSqlConnectionString, toMssqlOptions } from '@hartonomous/config-loader';
import { type BorrowedTestNeo4j, borrowTestNeo4j } from '@hartonomous/local-neo4j/shared-test-neo4j';
import { eventually } from '@hartonomous/test-support';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { embedAtoms } from './embed-atoms.ts';
import { ApiFixture } from './fixture.ts';
import { describeOperations } from './operations-over-http.ts';
import { describePage, pageTenants } from './page/page-flows.ts';

vi.setConfig({ testTimeout: 180_000 });

// Ids are unique across tenants.
const tenant = 7401;
const other = 7402;
// With vectors and an index of its own: not the one that files share.
let neo4j: BorrowedTestNeo4j;
let api: ApiFixture;
let releases: string;
let viewer: string;
let operator: string;
let sender: string;
let stranger: string;

beforeAll(async () => {
  releases = await mkdtemp(join(tmpdir(), 'hartonomous-releases-'));
  neo4j = await borrowTestNeo4j({ schema: 'any' });
  const settings = { Api__ReleasesFolder: releases };
  api = await ApiFixture.start([tenant, other, ...pageTenants], settings, Promise.resolve(neo4j));
  // 1 <- 2, 3 <- 4; 9 is another tenant's.
  await api.driver.executeQuery(
    `MERGE (t:Tenant {tenantId: 7401})
     WITH t UNWIND [1, 2, 3, 4] AS n
     CREATE (a:Atom {id: 7401000 + n, tenantId: 7401, atomType: 'text', canonicalText: 'quokka ' + n,
       contentHash: toString(n), createdAt: datetime('2026-01-02T03:04:05Z')})-[:BELONGS_TO_TENANT]->(t)`,
  );
  await api.driver.executeQuery(
    "CREATE (:Atom {id: 7401009, tenantId: 7402, atomType: 'text', canonicalText: 'quokka 9'})",
  );
  await api.driver.executeQuery(
    `UNWIND [[2, 1], [3, 1], [4, 2], [4, 3]] AS pair
     MATCH (c:Atom {id: 7401000 + pair[0]}), (p:Atom {id: 7401000 + pair[1]})
     CREATE (c)-[:DERIVED_FROM {id: 7401000 + pair[0] * 10 + pair[1]}]->(p)`,
  );
  await api.driver.executeQuery('CALL db.awaitIndexes(60)');
  [viewer, operator, sender, stranger] = await Promise.all([
    api.key('viewer', tenant),
    api.key('operator', tenant),
    api.key('sender', tenant),
    api.key('viewer', other),
  ]);
}, 180_000);

afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
  await neo4j?.[Symbol.asyncDispose]();
  await rm(releases, { recursive: true });
});

const post = (path: string, key: string, body: object) => api.post(path, key, body);
const audit = (action: string) => api.audit(action);

test('the document is the one that the repository keeps', async () => {
  const kept = JSON.parse(await readFile(new URL('../openapi.json', import.meta.url), 'utf8'));
  const { status, body } = await api.ask('/openapi.json');
  expect(status).toBe(200);
  expect(body).toEqual(kept);
  expect(body.openapi).toBe('3.1.0');
});

test('nobody gets in without a key that is valid, and all reasons look alike', async () => {
  const expired = await api.key('viewer', tenant, new Date(Date.now() - 1_000));
  const spoilt = `${viewer.slice(0, -1)}${viewer.endsWith('A') ? 'B' : 'A'}`;
  for (const key of [undefined, 'nonsense', spoilt, expired]) {
    const { status, headers, body } = await api.ask('/v1/entities/Atom/7401001', key);
    expect(status).toBe(401);
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(headers.get('www-authenticate')).toContain('Bearer');
    expect(body).toMatchObject({ status: 401, code: 'NOT_AUTHENTICATED', instance: '/v1/entities/Atom/7401001' });
  }
  expect(api.program.output).not.toContain(viewer);
});

test('an entity comes with its neighbours by kind, and a page of each', async () => {
  const { status, headers, body } = await api.ask('/v1/entities/Atom/7401001?limit=1', viewer);
  expect(status).toBe(200);
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('ratelimit')).toMatch(/^"tenant";r=\d+;t=\d+$/);
  expect(body).toMatchObject({
    label: 'Atom',
    id: '7401001',
    properties: { id: '7401001', canonicalText: 'quokka 1' },
  });
  const group = body.groups.find(
    ({ type, direction }: Record<string, string>) => type === 'DERIVED_FROM' && direction === 'in',
  );
  expect(group).toMatchObject({ count: 2, items: [{ id: '7401002' }] });
  const query = new URLSearchParams({
    type: 'DERIVED_FROM',
    direction: 'in',
    neighbourLabel: 'Atom',
    after: group.next,
  });
  const next = await api.ask(`/v1/entities/Atom/7401001/neighbours?${query}`, viewer);
  expect(next.body).toMatchObject({ items: [{ id: '7401003' }], next: null });
});

test('lineage: ancestors by page, tree, path, impact', async () => {
  const first = await api.ask('/v1/atoms/7401004/ancestors?limit=2', viewer);
  expect(first.body).toMatchObject({
    total: 3,
    truncated: false,
    items: [{ id: '7401002', depth: 1 }, { id: '7401003' }],
  });
  const second = await api.ask(`/v1/atoms/7401004/ancestors?limit=2&after=${first.body.next}`, viewer);
  expect(second.body).toMatchObject({ items: [{ id: '7401001', depth: 2 }], next: null });
  expect((await api.ask('/v1/atoms/7401001/leaves', viewer)).body.items).toMatchObject([{ id: '7401004' }]);
  const tree = await api.ask('/v1/atoms/7401002/tree?depth=1', viewer);
  expect(tree.body).toMatchObject({
    ...{ root: { id: '7401002' }, ancestors: [{ id: '7401001' }], descendants: [{ id: '7401004' }] },
    ...{ truncated: false, cut: [] },
  });
  expect(tree.body.edges).toHaveLength(2);
  const path = await api.ask('/v1/atoms/7401004/path?to=7401001', viewer);
  expect(path.body).toMatchObject({ found: true, atoms: [{ id: '7401004' }, {}, { id: '7401001' }] });
  const impact = await api.ask('/v1/atoms/7401001/impact', viewer);
  expect(impact.body).toMatchObject({ losesAll: 3, losesPart: 0, childEdges: 2 });
});

test('search finds the words of the tenant alone, page by page', async () => {
  const first = await api.ask('/v1/search?text=quokka&limit=3', viewer);
  expect(first.body.items).toHaveLength(3);
  const second = await api.ask(`/v1/search?text=quokka&limit=3&after=${first.body.next}`, viewer);
  expect(second.body.items).toHaveLength(1);
  expect(second.body.next).toBeNull();
  const none = await api.ask('/v1/atoms/7401001/similar', viewer);
  expect(none).toMatchObject({ status: 409, body: { code: 'NO_EMBEDDING_MODEL' } });
});

test.each(['\u6c49', '\u{20000}'])('a question may have its 2,000 characters in any script: %s', async (letter) => {
  const text = letter.repeat(2_000 / letter.length);
  expect((await api.ask(`/v1/search?text=${encodeURIComponent(text)}`, viewer)).status).toBe(200);
});

test('atoms by filters, the newest first, page by page', async () => {
  const first = await api.ask('/v1/atoms?type=text&limit=3', viewer);
  expect(first.body).toMatchObject({ items: [{ id: '7401004' }, { id: '7401003' }, { id: '7401002' }] });
  const second = await api.ask(`/v1/atoms?type=text&limit=3&after=${first.body.next}`, viewer);
  expect(second.body).toMatchObject({ items: [{ id: '7401001' }], next: null });
  const count = async (query: string, key = viewer) => (await api.ask(`/v1/atoms?${query}`, key)).body.items.length;
  expect(await count('type=document')).toBe(0);
  expect(await count('contentHash=3a')).toBe(0);
  expect(await count('createdFrom=2026-01-02T03:04:05Z&createdBefore=2026-01-02T03:04:06Z')).toBe(4);
  expect(await count('createdBefore=2026-01-02T03:04:05Z')).toBe(0);
  expect(await count('isPlaceholder=true')).toBe(0);
  expect(await count('', stranger)).toBe(1);
  expect(await api.ask('/v1/atoms?createdFrom=yesterday', viewer)).toMatchObject({ status: 400 });
});

test('atoms by a question, by meaning and by words too', async () => {
  await embedAtoms(neo4j, [
    { id: 7401001, text: 'Leases are renewed before they end.' },
    { id: 7401002, text: 'Cats sleep most of the day.' },
    { id: 7401009, text: 'Leases are renewed before they end.' },
  ]);
  const found = await api.ask(`/v1/similar?${new URLSearchParams({ text: 'When are leases renewed?' })}`, viewer);
  expect(found.body.items.map(({ id }: { readonly id: string }) => id)).toEqual(['7401001', '7401002']);
  const both = await api.ask('/v1/similar?text=quokka+4&hybrid=true', viewer);
  expect(both.body.items).toContainEqual(expect.objectContaining({ id: '7401004', textRank: 1, vectorRank: null }));
  expect((await api.ask('/v1/atoms/7401001/similar', viewer)).body.items).toMatchObject([{ id: '7401002' }]);
  expect(await api.ask('/v1/similar?text=x&model=none', viewer)).toMatchObject({
    status: 409,
    body: { code: 'NO_EMBEDDING_MODEL' },
  });
});

test('the whole provenance as PROV-JSON, of the tenant alone', async () => {
  const { status, headers, body } = await api.ask('/v1/exports/prov', viewer);
  expect(status).toBe(200);
  expect(headers.get('content-type')).toBe('application/json');
  expect(Object.keys(body)).toEqual(['prefix', 'entity', 'wasDerivedFrom']);
  expect(Object.keys(body.entity)).toEqual([1, 2, 3, 4].map((n) => `hart:atom.740100${n}`));
  expect(Object.values(body.wasDerivedFrom)).toContainEqual({
    'prov:generatedEntity': 'hart:atom.7401004',
    'prov:usedEntity': 'hart:atom.7401003',
  });
});

test('what is of another tenant is answered as what is not there', async () => {
  for (const path of ['/v1/entities/Atom/ID', '/v1/atoms/ID/tree', '/v1/atoms/ID/ancestors', '/v1/atoms/ID/similar']) {
    const theirs = await api.ask(path.replace('ID', '7401001'), stranger);
    const none = await api.ask(path.replace('ID', '7401777'), stranger);
    expect(theirs.status).toBe(404);
    const neutral = ({ detail, instance, traceId: _, ...rest }: Record<string, string>) => ({
      ...rest,
      detail: detail?.replaceAll(/74\d{5}/g, 'ID'),
      instance: instance?.replaceAll(/74\d{5}/g, 'ID'),
    });
    expect(neutral(theirs.body)).toEqual(neutral(none.body));
  }
  expect((await api.ask('/v1/search?text=quokka', stranger)).body.items).toMatchObject([{ id: '7401009' }]);
});

test('bad requests are reported part by part; unknown routes and labels are 404', async () => {
  const bad = await api.ask('/v1/atoms/9223372036854775808/ancestors', viewer);
  expect(bad).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST' } });
  expect(bad.body.errors).toContainEqual({ in: 'param', pointer: '/id', detail: 'a whole number of 64 bits' });
  expect((await api.ask('/v1/atoms/7401004/ancestors?limit=0', viewer)).body.errors).toMatchObject([
    { in: 'query', pointer: '/limit' },
  ]);
  const cursor = await api.ask('/v1/atoms/7401004/ancestors?after=nonsense', viewer);
  expect(cursor).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST' } });
  expect(await api.ask('/v1/entities/Nothing/1', viewer)).toMatchObject({
    status: 404,
    body: { code: 'UNKNOWN_LABEL' },
  });
  expect(await api.ask('/v1/entities/Atom/x', viewer)).toMatchObject({ status: 400 });
  expect(await api.ask('/v1/nothing', viewer)).toMatchObject({ status: 404, body: { code: 'ROUTE_NOT_FOUND' } });
  const traced = await api.ask('/v1/nothing', viewer, {
    headers: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
  });
  expect(traced.body.traceId).toBe('0af7651916cd43dd8448eb211c80319c');
});

test('a method that an address has not is refused with those that it has', async () => {
  const { paths } = z
    .object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })
    .parse(await (await api.send('/openapi.json')).json());
  const tus = { '/v1/uploads': ['OPTIONS', 'POST'], '/v1/uploads/{id}': ['OPTIONS', 'HEAD', 'PATCH', 'DELETE'] };
  const documented = Object.entries(paths).map(([path, methods]) => {
    const names = Object.keys(methods).map((method) => method.toUpperCase());
    return [path, names.includes('GET') ? [...names, 'HEAD'] : names] as const;
  });
  expect(documented.length).toBeGreaterThan(30);
  const all: (readonly [string, readonly string[]])[] = [
    ...[...documented, ...Object.entries(tus)],
    ...([
      ['/mcp', ['POST']],
      ['/', ['GET', 'HEAD']],
    ] as const),
  ];
  for (const [n, [path, has]] of all.entries()) {
    const others = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((each) => !has.includes(each));
    const method = others[n % others.length]!;
    const refused = await api.send(path.replaceAll(/\{\w+\}/g, '1'), sender, { method });
    const allow = refused.headers.get('allow')?.split(', ').toSorted();
    expect([method, path, refused.status, allow]).toEqual([method, path, 405, has.toSorted()]);
    expect(await refused.json()).toMatchObject({ status: 405, code: 'METHOD_NOT_ALLOWED' });
  }
  expect(await api.ask('/v1/identity', undefined, { method: 'PUT' })).toMatchObject({ status: 401 });
});

test('roles: a sender reads nothing, a viewer changes nothing; a change leaves message and audit', async () => {
  expect(await api.ask('/v1/atoms/7401001/tree', sender)).toMatchObject({ status: 403, body: { code: 'NOT_ALLOWED' } });
  expect(await api.ask('/v1/ingestions', sender)).toMatchObject({ status: 200, body: { items: [], next: null } });
  const path = `/v1/entities/Tenant/${tenant}/sync`;
  expect(await api.ask(path, viewer, { method: 'POST' })).toMatchObject({ status: 403 });
  const before = await api.client.queueDepth('dbo.Neo4jSyncQueue');
  const done = await api.ask(path, operator, { method: 'POST' });
  expect(done).toMatchObject({ status: 202, body: { type: 'Tenant', id: String(tenant), state: 'enqueued' } });
  const theirs = await api.ask(`/v1/entities/Tenant/${other}/sync`, operator, { method: 'POST' });
  expect(theirs).toMatchObject({ status: 404, body: { code: 'ENTITY_NOT_FOUND' } });
  expect(await api.client.queueDepth('dbo.Neo4jSyncQueue')).toBe(before + 1);
  const [rows = []] = await api.client.querySets('SELECT * FROM dbo.ApiAudit;', {});
  expect(rows).toMatchObject([{ TenantId: tenant, Action: 'entity.sync', Target: `Tenant/${tenant}` }]);
  expect(rows[0]?.Subject).toMatch(/^api-key:\d+$/);
  expect(rows[0]?.TraceId).toBe(done.headers.get('trace-id'));
});

test('queues: what waits, and by how much the workers are behind', async () => {
  const { status, body } = await api.ask('/v1/queues', viewer);
  expect(status).toBe(200);
  const sync = body.queues.find(({ name }: { readonly name: string }) => name === 'sync');
  expect(sync).toMatchObject({ isOn: true, retries: 0, pendingDeadLetters: 0, problems: [], unseen: [] });
  expect(sync.messages).toBeGreaterThan(0);
  expect(sync.oldestAgeMs).toBeGreaterThanOrEqual(0);
  expect(await api.ask('/v1/queues', sender)).toMatchObject({ status: 403 });
});

test('dead letters: for operators of the installation; a dry run changes nothing, a replay is enqueued once', async () => {
  await api.client.run(
    `INSERT INTO dbo.Neo4jSyncDeadLetterQueue (EntityType, EntityId, TenantId, SyncType, ReasonCode, ReasonText, MessageTypeName,
       ConversationHandle, ReceivedAt, MessageBody)
     VALUES (N'Tenant', ${tenant}, ${tenant}, N'UPDATE', N'GRAPH_DATA_INVALID', N'It failed.', N'Neo4jSyncRequest', NEWID(), SYSUTCDATETIME(),
       CONVERT(VARBINARY(MAX), N'<Neo4jSync/>'));`,
  );
  const path = '/v1/queues/sync/dead-letters';
  expect(await api.ask(path, operator)).toMatchObject({ status: 403, body: { code: 'INSTALLATION_ONLY' } });
  const root = await api.key('operator', 0);
  const { body: page } = await api.ask(path, root);
  expect(page).toMatchObject({
    items: [
      { subject: `Tenant ${tenant}`, reasonCode: 'GRAPH_DATA_INVALID', state: 'PENDING', bodyText: '<Neo4jSync/>' },
    ],
    next: null,
  });
  const replay = (body: object) => post(`${path}/replay`, root, body);
  const ids = [page.items[0].id];
  const before = await api.client.queueDepth('dbo.Neo4jSyncQueue');
  const planned = await replay({ ids });
  expect(planned.body).toMatchObject({ dryRun: true, deadLetters: [{ outcome: 'planned' }] });
  expect(planned.body.deadLetters[0].preview.slice(0, 2)).toEqual([
    `(:Tenant {tenantId: ${tenant}})`,
    `name = tenant ${tenant}`,
  ]);
  expect(await api.client.queueDepth('dbo.Neo4jSyncQueue')).toBe(before);
  const done = await replay({ ids, dryRun: false, note: 'the graph was fixed' });
  expect(done.body).toMatchObject({ dryRun: false, deadLetters: [{ outcome: 'replayed' }] });
  expect(await api.client.queueDepth('dbo.Neo4jSyncQueue')).toBe(before + 1);
  expect((await replay({ ids, dryRun: false })).body.deadLetters).toMatchObject([{ outcome: 'skipped' }]);
  expect((await audit('dead-letter.replay'))[0]).toMatchObject({ note: 'the graph was fixed' });
  expect(await replay({ ids: ['x'] })).toMatchObject({ status: 400 });
});

test('dead letters of other queues are sent again as they are, with the rights of the API and with audit', async () => {
  const root = await api.key('operator', 0);
  const upload = 987_654;
  await api.client.run(
    `INSERT INTO dbo.IngestionDeadLetterQueue (FileName, TenantId, IngestionFileId, ReasonCode, ReasonText, MessageTypeName, ConversationHandle,
       ReceivedAt, MessageBody)
     SELECT v.FileName, ${tenant}, v.IngestionFileId, N'SOURCE_UNAVAILABLE', N'It failed.', N'IngestionRequest', NEWID(), SYSUTCDATETIME(),
       0xFFFE + CONVERT(VARBINARY(MAX), N'<IngestionRequest/>')
     FROM (VALUES (N'one.md', NULL), (N'two.md', ${upload})) AS v (FileName, IngestionFileId);
     INSERT INTO dbo.EmbeddingDeadLetterQueue (ReasonCode, ReasonText, MessageTypeName, ConversationHandle, ReceivedAt, MessageBody)
     VALUES (N'MALFORMED_XML', N'It failed.', N'EmbeddingRequest', NEWID(), SYSUTCDATETIME(),
       0xFFFE + CONVERT(VARBINARY(MAX), N'<EmbeddingRequest/>'));`,
  );
  for (const [name, queue, outcomes] of [
    ['ingestion', 'dbo.IngestionQueue', ['replayed', 'skipped']],
    ['embedding', 'dbo.EmbeddingQueue', ['replayed']],
  ] as const) {
    const path = `/v1/queues/${name}/dead-letters`;
    const { items } = (await api.ask(path, root)).body;
    const ids = items.map(({ id }: { readonly id: string }) => id);
    expect(await post(`${path}/replay`, operator, { ids })).toMatchObject({ body: { code: 'INSTALLATION_ONLY' } });
    const before = await api.client.queueDepth(queue);
    const planned = (await post(`${path}/replay`, root, { ids })).body.deadLetters;
    expect(planned[0]).toMatchObject({
      outcome: 'planned',
      detail: expect.stringMatching(/^sends its body of \d+ bytes/),
    });
    expect(await api.client.queueDepth(queue)).toBe(before);
    const done = await post(`${path}/replay`, root, { ids, dryRun: false, note: `${name} was fixed` });
    const { deadLetters } = done.body;
    expect(deadLetters.map(({ outcome }: { readonly outcome: string }) => outcome)).toEqual(outcomes);
    expect(await api.client.queueDepth(queue)).toBe(before + 1);
    expect((await audit('dead-letter.replay')).at(-1)).toMatchObject({ ids, note: `${name} was fixed` });
    expect((await api.ask(`${path}?state=REPLAYED`, root)).body.items).toMatchObject([{ replayCount: 1 }]);
    if (name === 'ingestion') expect(deadLetters[1].detail).toContain(`its uploaded file ${upload} is gone`);
  }
  // Its login marks letters by a procedure, and can't change what is sent again.
  const sql = toMssqlOptions(parseSqlConnectionString(api.env.ConnectionStrings__HartonomousDb ?? ''));
  await using own = await connectBroker({ sql });
  await expect(
    own.run("UPDATE dbo.EmbeddingDeadLetterQueue SET MessageBody = 0x00, ReplayState = N'PENDING';"),
  ).rejects.toMatchObject({ number: 229 });
  // What they are about is in no body that a client gives.
  const [bodies = []] = await api.client.querySets(
    'SELECT q.message_type_name AS [type], CONVERT(NVARCHAR(MAX), q.message_body) AS [body] FROM dbo.EmbeddingQueue AS q;',
    {},
  );
  expect(bodies.at(-1)).toMatchObject({
    type: 'EmbeddingRequest',
    body: expect.stringContaining('<EmbeddingRequest/>'),
  });
});

test('a queue is paused with reason and owner by operators of the installation, and goes on', async () => {
  const path = '/v1/queues/sync';
  expect(await post(`${path}/pause`, viewer, { reason: 'x' })).toMatchObject({
    status: 403,
    body: { code: 'NOT_ALLOWED' },
  });
  expect(await post(`${path}/pause`, operator, { reason: 'x' })).toMatchObject({
    status: 403,
    body: { code: 'INSTALLATION_ONLY' },
  });
  const root = await api.key('operator', 0);
  const strange = ['a\u0000', 'a\nb', 'a\u009b31m', 'a\ud800'];
  for (const body of [
    ...[{}, { reason: ' ' }, { reason: 'x', minutes: 0 }, { reason: 'x', instance: 'a', except: 'b' }],
    ...strange.flatMap((text) => [{ reason: text }, { reason: 'x', owner: text }, { reason: 'x', instance: text }]),
  ]) {
    expect(await post(`${path}/pause`, root, body)).toMatchObject({ status: 400 });
  }
  expect((await post('/v1/queues/none/pause', root, { reason: 'x' })).status).toBe(400);
  const planned = await post(`${path}/pause`, root, { reason: 'a look', dryRun: true });
  expect(planned.body).toMatchObject({ dryRun: true, pauses: [] });
  const request = { reason: 'the graph is moved', owner: 'anna', minutes: 5, except: 'web1:1' };
  const paused = await post(`${path}/pause`, root, request);
  expect(paused).toMatchObject({ status: 200, body: { queue: 'dbo.Neo4jSyncQueue', isReached: true, workers: [] } });
  const { owner, reason, scope, instance, pausedAt, expiresAt } = paused.body.pauses[0];
  expect({ owner, reason, scope, instance }).toEqual({
    ...{ owner: 'anna', reason: 'the graph is moved', scope: 'EXCEPT', instance: 'web1:1' },
  });
  expect(Date.parse(expiresAt) - Date.parse(pausedAt)).toBe(300_000);
  await post(`${path}/pause`, root, { reason: 'looked into' });
  const seen = async (key: string) => {
    // A look is shared for a moment.
    const { body } = await api.ask('/v1/queues', key);
    const { pauses } = body.queues.find(({ name }: { readonly name: string }) => name === 'sync');
    expect(pauses).toHaveLength(2);
    return pauses;
  };
  const bySubject = expect.stringMatching(/^api-key:\d+$/);
  await eventually(async () => {
    expect(await seen(root)).toMatchObject([
      { owner: 'anna', instance: 'web1:1' },
      { owner: bySubject, scope: 'ALL' },
    ]);
    // Which machines there are is nobody's business but operators'.
    expect(await seen(viewer)).toMatchObject([{ owner: 'anna', instance: null }, {}]);
  });
  const wouldTake = await post(`${path}/resume`, root, { dryRun: true });
  expect(wouldTake.body).toMatchObject({ dryRun: true, resumed: [{}, {}], left: [] });
  const one = await post(`${path}/resume`, root, { owner: 'anna' });
  expect(one.body).toMatchObject({ resumed: [{ owner: 'anna' }], left: [{ reason: 'looked into' }] });
  expect((await post(`${path}/resume`, root, {})).body).toMatchObject({ resumed: [{}], left: [] });
  expect((await post(`${path}/resume`, root, {})).body).toMatchObject({ resumed: [], left: [] });
  expect(await audit('queue.pause')).toMatchObject([{ owner: 'anna', seconds: 300 }, { reason: 'looked into' }]);
  expect(await audit('queue.resume')).toMatchObject([{ before: [{}] }, { before: [{}] }, { before: [] }]);
});

describeOperations(() => ({ api, releases, viewer, operator, sender, other }));

test('the page comes from this server alone, under a policy that lets nothing else in', async () => {
  const response = await api.send('/');
  expect(response.status).toBe(200);
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
  const html = await response.text();
  const linked = [...html.matchAll(/(?:src|href)="(page\/[^"]+)"/g)].map(([, file]) => `/${file}`);
  expect(linked).toEqual(['/page/style.css', '/page/main.js']);
  for (const file of linked) expect((await api.send(file)).status).toBe(200);
  for (const file of ['/', ...linked]) {
    const { headers } = await api.send(file);
    const again = await api.send(file, undefined, { headers: { 'if-none-match': headers.get('etag') ?? '' } });
    expect([again.status, await again.text()]).toEqual([304, '']);
  }
  expect(html).not.toMatch(/<(?:script|style)>|https?:\/\//);
  const chunks = await readdir(new URL('../build/page/', import.meta.url));
  for (const file of chunks.filter((name) => name.endsWith('.js'))) {
    expect((await api.send(`/page/${file}`)).headers.get('content-type')).toContain('text/javascript');
  }
  for (const path of ['/page/../package.json', '/page/%2e%2e%2fpackage.json', '/page/none.js', '/page/index.html']) {
    expect(await api.ask(path)).toMatchObject({ status: 404, body: { code: 'ROUTE_NOT_FOUND' } });
  }
});

test('MCP: tools read what the key may read, by the official client', async () => {
  const address = new URL('/mcp', await api.address());
  const connect = async (key: string) => {
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(
      new StreamableHTTPClientTransport(address, {
        requestInit: { headers: { authorization: `Bearer ${key}` } },
      }) as Transport,
    );
    return client;
  };
  const client = await connect(viewer);
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toContain('lineage_up');
  expect(tools.every(({ annotations }) => annotations?.readOnlyHint)).toBe(true);
  const call = async (name: string, input: Record<string, unknown>, by = client) => {
    const { content, isError } = await by.callTool({ name, arguments: input });
    return { isError: isError === true, text: (content as { text: string }[])[0]?.text ?? '' };
  };
  const up = await call('lineage_up', { id: '7401004' });
  expect(JSON.parse(up.text)).toMatchObject({
    total: 3,
    items: [{ id: '7401002' }, { id: '7401003' }, { id: '7401001' }],
  });
  expect(JSON.parse((await call('search_atoms', { text: 'quokka', limit: 2 })).text).atoms).toHaveLength(2);
  const path = JSON.parse((await call('lineage_path', { from: '7401004', to: '7401001' })).text);
  expect(path).toMatchObject({ found: true });
  for (const [name, input] of [
    ['lineage_up', { id: '9999999999999999999' }],
    ['get_entity', { id: '9999999999999999999' }],
    ['lineage_path', { from: '7401004', to: '-9999999999999999999' }],
  ] as const) {
    expect(await call(name, input)).toEqual({ isError: true, text: 'a whole number of 64 bits (INVALID_REQUEST)' });
  }
  const theirs = await call('lineage_up', { id: '7401004' }, await connect(stranger));
  expect(theirs).toMatchObject({ isError: true });
  expect(theirs.text).toContain('ATOM_NOT_FOUND');
  await expect(connect(sender)).rejects.toThrow();
  await expect(connect('nonsense')).rejects.toThrow();
});

describePage(() => ({ api, neo4j }));
