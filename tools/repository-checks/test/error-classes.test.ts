import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';
import { expect, test } from 'vitest';
import { workspacePackages } from '../src/layers/workspace.ts';

const root = join(import.meta.dirname, '../../..');

/** What an error class that extends one of JavaScript's own must have; those below it inherit the name. */
const members = ['code', 'name', 'retryable'];

interface ErrorClass {
  readonly place: string;
  readonly members: readonly string[];
}

/** Classes of a source that extend Error, TypeError or RangeError themselves. */
function errorClasses(file: string, text: string): readonly ErrorClass[] {
  const found: ErrorClass[] = [];
  new Visitor({
    ClassDeclaration: ({ id, superClass, body }) => {
      if (superClass?.type !== 'Identifier' || !/^(?:Type|Range)?Error$/.test(superClass.name)) return;
      const names = body.body.flatMap((member) =>
        'key' in member && member.key.type === 'Identifier' ? [member.key.name] : [],
      );
      found.push({ place: `${file} ${id?.name}`, members: members.filter((name) => names.includes(name)) });
    },
  }).visit(parseSync(file, text).program);
  return found;
}

const sources = workspacePackages(root)
  .flatMap(({ files }) => files)
  .filter((file) => file.includes('/src/') && !file.endsWith('.test.ts'))
  .map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));

test('every base of errors has a code, whether a retry helps, and the name of the class', () => {
  const classes = sources
    .filter(({ text }) => text.includes('Error {'))
    .flatMap(({ file, text }) => errorClasses(file, text));
  expect(classes.length).toBeGreaterThan(20);
  const incomplete = classes.filter((one) => one.members.length < members.length).map(({ place }) => place);
  // Clients judge an error of SQL Server by its number.
  expect(incomplete).toEqual(['tools/service-broker-emulator/src/errors.ts SqlError']);
});

test('no class writes its name a second time', () => {
  const named = sources
    .filter(({ text }) => /this\.name = (?:'|new\.target)|override readonly name\b/.test(text))
    .map(({ file }) => file);
  expect(named).toEqual([]);
});
