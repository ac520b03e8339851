import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { scheduleKinds } from '@hartonomous/provenance-schema';
import { eventually } from '@hartonomous/test-support';
import { WorkerProgram } from '@hartonomous/test-support/worker-program';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ApiFixture } from './fixture.ts';

/** What a test file has started, and keys of one tenant. */
export interface OperationsSetup {
  readonly api: ApiFixture;
  /** Where the API looks for releases. */
  readonly releases: string;
  readonly viewer: string;
  readonly operator: string;
  readonly sender: string;
  /** A tenant that is not in the graph. */
  readonly other: number;
}

/** Declares tests of comparisons, schedules and releases over HTTP. */
export function describeOperations(setup: () => OperationsSetup): void {
  describe('operations', () => declareOperations(setup));
}

function declareOperations(setup: () => OperationsSetup): void {
  let api: ApiFixture;
  let releases: string;
  let viewer: string;
  let operator: string;
  let sender: string;
  let other: number;
  beforeAll(() => {
    ({ api, releases, viewer, operator, sender, other } = setup());
  });
  const post: ApiFixture['post'] = (...asked) => api.post(...asked);
  const audit = (action: string) => api.audit(action);

  test('the tables are compared with the graph, one comparison at a time; what differs is enqueued, but not deleted unasked', async () => {
    const path = '/v1/reconciliations';
    expect(await post(path, operator, {})).toMatchObject({ status: 403, body: { code: 'INSTALLATION_ONLY' } });
    const root = await api.key('operator', 0);
    expect((await post(path, root, { entities: ['Nothing'] })).status).toBe(400);
    const follow = async (location: string | null) => {
      const events = await (await api.send(`${location}/events`, root)).text();
      return JSON.parse([...events.matchAll(/^data: (.*)$/gm)].at(-1)?.[1] ?? '');
    };
    const both = await Promise.all([1, 2].map(() => post(path, root, { entities: ['Tenant'] })));
    expect(both.map(({ status }) => status).toSorted()).toEqual([202, 409]);
    const [started] = both.filter(({ status }) => status === 202);
    expect(started?.body).toMatchObject({ state: 'RUNNING', finishedAt: null });
    const compared = await follow(started?.headers.get('location') ?? null);
    const [{ missing, different, extra }] = compared.result.entities;
    expect(compared).toMatchObject({
      ...{ state: 'COMPLETED', repair: false, error: null, progress: [{ entity: 'Tenant' }] },
      result: { entities: [{ entity: 'Tenant', enqueued: 0 }], sequence: { state: 'ahead' } },
    });
    expect({ missing, different, extra }).toEqual({ missing: 4, different: 1, extra: 0 });
    expect(compared.drift).toContainEqual(
      expect.objectContaining({ entityId: String(other), tenantId: other, kind: 'missing' }),
    );

    const depth = () => api.client.queueDepth('dbo.Neo4jSyncQueue');
    const before = await depth();
    const atoms = await follow((await post(path, root, { entities: ['Atom'], repair: true })).headers.get('location'));
    // None of these atoms has a row in SQL.
    expect(atoms).toMatchObject({ state: 'NEEDS_CONFIRMATION', result: { entities: [{ extra: 5, enqueued: 0 }, {}] } });
    expect(await depth()).toBe(before);
    const repaired = await follow(
      (await post(path, root, { entities: ['Tenant'], repair: true })).headers.get('location'),
    );
    expect(repaired).toMatchObject({ state: 'COMPLETED', result: { entities: [{ enqueued: 5 }] } });
    expect(await depth()).toBe(before + 5);
    const ended = await api.ask(`${path}/${repaired.id}`, root, { method: 'DELETE' });
    expect(ended).toMatchObject({ status: 200, body: { state: 'COMPLETED' } });
    const { items } = (await api.ask(path, root)).body;
    expect(items).toMatchObject([{ id: repaired.id }, {}, { id: compared.id }]);
    expect(items[0]).not.toHaveProperty('drift');
    expect((await api.ask(`${path}?limit=1`, root)).body.items).toHaveLength(1);
    const unknown = await api.ask(`${path}/3f2b8a52-4a0c-4d43-9f0e-0a2f6b8a7c11`, root);
    expect(unknown).toMatchObject({ status: 404, body: { code: 'RECONCILIATION_NOT_FOUND' } });
    expect(await audit('reconcile.start')).toHaveLength(3);
    await eventually(async () => expect((await audit('reconcile.end')).at(-1)).toMatchObject({ state: 'COMPLETED' }));
  });

  test('a comparison of another process is seen, cancelled and, when that was killed, abandoned', async () => {
    const path = '/v1/reconciliations';
    const root = await api.key('operator', 0);
    // 60 a minute are a burst of 10.
    const another = new WorkerProgram('api', { ...api.env, Api__RequestsPerMinute: '60' });
    const { port } = await another.logged('API at http');
    const startThere = async () => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${root}`, 'content-type': 'application/json' },
        body: JSON.stringify({ entities: ['Model'] }),
      });
      expect(response.status).toBe(202);
      return ((await response.json()) as { readonly id: string }).id;
    };
    const asked = Array.from({ length: 12 }, () =>
      fetch(`http://127.0.0.1:${port}/v1/identity`, { headers: { authorization: `Bearer ${viewer}` } }),
    );
    const refusals = (await Promise.all(asked)).filter(({ status }) => status === 429);
    expect(refusals.length).toBeGreaterThan(0);
    expect(Number(refusals[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refusals[0]?.json()).toMatchObject({ code: 'TOO_MANY_REQUESTS' });
    // All who read the table wait.
    await using held = await api.client.beginTransaction();
    await held.run('ALTER TABLE dbo.Model ADD Held INT NULL;');

    const first = await startThere();
    expect(await api.ask(`${path}/${first}`, root)).toMatchObject({ status: 200, body: { state: 'RUNNING' } });
    const refused = await post(path, root, {});
    expect(refused).toMatchObject({ status: 409, body: { code: 'RECONCILIATION_RUNNING' } });
    expect(refused.body.detail).toContain(first);
    const cancelled = await api.ask(`${path}/${first}`, root, { method: 'DELETE' });
    expect(cancelled).toMatchObject({ status: 200, body: { state: 'CANCELLED', error: null } });
    expect(cancelled.body.finishedAt).not.toBeNull();

    const second = await startThere();
    const events = await api.send(`${path}/${second}/events`, root);
    await another.end();
    expect((await api.ask(path, root)).body.items[0]).toMatchObject({ id: second, state: 'RUNNING' });
    await api.client.run("UPDATE dbo.ReconcileRun SET LeaseUntil = SYSUTCDATETIME() WHERE State = N'RUNNING';");
    // The stream ends, because the run has.
    expect([...(await events.text()).matchAll(/"state":"([A-Z]+)"/g)].at(-1)?.[1]).toBe('ABANDONED');
    const abandoned = (await api.ask(`${path}/${second}`, root)).body;
    expect(abandoned).toMatchObject({ state: 'ABANDONED', result: null });
    expect(abandoned.finishedAt).not.toBeNull();
    await held[Symbol.asyncDispose]();
    const next = await post(path, root, { entities: ['Model'] });
    expect(next.status).toBe(202);
    await eventually(async () => {
      expect((await api.ask(`${path}/${next.body.id}`, root)).body).toMatchObject({ state: 'COMPLETED' });
    });
    expect(await audit('reconcile.cancel')).toHaveLength(1);
    const ends = await audit('reconcile.end');
    expect(ends.slice(-3)).toMatchObject([{ state: 'CANCELLED' }, { state: 'ABANDONED' }, { state: 'COMPLETED' }]);
  });

  test('schedules: their state and their runs; changed by operators of the installation, with audit', async () => {
    const path = '/v1/schedules';
    await api.client.execute('dbo.sp_AddSchedule', {
      ...{ Name: 'nightly', Kind: 'PURGE', CronExpression: '30 2 * * *', TimeZone: 'Europe/Berlin' },
      ...{ Parameters: '{"logDays":7}', DueAt: new Date('2099-01-01T01:30:00Z'), ChangedBy: 'anna' },
    });
    await api.client.run(
      `INSERT INTO dbo.ScheduleRun (ScheduleId, Name, Kind, DueAt, Outcome, RunBy, FinishedAt, Changes, Summary)
       SELECT s.ScheduleId, s.Name, s.Kind, r.DueAt, r.Outcome, N'web1-7', SYSUTCDATETIME(), 3, N'Deleted: 3.'
       FROM dbo.Schedule AS s CROSS JOIN (VALUES ('2026-01-01T01:30:00', N'DONE'), ('2026-01-02T01:30:00', N'FAILED')) AS r (DueAt, Outcome);`,
    );
    for (const key of [viewer, sender]) expect((await api.ask(path, key)).body.code).toBe('NOT_ALLOWED');
    for (const asked of [path, '/v1/schedule-runs']) {
      expect(await api.ask(asked, operator)).toMatchObject({ status: 403, body: { code: 'INSTALLATION_ONLY' } });
    }
    expect((await post(`${path}/nightly/disable`, operator, {})).body.code).toBe('INSTALLATION_ONLY');
    const root = await api.key('operator', 0);
    const listed = async () => (await api.ask(path, root)).body.items;
    expect(await listed()).toMatchObject([
      {
        ...{
          name: 'nightly',
          kind: 'PURGE',
          cron: '30 2 * * *',
          timeZone: 'Europe/Berlin',
          parameters: { logDays: 7 },
        },
        ...{ isEnabled: true, dueAt: '2099-01-01T01:30:00.000Z', overdueMs: null, isRunning: false, changedBy: 'anna' },
        lastRun: { outcome: 'FAILED', summary: 'Deleted: 3.' },
      },
    ]);
    const page = (await api.ask('/v1/schedule-runs?name=nightly&limit=1', root)).body;
    expect(page.items).toMatchObject([{ outcome: 'FAILED', runBy: 'web1-7', changes: 3, journal: null }]);
    const older = (await api.ask(`/v1/schedule-runs?limit=1&after=${page.next}`, root)).body;
    expect(older).toMatchObject({ items: [{ outcome: 'DONE' }], next: null });

    const change = (verb: string, body: object = {}) => post(`${path}/nightly/${verb}`, root, body);
    expect((await change('trigger', { dryRun: true })).body).toMatchObject({ dryRun: true, changes: true });
    expect((await change('disable', { dryRun: true })).body).toMatchObject({ changes: true, dueAt: null });
    expect(await audit('schedule.disable')).toEqual([]);
    expect((await change('trigger')).body).toMatchObject({ changes: true });
    expect((await change('trigger')).body).toMatchObject({ changes: false });
    expect(Date.parse((await listed())[0].dueAt)).toBeLessThan(Date.now() + 60_000);
    expect((await change('disable')).body).toMatchObject({ name: 'nightly', changes: true, dueAt: null });
    expect((await change('disable')).body).toMatchObject({ changes: false });
    expect(await change('trigger')).toMatchObject({ status: 409, body: { code: 'SCHEDULE_DISABLED' } });
    expect((await change('enable')).body.dueAt).toMatch(/^\d{4}-.*T0[01]:30:00.000Z$/);
    expect(await listed()).toMatchObject([{ isEnabled: true, changedBy: expect.stringMatching(/^api-key:\d+$/) }]);
    expect(await post(`${path}/none/enable`, root, {})).toMatchObject({
      status: 404,
      body: { code: 'SCHEDULE_UNKNOWN' },
    });
    expect((await post(`${path}/a%20b/enable`, root, {})).status).toBe(400);
    expect((await post(`${path}/nightly/enable`, root, { at: 1 })).status).toBe(400);
    for (const action of ['enable', 'disable', 'trigger']) expect(await audit(`schedule.${action}`)).toHaveLength(1);
  });

  test('schedules are made and removed as on the command line, by operators of the installation, with audit', async () => {
    const path = '/v1/schedules';
    const canary = { name: 'canary', kind: 'CANARY', cron: '*/5 * * * *' };
    expect((await post(path, operator, canary)).body.code).toBe('INSTALLATION_ONLY');
    for (const key of [viewer, sender]) expect((await post(path, key, canary)).body.code).toBe('NOT_ALLOWED');
    const root = await api.key('operator', 0);
    const names = async () => (await api.ask(path, root)).body.items.map(({ name }: { readonly name: string }) => name);
    const planned = await post(path, root, { ...canary, dryRun: true });
    expect(planned).toMatchObject({ status: 200, body: { name: 'canary', dryRun: true, changes: true } });
    expect(await names()).not.toContain('canary');
    const made = await post(path, root, { ...canary, timeZone: 'Europe/Berlin', parameters: { seconds: 20 } });
    expect(made).toMatchObject({ status: 201, body: { changes: true, dueAt: expect.stringMatching(/:00\.000Z$/) } });
    const repair = await post(path, root, { name: 'repair', kind: 'SELF_REPAIR', cron: '@hourly' });
    expect(repair).toMatchObject({ status: 201, body: { dueAt: null } });
    const { items, kinds } = (await api.ask(path, root)).body;
    expect(kinds.map(({ kind }: { readonly kind: string }) => kind)).toEqual(scheduleKinds);
    expect(items.find(({ name }: { readonly name: string }) => name === 'canary')).toMatchObject({
      ...{ cron: '*/5 * * * *', timeZone: 'Europe/Berlin', parameters: { seconds: 20 }, isEnabled: true },
      changedBy: expect.stringMatching(/^api-key:\d+$/),
    });
    expect(await post(path, root, canary)).toMatchObject({ status: 409, body: { code: 'SCHEDULE_EXISTS' } });
    for (const [wrong, status] of [
      [{ ...canary, name: 'a b' }, 400],
      // Of 64 code units.
      [{ ...canary, name: '\u{1F600}'.repeat(33) }, 422],
      [{ ...canary, kind: 'NONE' }, 400],
      [{ ...canary, name: 'other', cron: 'now and then' }, 422],
      [{ ...canary, name: 'other', timeZone: 'Mars/Olympus' }, 422],
      [{ ...canary, name: 'other', parameters: { minutes: 1 } }, 422],
    ] as const) {
      expect((await post(path, root, wrong)).status, JSON.stringify(wrong)).toBe(status);
    }
    const change = (body: object) =>
      api.ask(`${path}/canary`, root, {
        ...{ method: 'PATCH', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
      });
    expect(await change({ cron: '*/5 * * * *' })).toMatchObject({ status: 200, body: { changes: false } });
    expect(await change({ cron: '0 3 1 1 *', dryRun: true })).toMatchObject({ body: { changes: true } });
    const changed = await change({ cron: '0 3 1 1 *', parameters: {} });
    expect(changed).toMatchObject({ status: 200, body: { changes: true, dueAt: expect.stringMatching(/T02:00:00/) } });
    expect((await api.ask(path, root)).body.items).toContainEqual(
      expect.objectContaining({ name: 'canary', cron: '0 3 1 1 *', timeZone: 'Europe/Berlin', parameters: {} }),
    );
    expect((await change({ cron: 'never' })).body.code).toBe('SCHEDULE_UNUSABLE');
    expect(await audit('schedule.change')).toMatchObject([{ cron: '0 3 1 1 *', parameters: {} }]);
    const remove = (query = '') => api.ask(`${path}/canary${query}`, root, { method: 'DELETE' });
    expect((await api.ask(`${path}/canary`, operator, { method: 'DELETE' })).body.code).toBe('INSTALLATION_ONLY');
    expect(await remove('?dryRun=true')).toMatchObject({ status: 200, body: { dryRun: true, changes: true } });
    expect(await names()).toContain('canary');
    expect(await remove()).toMatchObject({ status: 200, body: { name: 'canary', dryRun: false } });
    expect(await names()).not.toContain('canary');
    expect(await remove()).toMatchObject({ status: 404, body: { code: 'SCHEDULE_UNKNOWN' } });
    expect(await audit('schedule.add')).toMatchObject([
      { kind: 'CANARY', parameters: { seconds: 20 }, isEnabled: true },
      { kind: 'SELF_REPAIR', isEnabled: false, dueAt: null },
    ]);
    expect(await audit('schedule.remove')).toMatchObject([{ before: { kind: 'CANARY', cron: '0 3 1 1 *' } }]);
  });

  test('releases of the workers on this machine are listed, and what is wrong with one is said', async () => {
    const folder = join(releases, 'neo4j-sync');
    await mkdir(join(folder, 'releases/1.0.0-abc'), { recursive: true });
    await symlink('releases/1.0.0-abc', join(folder, 'current'));
    const entry = {
      ...{ at: '2026-01-02T03:04:05.000Z', who: 'anna@web1', action: 'deploy', release: '1.0.0-abc', previous: null },
      ...{ version: '1.0.0', commit: 'abc', checksum: null, result: 'deployed', ms: 1_200, reason: null },
    };
    await writeFile(join(folder, 'releases.jsonl'), `${JSON.stringify(entry)}\n`);
    await mkdir(join(releases, 'ces-consumer/current'), { recursive: true });
    expect(await api.ask('/v1/releases', operator)).toMatchObject({ status: 403, body: { code: 'INSTALLATION_ONLY' } });
    const { status, body } = await api.ask('/v1/releases', await api.key('operator', 0));
    expect(status).toBe(200);
    expect(body.items).toMatchObject([
      {
        ...{ worker: 'neo4j-sync', journal: [entry], unreadable: 0, pending: null, problem: null },
        releases: [{ name: '1.0.0-abc', isCurrent: true, last: entry }],
      },
      { worker: 'ces-consumer', releases: [], problem: { code: 'RELEASE_FOLDER_UNUSABLE' } },
      { worker: 'embedding-generator', releases: [], journal: [], problem: null },
    ]);
  });
}
