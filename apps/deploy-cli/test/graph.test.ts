import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { defaultNeo4jVersion } from '@hartonomous/local-neo4j';
import { type BorrowedTestNeo4j, borrowTestNeo4j } from '@hartonomous/local-neo4j/shared-test-neo4j';
import { deployGraph, verifyDeployment } from '@hartonomous/operations';
import { embeddingDimension, graphSchema } from '@hartonomous/provenance-schema';
import neo4j, { type Driver } from 'neo4j-driver';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { hartonomous } from './hartonomous.ts';

// A start takes 8 seconds on an idle machine; beside other work it has taken a minute.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 });

// A server that is borrowed: these tests change the schema, which no test beside them could stand. They share it in this order,
// because emptying it takes seconds; each leaves it so that a deployment completes it.
const { constraints, indexes, searchIndexes, referenceNodes, supporting } = graphSchema;
/** All that Community can have: one constraint needs Enterprise, and two belong to graph-sync itself. */
const declared =
  [constraints, indexes, searchIndexes, referenceNodes, supporting.constraints, supporting.indexes].flat().length -
  1 +
  2;

let server: BorrowedTestNeo4j;
let driver: Driver;
let folder: string;
let env: Record<string, string>;
const address = () => ({ uri: server.uri, username: server.username, password: server.password });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deploy-cli-'));
  server = await borrowTestNeo4j();
  driver = neo4j.driver(server.uri, neo4j.auth.basic(server.username, server.password));
  env = { Neo4j__Uri: server.uri, Neo4j__Username: server.username, Neo4j__Password: server.password };
});

