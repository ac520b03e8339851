import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { graphSchema } from '@hartonomous/provenance-schema';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectNeo4j, type DeployEvent, deployGraphSchema, verifyGraphSchema } from '../../src/index.ts';
import type { Fixture } from '../fixture.ts';

/** Tests that want the whole graph to themselves, on a server that they share. */
export function deploySchemaTests(start: () => Fixture): void {
  let fixture: Fixture;

  let folder: string;
  beforeAll(async () => {
    fixture = start();
    folder = await mkdtemp(join(tmpdir(), 'graph-sync-test-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  test('a second deployment finds everything there, and its backup creates it again', async () => {
    const backupFile = join(folder, 'backup.cypher');
    const events: DeployEvent[] = [];
    const report = await deployGraphSchema(fixture.graph, {
      schema: graphSchema,
      backupFile,
      onStep: (event) => events.push(event),
    });

    expect(report.complete).toBe(true);
    expect(report.constraints).toEqual({ found: 8, leftOut: 1, total: 9 });
    expect(report.indexes).toEqual({ found: 13, leftOut: 0, total: 13 });
    expect(report.referenceNodes).toEqual({ found: 15, leftOut: 0, total: 15 });
    expect(report.supporting).toEqual({ found: 10, leftOut: 0, total: 10 });
    expect(events.filter(({ state }) => state === 'done')).toMatchObject([
      { step: 'connection', number: 1 },
      { step: 'backup', number: 2, count: 8 + 13 + 10 },
      { step: 'constraints', count: 8, total: 9, leftOut: [expect.stringMatching(/^atom_id_exists: needs Neo4j Ent/)] },
      { step: 'indexes', count: 13, total: 13 },
      { step: 'referenceNodes', count: 15, total: 15 },
      { step: 'verification', number: 6 },
    ]);

    const backup = (await readFile(backupFile, 'utf8')).split('\n').filter((line) => line.startsWith('CREATE'));
    await fixture.query('DROP CONSTRAINT atom_unique');
    await fixture.query('DROP INDEX atom_hash');
    for (const line of backup.filter((text) => /`atom_(unique|hash)`/.test(text)))
      await fixture.query(line.slice(0, -1));
    expect((await verifyGraphSchema(fixture.graph, graphSchema)).complete).toBe(true);
  });

  test('what is missing or different is named', async () => {
    await fixture.query('DROP INDEX atom_type');
    await fixture.query('DROP INDEX atom_created');
    await fixture.query('CREATE INDEX atom_created FOR (a:Atom) ON (a.somethingElse)');
    await fixture.query("MATCH (n:DataClassification {level: 'public'}) SET n.sensitivity = 7");

    const report = await verifyGraphSchema(fixture.graph, graphSchema);
    expect(report.complete).toBe(false);
    expect(report.items.filter(({ state }) => state === 'missing' || state === 'different')).toEqual([
      expect.objectContaining({ name: 'atom_created', state: 'different' }),
      expect.objectContaining({ name: 'atom_type', state: 'missing' }),
      expect.objectContaining({ name: 'DataClassification public', state: 'missing' }),
    ]);

    await fixture.query('DROP INDEX atom_created');
    expect(await deployGraphSchema(fixture.graph, { schema: graphSchema, backupFile: null })).toMatchObject({
      complete: true,
    });
  });

  test('a wrong password and a server that is not there are told apart', async () => {
    const { uri, username } = fixture.server;
    const wrong = connectNeo4j({ uri, username, password: 'not-the-password' });
    await expect(wrong).rejects.toMatchObject({ code: 'NEO4J_AUTH_FAILED', retryable: false });
    const nobody = connectNeo4j({ uri: 'bolt://127.0.0.1:1', username, password: 'x' });
    await expect(nobody).rejects.toMatchObject({ code: 'NEO4J_UNAVAILABLE', retryable: true });
    const elsewhere = connectNeo4j({ uri, username, password: fixture.server.password, database: 'other' });
    await expect(elsewhere).rejects.toMatchObject({ code: 'NEO4J_DATABASE_NOT_FOUND', retryable: false });
  });
}
