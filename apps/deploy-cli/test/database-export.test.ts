import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { deployDatabase, hasChanges } from '@hartonomous/operations';
import { databaseProject } from '@hartonomous/provenance-schema';
import { startTestServer, type TestServer } from '@hartonomous/test-sql-server';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { hartonomous } from './hartonomous.ts';

let server: TestServer;
let folder: string;
const deployed = () => join(folder, 'deployed');
const environment = (database: string) => ({
  ConnectionStrings__HartonomousDb: server.deployerConnectionString(database),
});
const filesIn = (root: string) =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.sql'))
    .sort();

beforeAll(async () => {
  server = await startTestServer();
  folder = mkdtempSync(join(tmpdir(), 'hartonomous-export-'));
  await deployDatabase({ connection: server.deployerConnectionString('Hartonomous') });
});

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

test('a deployed database has the files of the SQL project, and they say the same', async () => {
  const { exitCode, stdout, stderr } = await hartonomous(
    ['database', 'export', deployed(), '--json'],
    environment('Hartonomous'),
  );
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const expected = databaseProject.objects.map(({ path }) => path).sort();
  expect(JSON.parse(stdout)).toMatchObject({ ok: true, database: 'Hartonomous', leftOut: [] });
  expect(filesIn(deployed())).toEqual(expected);
  // A deployment doesn't compare what has no name.
  expect(readFileSync(join(deployed(), 'Types/Neo4jSyncRequestList.sql'), 'utf8')).toContain(
    "[SyncType] NVARCHAR(128) NOT NULL DEFAULT (N'CREATE')",
  );
  // Without it a publish by SqlPackage revokes it.
  expect(readFileSync(join(deployed(), 'Security/HartonomousBroker.sql'), 'utf8')).toContain(
    'GRANT CONNECT TO [HartonomousBroker];',
  );
  // The deployment compares every fact of every object, and the server writes the rules of both in the same words.
  const exported = { ...databaseProject, root: pathToFileURL(`${deployed()}/`), migrations: [], postDeployment: [] };
  const again = await deployDatabase({
    connection: server.deployerConnectionString('FromExport'),
    project: exported,
  });
  expect(again.created).toHaveLength(databaseProject.objects.length);
  const back = { ...databaseProject, migrations: [], postDeployment: [] };
  const compared = await deployDatabase({
    connection: server.deployerConnectionString('FromExport'),
    project: back,
    dryRun: true,
  });
  expect(compared).toMatchObject({ drift: [], altered: [], extended: [], created: [] });
  expect(hasChanges(compared)).toBe(false);
});

test('exported twice, by way of a database made from the export, the texts are equal', async () => {
  const second = join(folder, 'second');
  expect(await hartonomous(['database', 'export', second], environment('FromExport'))).toMatchObject({ exitCode: 0 });
  for (const path of filesIn(deployed())) {
    expect(readFileSync(join(second, path), 'utf8'), path).toBe(readFileSync(join(deployed(), path), 'utf8'));
  }
});

test('a folder with something in it is refused without --force, and left as it is', async () => {
  const other = join(folder, 'other');
  mkdirSync(other);
  writeFileSync(join(other, 'mine.txt'), 'mine');
  const refused = await hartonomous(['database', 'export', other], environment('Hartonomous'));
  expect(refused.exitCode).toBe(2);
  expect(refused.stderr).toMatch(/^EXPORT_FOLDER_UNUSABLE: .*something in it/);
  expect(readdirSync(other)).toEqual(['mine.txt']);
  const forced = await hartonomous(['database', 'export', other, '--force'], environment('Hartonomous'));
  expect(forced.exitCode).toBe(0);
  expect(readFileSync(join(other, 'mine.txt'), 'utf8')).toBe('mine');
});

