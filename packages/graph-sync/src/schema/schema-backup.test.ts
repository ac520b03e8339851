import { expect, test } from 'vitest';
import type { PresentItem } from './read-schema.ts';
import { backupText } from './schema-backup.ts';

const source = { database: 'neo4j', version: '5.26.30', edition: 'enterprise' } as const;
const item = (createStatement: string, needsEnterprise = false): PresentItem => ({
  ...{ type: 'index', name: 'x', shape: '', settings: null, state: 'ONLINE', needsEnterprise },
  createStatement,
});
const text = (...items: PresentItem[]) => backupText(items, source, new Date(0)).split('\n').slice(3, -1);

test.each([
  ['CREATE CONSTRAINT `a` FOR (n:`A`) REQUIRE (n.`id`) IS UNIQUE', 'CREATE CONSTRAINT `a` IF NOT EXISTS FOR (n:`A`)'],
  ['CREATE RANGE INDEX atom_hash FOR (n:Atom) ON (n.hash)', 'CREATE RANGE INDEX atom_hash IF NOT EXISTS FOR (n:Atom)'],
  ['CREATE INDEX `we``ird FOR me; x` FOR (n:X) ON (n.x)', 'CREATE INDEX `we``ird FOR me; x` IF NOT EXISTS FOR (n:X)'],
])('%s can be run again', (statement, start) => {
  expect(text(item(statement))).toEqual([expect.stringContaining(start)]);
});

test('what Community lacks comes last', () => {
  const exists = item('CREATE CONSTRAINT `a_exists` FOR (n:`A`) REQUIRE (n.`id`) IS NOT NULL', true);
  const lines = text(exists, item('CREATE RANGE INDEX `b` FOR (n:`B`) ON (n.`x`)'));
  expect(lines).toEqual([
    expect.stringMatching(/^CREATE RANGE INDEX `b` IF NOT EXISTS/),
    '// Neo4j Enterprise only:',
    'CREATE CONSTRAINT `a_exists` IF NOT EXISTS FOR (n:`A`) REQUIRE (n.`id`) IS NOT NULL;',
  ]);
});

test('a statement of another form is refused rather than written as it is', () => {
  expect(() => text(item('CREATE SOMETHING ELSE'))).toThrow(
    expect.objectContaining({ code: 'UNKNOWN_CREATE_STATEMENT', item: 'x' }),
  );
});
