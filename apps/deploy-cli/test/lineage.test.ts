import { sharedTestNeo4j } from '@hartonomous/local-neo4j/shared-test-neo4j';
import neo4j, { type Driver } from 'neo4j-driver';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hartonomous } from './hartonomous.ts';

// A tenant of this file's own, on the server that test files share; ids are unique across tenants.
const tenant = '7301';
let driver: Driver;
let env: Record<string, string>;

beforeAll(async () => {
  const { uri, username, password } = await sharedTestNeo4j();
  driver = neo4j.driver(uri, neo4j.auth.basic(username, password));
  env = { Neo4j__Uri: uri, Neo4j__Username: username, Neo4j__Password: password };
  // 1 <- 2, 3 <- 4; 9 is another tenant's, with an edge that no sync would write.
  await driver.executeQuery(
    `MERGE (t:Tenant {tenantId: 7301})
     WITH t UNWIND [1, 2, 3, 4] AS n
     CREATE (a:Atom {id: 7301000 + n, tenantId: 7301, atomType: 'text', canonicalText: 'text ' + n, contentHash: toString(n / 3),
       createdAt: datetime('2026-01-02T03:04:05Z')})-[:BELONGS_TO_TENANT]->(t)`,
  );
  await driver.executeQuery('CREATE (:Atom {id: 7301009, tenantId: 7302, atomType: "text"})');
  await driver.executeQuery(
    `UNWIND [[2, 1], [3, 1], [4, 2], [4, 3], [9, 2], [1, 9]] AS pair
     MATCH (c:Atom {id: 7301000 + pair[0]}), (p:Atom {id: 7301000 + pair[1]})
     CREATE (c)-[:DERIVED_FROM {id: 7301000 + pair[0] * 10 + pair[1]}]->(p)`,
  );
  await driver.executeQuery(
    `MATCH (a:Atom {id: 7301004})
     CREATE (:Operation {operationId: 7301000, tenantId: 7301, operationType: 'merge', createdAt: datetime('2026-01-02T03:04:05Z')})-[:OUTPUT_ATOM]->(a),
       (:Inference {inferenceId: 7301000, tenantId: 7301, taskType: 'rewrite'})-[:OUTPUT_ATOM]->(a)`,
  );
});

afterAll(async () => {
  await driver?.executeQuery('MATCH (n) WHERE n.tenantId IN [7301, 7302] DETACH DELETE n');
  await driver?.close();
});

const lineage = (...args: readonly string[]) =>
  hartonomous(['lineage', '--tenant', tenant, '--timeout', '120', ...args], env);

// Each statement is planned here for the first time, which takes seconds on a busy machine.
const cold = { timeout: 180_000 };

