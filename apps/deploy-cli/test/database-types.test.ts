import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deployDatabase } from '@hartonomous/operations';
import { databaseProject } from '@hartonomous/provenance-schema';
import { startTestServer, type TestServer } from '@hartonomous/test-sql-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hartonomous } from './hartonomous.ts';

let server: TestServer;
let folder: string;
const file = () => join(folder, 'database-types.ts');
const environment = () => ({ ConnectionStrings__HartonomousDb: server.deployerConnectionString('Hartonomous') });

beforeAll(async () => {
  server = await startTestServer();
  folder = mkdtempSync(join(tmpdir(), 'hartonomous-types-'));
  await deployDatabase({ connection: server.deployerConnectionString('Hartonomous') });
  expect(await hartonomous(['database', 'types', '--out', file()], environment())).toMatchObject({
    exitCode: 0,
    stderr: '',
  });
});

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

test('every table of the SQL project has a type, and the file says which migration it is of', () => {
  const text = readFileSync(file(), 'utf8');
  const tables = databaseProject.objects.filter(({ kind }) => kind === 'table').map(({ name }) => name);
  const interfaces = [...text.matchAll(/export interface (\w+)Row /g)].map(([, name]) => name);
  expect(interfaces.sort()).toEqual([...tables].sort());
  expect(text).toContain('  /** bigint, identity */\n  readonly AtomId: string;');
  // A deployment leaves those of class contract to `database contract`.
  const expanding = databaseProject.migrations.filter((migration) => migration.class === 'expand');
  expect(text).toContain(`export const schemaVersion = ${Math.max(...expanding.map(({ number }) => number))};`);
});

test('a file that is as the database passes the check, also with line ends of Windows', async () => {
  expect(await hartonomous(['database', 'types', '--check', file()], environment())).toMatchObject({ exitCode: 0 });
  const windows = join(folder, 'windows.ts');
  writeFileSync(windows, readFileSync(file(), 'utf8').replaceAll('\n', '\r\n'));
  expect(await hartonomous(['database', 'types', '--check', windows], environment())).toMatchObject({ exitCode: 0 });
});

test('drift is shown with table and column, exit code 1', async () => {
  await server.run('Hartonomous', 'ALTER TABLE dbo.Model ADD [Licence] NVARCHAR(50) NULL;');
  const { exitCode, stdout } = await hartonomous(['database', 'types', '--check', file()], environment());
  expect(exitCode).toBe(1);
  expect(stdout).toContain('+ ModelRow readonly Licence: string | null; /** nvarchar(50) */\n');
  const { stdout: json } = await hartonomous(['database', 'types', '--check', file(), '--json'], environment());
  expect(JSON.parse(json)).toMatchObject({ ok: false, differences: [expect.stringContaining('Licence')] });
});

test('a file that is not there, and both options, are wrong usage', async () => {
  const missing = await hartonomous(['database', 'types', '--check', join(folder, 'none.ts')], environment());
  expect(missing).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('none.ts') });
  expect(await hartonomous(['database', 'types', '--check', 'a', '--out', 'b'], environment())).toMatchObject({
    exitCode: 2,
  });
});