test('what the login may not see is listed, and nothing is written in its place', async () => {
  const database = 'Hartonomous';
  await server.run(
    database,
    `CREATE TABLE dbo.Hidden (Id INT NOT NULL CONSTRAINT DF_Hidden DEFAULT (7), Twice AS (Id * 2), Name NVARCHAR(20) NULL,
       CONSTRAINT CK_Hidden CHECK (Id > 0));`,
    'CREATE UNIQUE INDEX IX_Hidden ON dbo.Hidden (Name) WHERE Name IS NOT NULL;',
    "CREATE LOGIN [reader] WITH PASSWORD = N'Reads-only!1'; CREATE USER [reader] FOR LOGIN [reader];",
    'GRANT SELECT ON dbo.Hidden TO [reader];',
  );
  onTestFinished(() => server.run(database, 'DROP TABLE dbo.Hidden;'));
  const connection = server.connectionString(database, 'Reads-only!1').replace(/User Id=[^;]*/, 'User Id=reader');
  const target = join(folder, 'hidden');
  const { exitCode, stdout } = await hartonomous(['database', 'export', target], {
    ConnectionStrings__HartonomousDb: connection,
  });
  expect(exitCode).toBe(0);
  for (const part of ['check CK_Hidden', 'default DF_Hidden', 'computed column Twice', 'filtered index IX_Hidden']) {
    expect(stdout).toContain(`  - ${part} of table dbo.Hidden: the login may not see its text`);
  }
  const text = readFileSync(join(target, 'Tables/Hidden.sql'), 'utf8');
  expect(text).toMatch(/\[Id\] INT NOT NULL,\s+\[Name\] NVARCHAR\(20\)\s+NULL\s+\);/);
});

test("what the SQL project has no kind for is listed, and operators' own objects are files", async () => {
  const database = 'Hartonomous';
  await server.run(
    database,
    'CREATE VIEW [dbo].[MyView] AS SELECT 1 AS [x];',
    'CREATE TABLE [dbo].[My/Table] ([Id] INT NOT NULL CONSTRAINT [PK_My] PRIMARY KEY, [Name] NVARCHAR(20) NULL);',
    'CREATE UNIQUE INDEX [IX_My] ON [dbo].[My/Table] ([Name] DESC) WHERE [Name] IS NOT NULL;',
  );
  const target = join(folder, 'own');
  const { exitCode, stdout } = await hartonomous(['database', 'export', target], environment(database));
  expect(exitCode).toBe(0);
  expect(stdout).toContain('  - view dbo.MyView: the SQL project has no objects of this kind');
  const text = readFileSync(join(target, 'Tables/My%2FTable.sql'), 'utf8');
  expect(text).toContain('CONSTRAINT [PK_My] PRIMARY KEY CLUSTERED ([Id])');
  expect(text).toMatch(/INDEX \[IX_My\] UNIQUE NONCLUSTERED \(\[Name\] DESC\) WHERE \(.*\)/);
});

test('rules whose texts the login may not see are named as not compared', async () => {
  await server.run(
    'Hartonomous',
    "CREATE LOGIN [viewer] WITH PASSWORD = N'Reads-only!1'; CREATE USER [viewer] FOR LOGIN [viewer];",
    'GRANT SELECT ON SCHEMA::dbo TO [viewer];',
  );
  const connection = server.connectionString('Hartonomous', 'Reads-only!1').replace(/User Id=[^;]*/, 'User Id=viewer');
  const env = { ConnectionStrings__HartonomousDb: connection };
  const { stdout } = await hartonomous(['database', 'diff', '--json'], env);
  expect(JSON.parse(stdout).notCompared).toContain('constraint CK_Atom_SyncType of table dbo.Atom');
  const shown = await hartonomous(['database', 'diff'], env);
  expect(shown.stdout).toContain(
    '-- Not compared, as the login may not see its text (VIEW DEFINITION): constraint CK_Atom_SyncType of',
  );
  const whole = await hartonomous(['database', 'diff', '--json'], environment('Hartonomous'));
  expect(JSON.parse(whole.stdout).notCompared).toEqual([]);
});

test('no object takes the file of another, whatever it is called', async () => {
  const database = 'Names';
  const long = '名'.repeat(120);
  const tables = ['[dbo].[a.b]', '[a].[b]', `[dbo].[${long}1]`, `[dbo].[${long}2]`, '[dbo].[..]', '[dbo].[q]]]'];
  await deployDatabase({ connection: server.deployerConnectionString(database) });
  await server.run(database, 'CREATE SCHEMA [a];');
  for (const table of tables) await server.run(database, `CREATE TABLE ${table} ([Id] INT NOT NULL);`);
  const target = join(folder, 'names');
  const { exitCode, stderr } = await hartonomous(['database', 'export', target], environment(database));
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const texts = filesIn(target).map((path) => readFileSync(join(target, path), 'utf8'));
  for (const table of tables) expect(texts.filter((text) => text.startsWith(`CREATE TABLE ${table} `))).toHaveLength(1);
});
