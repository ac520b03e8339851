import { expect, test } from 'vitest';
import { unitTests, untestedPackages } from './unit-tests.ts';

const all = [
  'packages/a/src/one/x.ts',
  'packages/a/src/one/x.test.ts',
  'packages/a/src/one/y.test.ts',
  'packages/a/src/two/z.test.ts',
  'packages/a/test/server.test.ts',
  'packages/b/src/b.ts',
];

test('tests in the folder of a changed file are run, and no others', () => {
  expect(unitTests(['packages/a/src/one/x.ts', 'README.md'], all)).toEqual([
    'packages/a/src/one/x.test.ts',
    'packages/a/src/one/y.test.ts',
  ]);
  expect(unitTests(['packages/a/test/server.test.ts'], all)).toEqual([]);
});

test('what is left out is named by the package that has it', () => {
  expect(untestedPackages(['packages/a/src/one/x.ts', 'packages/b/src/b.ts', 'docs/x.md'], all)).toEqual([
    'packages/a/',
  ]);
});
