import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { preDeploymentScript } from '../migration-scripts/migration-sections.ts';
import { databaseProject, migrationTextHash } from '../src/index.ts';

const { root, migrations } = databaseProject;
const textOf = (path: string) => readFileSync(new URL(path, root), 'utf8');
const writer = fileURLToPath(new URL('../migration-scripts/write-migration-scripts.ts', import.meta.url));

it("SqlPackage's scripts are what the migrations are (otherwise: pnpm migrations)", async () => {
  await expect(promisify(execFile)(process.execPath, [writer, '--check'])).resolves.toMatchObject({ stdout: '' });
});

describe.each(migrations.map((migration) => [migration.path, migration] as const))('%s', (path, migration) => {
  const script = textOf(path);
  const statements = script.replaceAll(/--.*$/gm, '').trim();

  it('ends itself on any error, so that nothing is left half done and recorded', () => {
    expect(statements).toMatch(/^SET XACT_ABORT ON;/);
  });

  it('opens as many transactions as it commits', () => {
    const count = (words: RegExp) => statements.match(words)?.length ?? 0;
    expect(count(/\bBEGIN TRAN/g)).toBe(count(/\bCOMMIT TRAN/g));
  });

  it('drops nothing that holds data, unless its class says so', () => {
    if (migration.class === 'contract') return;
    expect(statements).not.toMatch(/\b(DROP\s+(TABLE|COLUMN|SEQUENCE|QUEUE|SERVICE)|TRUNCATE|DELETE\s+FROM)\b/i);
  });

  it('says what it makes equal in the words of a deployment', () => {
    for (const { object, what } of migration.settles) {
      expect(object).toMatch(/^(role|message type|contract|queue|service|table type|sequence|table|procedure) \S+$/);
      expect(what).toMatch(/^(column|constraint|index) \w+$/);
    }
  });
});

it('numbers are consecutive, from 1', () => {
  expect(migrations.map(({ number }) => number)).toEqual(migrations.map((_, index) => index + 1));
});

it('a contract migration is never in a script that SqlPackage runs', () => {
  const contract = { ...migrations[0], class: 'contract', text: 'DROP everything' } as const;
  expect(preDeploymentScript([contract as never])).not.toContain('DROP everything');
});

it('the hash of a script does not depend on line ends or a byte order mark', () => {
  expect(migrationTextHash('\uFEFFa\r\nb\r\n')).toBe(migrationTextHash('a\nb'));
  expect(migrationTextHash('a\nb ;')).not.toBe(migrationTextHash('a\nb;'));
});
