import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import { expect, test } from 'vitest';

const root = import.meta.dirname;

const names = (folder: string): readonly string[] =>
  globSync(`${folder}/*.ts`, { cwd: root })
    .map((file) => file.slice(folder.length + 1, -'.ts'.length))
    .filter((name) => !name.endsWith('.test'));

test('a family of statements has one name: its syntax tree, its parser, and what runs it', () => {
  const shared = ['expressions', 'nodes', 'statements'];
  const families = names('tsql/ast').filter((name) => !shared.includes(name));
  expect(families.length).toBeGreaterThan(20);
  expect(families.filter((name) => !names('tsql').includes(name))).toEqual([]);
  const running = names('engine/session/statements');
  // The rows of INSERT BULK come as a bulk load, which no statement runs.
  expect(families.filter((name) => !running.includes(name))).toEqual(['insert-bulk']);
});

test.each([
  ['engine/server', 'engine/session'],
  ['engine/session', 'engine/session/system-procedures'],
  ['engine/types', 'engine/xml'],
])('%s and %s do not import each other, types included', (one, other) => {
  const leads = (from: string, to: string): readonly string[] =>
    names(from).filter((name) =>
      Array.from(readFileSync(join(root, from, `${name}.ts`), 'utf8').matchAll(/ from '(\.[^']+)'/g)).some(
        ([, path = '']) => dirname(join(from, path)) === to,
      ),
    );
  expect([leads(one, other), leads(other, one)].filter((files) => files.length > 0).length).toBeLessThan(2);
});
