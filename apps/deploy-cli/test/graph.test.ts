import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalNeo4j, startLocalNeo4j } from '@hartonomous/local-neo4j';
import neo4j, { type Driver } from 'neo4j-driver';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deployGraph, verifyDeployment } from '../src/index.ts';
import { hartonomous } from './hartonomous.ts';

// A server of its own: these tests change the schema, which no test beside them could stand. They share it in this order,
// because emptying it takes seconds; each leaves it so that a deployment completes it.
let server: LocalNeo4j;
let driver: Driver;
let folder: string;
let env: Record<string, string>;
const address = () => ({ uri: server.uri, username: server.username, password: server.password });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deploy-cli-'));
  server = await startLocalNeo4j({ heap: '256m' });
  driver = neo4j.driver(server.uri, neo4j.auth.basic(server.username, server.password));
  env = { Neo4j__Uri: server.uri, Neo4j__Username: server.username, Neo4j__Password: server.password };
});

afterAll(async () => {
  await driver?.close();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('graph deploy', () => {
  test("prints the runbook's six steps, and on Community what it left out", async () => {
    const { exitCode, stdout, stderr } = await hartonomous(['graph', 'deploy', '--backup-dir', folder], env);
    expect(stderr).toBe('');
    expect(stdout.split('\n')).toEqual([
      '[1/6] Testing Neo4j Connection... ✓',
      '[2/6] Backing up existing constraints and indexes... ✓',
      '[3/6] Creating Constraints (idempotent)... Created/Verified 8 of 9 constraints',
      expect.stringMatching(/^ {6}atom_id_exists: needs Neo4j Enterprise; kept by .*sync/),
      '[4/6] Creating Indexes (idempotent)... Created/Verified 13 of 13 indexes',
      '[5/6] Initializing Reference Data (idempotent)... Created/Verified 15 of 15 reference nodes',
      '[6/6] Verifying Deployment... ✓',
      '✓ Neo4j Schema Deployment Complete!',
      '',
    ]);
    expect(exitCode).toBe(0);
  });

  test('a second run adds nothing, and its backup holds what the first one made', async () => {
    const backups = join(folder, 'second');
    await deployGraph({ connection: address() });
    const count = async () =>
      (await driver.executeQuery('MATCH (n) RETURN count(n) AS n')).records[0]?.get('n').toNumber();
    const nodes = await count();
    const { exitCode } = await hartonomous(['graph', 'deploy', '--backup-dir', backups], env);
    expect(exitCode).toBe(0);
    expect(await count()).toBe(nodes);
    const [file] = await readdir(backups);
    expect(await readFile(join(backups, file!), 'utf8')).toContain('CONSTRAINT `atom_unique`');
  });

  test('--skip-backup writes no file', async () => {
    const { stdout } = await hartonomous(['graph', 'deploy', '--skip-backup'], env);
    expect(stdout).toContain('[2/6] Backing up existing constraints and indexes... skipped');
  });

  test('an index of the right name on something else is reported, not replaced', async () => {
    await driver.executeQuery('DROP INDEX atom_type IF EXISTS');
    await driver.executeQuery('CREATE INDEX atom_type FOR (n:Other) ON (n.x)');
    const { exitCode, stdout } = await hartonomous(['graph', 'deploy', '--skip-backup'], env);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('[6/6] Verifying Deployment... ✗');
    expect(stdout).toContain('index atom_type is range node Other(x), not range node Atom(atomType)');
    await driver.executeQuery('DROP INDEX atom_type');
  });

  test('a wrong password is refused with exit code 3 and never shown', async () => {
    const { exitCode, stdout, stderr } = await hartonomous(['graph', 'deploy'], {
      ...env,
      Neo4j__Password: 'Wr0ngSecret',
    });
    expect(exitCode).toBe(3);
    expect(stdout).toBe('[1/6] Testing Neo4j Connection... ✗\n');
    expect(stderr).toMatch(/^NEO4J_AUTH_FAILED: /);
    expect(stderr).not.toContain('Wr0ngSecret');
  });

  test('an unknown database is refused', async () => {
    const { exitCode, stderr } = await hartonomous(['graph', 'deploy', '--database', 'elsewhere'], env);
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/^NEO4J_DATABASE_NOT_FOUND: /);
  });

  test('--json prints one document', async () => {
    const { stdout } = await hartonomous(['graph', 'deploy', '--skip-backup', '--json'], env);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      edition: 'community',
      report: {
        constraints: { found: 8, leftOut: 1, total: 9 },
        indexes: { found: 13 },
        referenceNodes: { found: 15 },
      },
    });
  });
});

describe('verify --skip-database', () => {
  test('passes after a deployment', async () => {
    await deployGraph({ connection: address() });
    const { exitCode, stdout } = await hartonomous(['verify', '--skip-database'], env);
    expect(stdout).toContain('✓ 8 of 9 constraints (1 needs Neo4j Enterprise)');
    expect(stdout).toContain('✓ 13 of 13 indexes');
    expect(stdout).toContain('✓ 15 of 15 reference nodes');
    expect(exitCode).toBe(0);
  });

  test('names each missing item with what to do, exit code 1', async () => {
    await deployGraph({ connection: address() });
    await driver.executeQuery('DROP CONSTRAINT atom_unique');
    await driver.executeQuery("MATCH (n:Context {domain: 'multimodal'}) DELETE n");
    const { exitCode, stdout } = await hartonomous(['verify', '--skip-database'], env);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('✗ 7 of 9 constraints');
    expect(stdout).toContain('✗ constraint atom_unique is missing\n      Run: hartonomous graph deploy');
    expect(stdout).toContain('✗ reference node Context multimodal is missing');
  });

  test('a graph that is switched off is left out', async () => {
    const verification = await verifyDeployment({});
    expect(verification).toMatchObject({ ok: true, subjects: [] });
    const { stdout } = await hartonomous(['verify', '--skip-database'], { ...env, Neo4j__Enabled: 'False' });
    expect(stdout).toContain('Neo4j:Enabled is false');
  });
});
