import { expect, test } from 'vitest';
import { failureOf } from '../failure.ts';
import { checkEngineEdition } from './engine-edition.ts';

test('Azure SQL Database is refused with a code and what to use instead', () => {
  let thrown: unknown;
  try {
    checkEngineEdition(5);
  } catch (error) {
    thrown = error;
  }
  expect(failureOf(thrown)).toMatchObject({ code: 'AZURE_SQL_DATABASE', exitCode: 1 });
  expect(failureOf(thrown)?.action).toContain('Managed Instance');
});

test.each([2, 3, 4, 8, null])('edition %s has Service Broker', (edition) => {
  expect(() => checkEngineEdition(edition)).not.toThrow();
});