afterAll(async () => {
  await driver?.close();
  await server?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

describe('graph deploy', () => {
  test('the plan for a new graph: its migrations are recorded, not applied', async () => {
    const { exitCode, stdout } = await hartonomous(['graph', 'deploy', '--dry-run'], env);
    const { length } = graphSchema.migrations;
    expect(stdout).toContain(
      `Migrations: 0 applied, ${length} to record without being run, because the graph is new\n`,
    );
    expect(stdout).toContain(`A deployment would create ${declared} and record ${length} migration`);
    expect(stdout).not.toContain('0001-greatest-sequence');
    expect(exitCode).toBe(10);
  });

  test("prints the runbook's six steps, and on Community what it left out", async () => {
    const { exitCode, stdout, stderr } = await hartonomous(['graph', 'deploy', '--backup-dir', folder], env);
    expect(stderr).toBe('');
    expect(stdout.split('\n')).toEqual([
      '[1/6] Testing Neo4j Connection... ✓',
      '[2/6] Backing up existing constraints and indexes... ✓',
      '[3/6] Creating Constraints (idempotent)... Created/Verified 8 of 9 constraints',
      expect.stringMatching(/^ {6}atom_id_exists: needs Neo4j Enterprise; kept by .*sync/),
      '[4/6] Creating Indexes (idempotent)... Created/Verified 13 of 13 indexes',
      '      Created/Verified 1 of 1 search indexes',
      '[5/6] Initializing Reference Data (idempotent)... Created/Verified 15 of 15 reference nodes',
      '[6/6] Verifying Deployment... ✓',
      `${declared} created, 0 verified`,
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
    const { exitCode, stdout } = await hartonomous(['graph', 'deploy', '--backup-dir', backups], env);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('[3/6] Creating Constraints (idempotent)... Created/Verified 8 of 9 constraints\n');
    expect(stdout).toContain(
      `\n0 created, ${declared} verified: nothing changed\n✓ Neo4j Schema Deployment Complete!\n`,
    );
    expect(await count()).toBe(nodes);
    const [file] = await readdir(backups);
    expect(await readFile(join(backups, file!), 'utf8')).toContain('CONSTRAINT `atom_unique` IF NOT EXISTS');
  });

  test("the old script's options are understood; -SkipBackup writes no file", async () => {
    const args = ['-Neo4jUri', server.uri, '-Neo4jUser', 'neo4j', '-Database', 'neo4j', '-SkipBackup', '-Verbose'];
    const { stdout } = await hartonomous(['graph', 'deploy', ...args], { Neo4j__Password: server.password });
    expect(stdout).toContain(`database neo4j at ${server.uri}, Neo4j ${defaultNeo4jVersion} (community)`);
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

describe('graph deploy --dry-run', () => {
  const plan = (...args: string[]) => hartonomous(['graph', 'deploy', '--dry-run', ...args], env);
  const schema = async () =>
    (await driver.executeQuery('SHOW INDEXES YIELD name, createStatement RETURN *')).records.map((one) =>
      one.toObject(),
    );

  test('says that there is nothing to do: exit code 0', async () => {
    await deployGraph({ connection: address() });
    const { exitCode, stdout } = await plan();
    expect(stdout).toContain('Constraints: 8 of 9 there, 1 left out\n      - atom_id_exists: needs Neo4j Enterprise');
    expect(stdout).toContain(`✓ Nothing to do: ${declared} verified.\n`);
    expect(exitCode).toBe(0);
  });

  test('shows what is missing: exit code 10, and nothing is changed', async () => {
    await driver.executeQuery('DROP INDEX atom_hash');
    await driver.executeQuery("MATCH (n:Context {domain: 'multimodal'}) DELETE n");
    const before = await schema();
    const { exitCode, stdout } = await plan();
    expect(stdout).toContain('Indexes: 12 of 13 there, 1 to create\n      + index atom_hash\n');
    expect(stdout).toContain(
      'Reference nodes: 14 of 15 there, 1 to create\n      + reference node Context multimodal\n',
    );
    expect(stdout).toContain(`A deployment would create 2; ${declared - 2} are there.\n`);
    expect(exitCode).toBe(10);
    expect(await schema()).toEqual(before);
  });

  test('shows what a deployment would leave as it is: exit code 1; the rest is distinguished by the schema', async () => {
    await driver.executeQuery('DROP INDEX model_name');
    await driver.executeQuery('CREATE INDEX my_models FOR (n:Model) ON (n.name)');
    await driver.executeQuery('CREATE INDEX my_own FOR (n:Mine) ON (n.name)');
    const record = "SET m.checksum = 'c', m.appliedAt = datetime(), m.appliedBy = 'hartonomous 9.0.0'";
    await driver.executeQuery(`MERGE (m:SchemaMigration {version: '0009-newer'}) ${record}`);
    const { exitCode, stdout } = await plan();
    expect(stdout).toContain('      ~ index model_name is there as my_models\n');
    expect(stdout).toContain('      ? index my_own (range node Mine(name)) is not in the schema; it is left alone\n');
    expect(stdout).toMatch(/ {6}\? migration 0009-newer, applied \S+ by hartonomous 9\.0\.0, is not in this version/);
    expect(stdout).toContain('✗ A deployment would create 2, and leave 1 as it is;');
    expect(exitCode).toBe(1);

    const json = await plan('--json');
    expect(json.exitCode).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({
      ...{ ok: false, dryRun: true, outcome: 'blocked' },
      report: {
        complete: false,
        undeclared: [{ name: 'my_own' }],
        migrations: { unknown: [{ version: '0009-newer' }] },
      },
    });
    await driver.executeQuery('DROP INDEX my_models');
    await driver.executeQuery('DROP INDEX my_own');
    await driver.executeQuery('MATCH (m:SchemaMigration) DELETE m');
  });
});

describe('graph verify', () => {
  test('is exit code 1 where something is missing, 0 after a deployment', async () => {
    await deployGraph({ connection: address() });
    await driver.executeQuery('DROP INDEX atom_text');
    const missing = await hartonomous(['graph', 'verify'], env);
    expect(missing.exitCode).toBe(1);
    expect(missing.stdout).toContain('✗ 0 of 1 search indexes');
    expect(missing.stdout).toContain('✗ search index atom_text is missing\n      Run: hartonomous graph deploy');
    await deployGraph({ connection: address() });
    const complete = await hartonomous(['graph', 'verify', '--json'], env);
    expect(complete.exitCode).toBe(0);
    expect(JSON.parse(complete.stdout)).toMatchObject({
      ok: true,
      subjects: [{ subject: 'graph', notes: [expect.stringContaining('dbo.GraphSyncSequence')] }],
    });
  });

  test('by bolt+s:// where Node trusts the certificate, as a process of its own', async () => {
    const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
    const args = ['--conditions=@hartonomous/source', main, 'graph', 'verify'];
    const secure = { ...env, Neo4j__Uri: server.uri.replace('bolt', 'bolt+s') };
    const trusting = { ...process.env, ...secure, NODE_EXTRA_CA_CERTS: server.certificateFile };
    const { stdout } = await promisify(execFile)(process.execPath, args, { env: trusting });
    expect(stdout).toContain('✓ 13 of 13 indexes');
    const { exitCode, stderr, stdout: refused } = await hartonomous(['graph', 'verify'], secure);
    expect(exitCode).toBe(3);
    expect(stderr + refused).toContain('NEO4J_UNAVAILABLE');
  });
});

describe('search and similar', () => {
  const embedding = (second: number) => Array.from({ length: embeddingDimension }, (_, at) => [1, second][at] ?? 0);

  test('find atoms of the tenant', async () => {
    const atoms = [
      {
        id: 1,
        tenantId: 0,
        atomType: 'text',
        canonicalText: 'The broker\nkeeps messages.',
        embedding_tests: embedding(0),
      },
      { id: 2, tenantId: 0, canonicalText: 'Nothing of interest.', embedding_tests: embedding(1) },
      { id: 3, tenantId: 4, canonicalText: 'A broker elsewhere.', embedding_tests: embedding(0.1) },
    ];
    await driver.executeQuery(
      'UNWIND $atoms AS a CREATE (n:Atom) SET n = a, n.id = toInteger(a.id), n.tenantId = toInteger(a.tenantId)',
      { atoms },
    );
    const found = await hartonomous(['search', 'BROKER keeps'], env);
    expect(found.stdout).toMatch(/^\d\.\d{3} {2}1 {2}text {2}The broker keeps messages\.\n$/);
    const elsewhere = await hartonomous(['search', 'broker', '--tenant', '4', '--json'], env);
    expect(JSON.parse(elsewhere.stdout)).toMatchObject({ ok: true, atoms: [{ id: '3', text: 'A broker elsewhere.' }] });
    const none = await hartonomous(['search', 'elephant'], env);
    expect(none).toMatchObject({ exitCode: 0, stdout: 'Nothing was found for text "elephant".\n' });
    const noModel = await hartonomous(['similar', '1'], env);
    expect(noModel).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^NO_EMBEDDING_MODEL: Searches read no/),
    });
    await driver.executeQuery(
      "CREATE (:EmbeddingModel {modelKey: 'tests', name: 'tests', version: '1', dimension: toInteger($size), isRead: true, syncSequence: 1})",
      { size: embeddingDimension },
    );
    await driver.executeQuery(
      'CREATE VECTOR INDEX atom_embedding_tests FOR (a:Atom) ON (a.embedding_tests) ' +
        "OPTIONS {indexConfig: {`vector.dimensions`: 384, `vector.similarity_function`: 'cosine'}}",
    );
    await driver.executeQuery('CALL db.awaitIndexes(60)');
    const similar = await hartonomous(['similar', '1', '--min-score', '0.8'], env);
    expect(similar.stdout).toMatch(/^0\.85\d {2}2 {2}- {2}Nothing of interest\.\n$/);
    await driver.executeQuery('MATCH (n:Atom|EmbeddingModel) DELETE n');
    await driver.executeQuery('DROP INDEX atom_embedding_tests');
  });

  test('say what is wrong with the question', async () => {
    expect(await hartonomous(['similar', '99'], env)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^ATOM_NOT_FOUND: /),
    });
    // Nobody has enabled a model in this graph.
    expect(await hartonomous(['similar', 'What is a lease?'], env)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^NO_EMBEDDING_MODEL: /),
    });
    const outside = { ...env, Embedding__Provider__Kind: 'openai', Embedding__Provider__ApiKey: 'sk-not-used' };
    const classified = await hartonomous(['similar', 'Who is ill?', '--classification', 'restricted'], outside);
    expect(classified).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^QUESTION_CLASSIFIED: /) });
    const wrong = [
      ['search', '+++'],
      ['search', 'x', '--limit', '0'],
      ['similar', '+++'],
      ['similar', '1', '--hybrid', '--min-score', '0.5'],
      ['similar', '1', '--model', 'No key'],
      ['similar', '1', '--classification', 'public'],
      ['similar', '1', '--min-score', '2'],
    ];
    for (const args of wrong) expect(await hartonomous(args, env)).toMatchObject({ exitCode: 2 });
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
