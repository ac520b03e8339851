import { expect, test } from 'vitest';
import { failureOf } from '../failure.ts';
import { checkServer, type ServerIdentity } from './engine-edition.ts';

function refusal(server: ServerIdentity) {
  try {
    checkServer(server);
  } catch (error) {
    return failureOf(error);
  }
  return undefined;
}

test('Azure SQL Database is refused with a code and what to use instead', () => {
  const failure = refusal({ engineEdition: 5, version: '12.0.2000.8' });
  expect(failure).toMatchObject({ code: 'AZURE_SQL_DATABASE', kind: 'failed' });
  expect(failure?.action).toContain('Managed Instance');
});

test.each(['14.0.3456.2', '13.0.1601.5', '9.00.5000.00'])('version %s is refused: older than 2019', (version) => {
  expect(refusal({ engineEdition: 3, version })).toMatchObject({
    code: 'SQL_SERVER_TOO_OLD',
    message: expect.stringContaining(version),
    kind: 'failed',
  });
});

test.each([
  [2, '15.0.2000.5'],
  [3, '16.0.4096.0'],
  [4, '17.0.1000.7'],
  // Managed Instance has the newest engine and an old number.
  [8, '12.0.2000.8'],
  [null, null],
])('edition %s, version %s is taken', (engineEdition, version) => {
  expect(refusal({ engineEdition, version })).toBeUndefined();
});
