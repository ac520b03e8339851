import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BorrowedTestNeo4j, borrowTestNeo4j } from '@hartonomous/local-neo4j/shared-test-neo4j';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { embedAtoms } from './embed-atoms.ts';
import { ApiFixture } from './fixture.ts';
import { installPython, run } from './python/install-python.ts';

vi.setConfig({ testTimeout: 1_800_000 });

const packages = ['schemathesis==4.32.5'];
/** Requests that are made up for each route. */
const examples = process.env.OPENAPI_EXAMPLES ?? '100';
/** Of the examples in the document. */
const atomId = 12_345n;
let folder: string;
let neo4j: BorrowedTestNeo4j;
let api: ApiFixture;
let programs: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hartonomous-openapi-'));
  const borrowed = borrowTestNeo4j();
  [neo4j, programs] = await Promise.all([borrowed, installPython(folder, packages)]);
  // What is refused for want of time or room would be 503, as it should be. Streams are read to their end, so they are short.
  const settings = {
    Api__RequestsPerMinute: '1000000',
    Api__MaxQueueAgeSeconds: '604800',
    Api__UploadFolder: folder,
    Api__MaxStreamSeconds: '1',
  };
  api = await ApiFixture.start([], settings, borrowed);
  await api.driver.executeQuery(
    `CREATE (a:Atom {id: $id, tenantId: 0, atomType: 'text', canonicalText: 'a quokka', createdAt: datetime('2026-01-02T03:04:05Z')}),
       (b:Atom {id: $id + 1, tenantId: 0, atomType: 'text', canonicalText: 'another quokka'}), (b)-[:DERIVED_FROM {id: 1}]->(a)`,
    { id: atomId },
  );
  await embedAtoms(neo4j, [{ id: Number(atomId), text: 'a quokka' }]);
}, 600_000);
afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
  await neo4j?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

test("whatever is asked by the document or against it, nothing is the server's failure, and all answers are as it says", async () => {
  const config = join(folder, 'schemathesis.toml');
  // In a file that nobody else reads, not among the arguments that process lists show.
  const key = await api.key('operator', 0);
  await writeFile(config, `headers = { Authorization = "Bearer ${key}" }\n`, { mode: 0o600 });
  const checks = 'not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance';
  const { stdout } = await run(
    join(programs, 'schemathesis'),
    [
      ...['--config-file', config, 'run', `${await api.address()}/openapi.json`, '--checks', checks],
      ...['--max-examples', examples, '--request-timeout', '60', '--no-color'],
      ...['--suppress-health-check', 'all', '--generation-database', 'none', '--continue-on-failure'],
    ],
    { maxBuffer: 100_000_000, cwd: folder },
  ).catch((error: { readonly stdout?: string; readonly stderr?: string }) =>
    expect.fail(`${error.stdout ?? ''}${error.stderr ?? ''}${String(error)}`),
  );
  console.log(stdout);
  // Warnings are of requests that were refused as they should be.
  expect(stdout).toMatch(/\b(\d+) generated, \1 passed/);
});
