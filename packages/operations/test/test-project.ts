import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type DatabaseMigration, type DatabaseProject, databaseProject } from '@hartonomous/provenance-schema';

/** A migration with its script. */
export type TestMigration = Partial<Omit<DatabaseMigration, 'number' | 'path'>> & { readonly sql: string };

/** A project in a folder of its own, which goes away with it. */
export interface TestProject extends Disposable {
  readonly project: DatabaseProject;
}

const recordTable = 'Tables/SchemaMigration.sql';

/** A SQL project with these tables (by name, the text of their CREATE TABLE) and migrations. */
export function testProject(
  tables: Readonly<Record<string, string>>,
  migrations: readonly TestMigration[] = [],
): TestProject {
  const folder = mkdtempSync(join(tmpdir(), 'hartonomous-project-'));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  write(recordTable, readFileSync(new URL(recordTable, databaseProject.root), 'utf8'));
  for (const [name, sql] of Object.entries(tables)) write(`Tables/${name}.sql`, sql);
  for (const [index, { sql }] of migrations.entries()) write(`Scripts/${index + 1}.sql`, sql);
  const project: DatabaseProject = {
    root: pathToFileURL(`${folder}/`),
    objects: ['SchemaMigration', ...Object.keys(tables)].map((name) => ({
      kind: 'table',
      schema: 'dbo',
      name,
      path: `Tables/${name}.sql`,
    })),
    migrations: migrations.map(({ sql: _, ...migration }, index) => ({
      name: `step-${index + 1}`,
      class: 'expand',
      phase: 'before',
      description: 'for tests',
      settles: [],
      ...migration,
      number: index + 1,
      path: `Scripts/${index + 1}.sql`,
    })),
    postDeployment: [],
  };
  return { project, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}