describe('lineage', cold, () => {
  test('shows a tree; an atom that is reached twice is unfolded once', async () => {
    const { stdout, stderr, exitCode } = await lineage('7301004');
    expect(stderr).toBe('');
    expect(stdout.split('\n')).toEqual([
      '7301004 text "text 4"',
      'made from:',
      '├─ 7301002 text "text 2"',
      '│  └─ 7301001 text "text 1"',
      '└─ 7301003 text "text 3"',
      '   └─ 7301001',
      '',
    ]);
    expect(exitCode).toBe(0);
  });

  test('lists ancestors page by page', async () => {
    const { stdout } = await lineage('7301004', '--up', '--limit', '2');
    expect(stdout).toMatch(
      /^steps +atom +type +content +created +text\n1 +7301002 +text +- +2026-01-02T03:04:05.000Z +text 2\n/,
    );
    expect(stdout).toContain('2 of 3 ancestors. Next page: --after 1:7301003');
    const next = await lineage('7301004', '--up', '--limit', '2', '--after', '1:7301003');
    expect(next.stdout).toContain('1 of 3 ancestors.\n');
    const cut = await lineage('7301004', '--up', '--depth', '1');
    expect(cut.stdout).toContain('The depth cut this');
  });

  test.each([
    [['--json'], 'ancestors'],
    [['--format', 'json'], 'ancestors'],
  ])('%j prints ids as texts', async (format) => {
    const { stdout } = await lineage('7301004', '--up', ...format);
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ ok: true, total: 3, truncated: false, next: null },
      items: [{ id: '7301002', depth: 1 }, { id: '7301003' }, { id: '7301001', createdAt: '2026-01-02T03:04:05.000Z' }],
    });
  });

  test('draws for Mermaid and Graphviz, and says what it left out', async () => {
    const { stdout } = await lineage('7301004', '--up', '--format', 'mermaid', '--depth', '1');
    expect(stdout).toMatch(/^%% Not all is shown: there are atoms beyond the depth \(--depth\)\.\nflowchart BT\n/);
    const drawn = await lineage('7301004', '--path-to', '7301001', '--format', 'dot');
    expect(drawn.stdout).toMatch(/"7301004" -> "730100[23]" \[label="DERIVED_FROM"\];/);
  });

  test('finds a path, and where there is none ends with 1', async () => {
    const found = await lineage('7301004', '--path-to', '7301001');
    expect(found.stdout).toContain('  was made from (DERIVED_FROM)\n7301001 text "text 1"\n2 steps.');
    expect(found.exitCode).toBe(0);
    const cut = await lineage('7301004', '--path-to', '7301001', '--depth', '1');
    expect(cut.stdout).toContain('No way leads from 7301004 to 7301001 within the depth');
    expect(cut.exitCode).toBe(1);
  });

  test('answers the other questions about an atom', async () => {
    expect((await lineage('7301004', '--roots')).stdout).toContain('1 of 1 roots.');
    expect((await lineage('7301001', '--leaves')).stdout).toMatch(/2 +7301004 /);
    expect((await lineage('7301001', '--down')).stdout).toContain('3 of 3 descendants.');
    expect((await lineage('7301001', '--same-content')).stdout).toContain('1 other atoms of the same content.');
    expect((await lineage('7301004', '--merge-sources')).stdout).toBe('0 merge sources.\n');
    expect((await lineage('7301001', '--impact')).stdout).toContain(
      'would leave 3 atoms without any of their provenance and 0 with a part of it.',
    );
    expect((await lineage('7301004', '--operations')).stdout).toMatch(/0 +7301000 +merge +made +7301004 /);
  });

  test('answers questions about the tenant', async () => {
    expect((await lineage('--stats')).stdout).toMatch(/edges DERIVED_FROM +4\n/);
    expect((await lineage('--duplicates')).stdout).toMatch(/0 +2 +7301001, 7301002\n/);
    expect((await lineage('--orphans')).stdout).toBe('0 atoms without any lineage.\n');
    expect((await lineage('--orphans', 'placeholder')).stdout).toBe('0 placeholders.\n');
    expect((await lineage('--inference', '7301000')).stdout).toMatch(/^Inference 7301000: rewrite\n +made: 7301004 /);
    expect(await lineage('--cycles')).toMatchObject({ exitCode: 0, stdout: '0 cycles; 0 suspicious edges checked.\n' });
    await driver.executeQuery(
      'MATCH (a:Atom {id: 7301001}), (b:Atom {id: 7301004}) CREATE (a)-[:DERIVED_FROM {id: 7301999}]->(b)',
    );
    const found = await lineage('--cycles');
    await driver.executeQuery('MATCH ()-[r:DERIVED_FROM {id: 7301999}]->() DELETE r');
    expect(found.exitCode).toBe(1);
    expect(found.stdout).toMatch(/^7301001 → 7301004 → 730100[23] → 7301001\n/);
  });

  test("another tenant's atom is answered like one that there is not", async () => {
    const foreign = await lineage('7301009');
    expect(foreign).toMatchObject({ exitCode: 1, stdout: '' });
    expect(foreign.stderr).toMatch(/^ATOM_NOT_FOUND: Tenant 7301 has no atom 7301009 in the graph/);
    expect((await lineage('7301004', '--json')).stdout).not.toContain('7301009');
    const { stdout } = await lineage('7301008', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { code: 'ATOM_NOT_FOUND' } });
  });

  test.each([
    [[]],
    [['1', '2']],
    [['one']],
    [['99999999999999999999']],
    [['1', '--up', '--down']],
    [['1', '--stats']],
    [['1', '--depth', '0']],
    [['1', '--limit', 'many']],
    [['1', '--operations', '--format', 'dot']],
    [['1', '--format', 'svg']],
    [['--orphans', 'lost']],
    [['1', '--up', '--after', 'x']],
    [['1', '--tree', '--after', '1:1']],
    [['1', '--up', '--format', 'dot', '--after', '1:1']],
    [['1', '--same-content', '--depth', '2']],
    [['--stats', '--limit', '2']],
  ])('%j is wrong usage', async (args) => {
    const { exitCode, stderr } = await lineage(...args);
    expect(exitCode).toBe(2);
    expect(stderr).not.toBe('');
  });

  test('has help with examples', async () => {
    expect((await hartonomous(['lineage', '--help'])).stdout).toContain('Examples:');
    expect((await hartonomous(['graph', 'show', '--help'])).stdout).toContain('Examples:');
  });
});

describe('graph show', cold, () => {
  const show = (...args: readonly string[]) => hartonomous(['graph', 'show', '--tenant', tenant, ...args], env);

  test('shows a node with its groups, and how to see more of one', async () => {
    const { stdout, exitCode } = await show('Atom', '7301001', '--limit', '1');
    expect(stdout).toMatch(/^Atom 7301001\n {2}id: 7301001\n {2}tenantId: 7301\n {2}atomType: "text"\n/);
    expect(stdout).toContain(
      '→ BELONGS_TO_TENANT Tenant (1)\n    7301\n← DERIVED_FROM Atom (2)\n    7301002 atomType="text"',
    );
    expect(stdout).toContain('1 of 2; more: --group in:DERIVED_FROM:Atom --after 7301002:7301021');
    expect(stdout).not.toContain('7301009');
    expect(exitCode).toBe(0);
    const next = await show('Atom', '7301001', '--group', 'in:DERIVED_FROM:Atom', '--after', '7301002:7301021');
    expect(next.stdout).toMatch(/^7301003 atomType="text".*\n1 shown\.\n$/);
  });

  test('prints one document with --json', async () => {
    const { stdout } = await show('Inference', '7301000', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ ok: true, label: 'Inference', id: '7301000', properties: { taskType: 'rewrite' } },
      groups: [{ type: 'OUTPUT_ATOM', direction: 'out', label: 'Atom', count: 1, items: [{ id: '7301004' }] }],
    });
  });

  test('ends with 1 for what the tenant does not have, with 2 for what there cannot be', async () => {
    const missing = await show('Atom', '7301009');
    expect(missing.exitCode).toBe(1);
    expect(missing.stderr).toMatch(/^NODE_NOT_FOUND: /);
    expect(await show('Atome', '1')).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('UNKNOWN_LABEL') });
    expect(await show('Atom', 'x')).toMatchObject({ exitCode: 2 });
    expect(await show('Atom', '1', '--group', 'Atom')).toMatchObject({ exitCode: 2 });
    expect(await show('Atom', '1', '--group', 'in:NOTHING:Atom')).toMatchObject({ exitCode: 2 });
    expect(await show('Atom', '1', '--after', '1')).toMatchObject({ exitCode: 2 });
  });
});
