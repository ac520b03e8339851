import { expect, test } from 'vitest';
import { redactValue, serializeError } from './redact-value.ts';

class DatabaseAwayError extends Error {
  readonly code = 'DATABASE_AWAY';
  readonly retryable = true;
  readonly number = 4060;
}

test('hides fields by name at any depth, and asks objects that print themselves', () => {
  const safe = redactValue({
    Neo4j: { Username: 'neo4j', Password: 'hunter22' },
    options: [{ sqlConnectionString: 'Server=db' }],
    key: { toJSON: () => '***', value: 'hunter22' },
    when: new Date(0),
    count: 12n,
    body: Buffer.from('hunter22'),
  });
  expect(safe).toEqual({
    Neo4j: { Username: 'neo4j', Password: '***' },
    options: [{ sqlConnectionString: '***' }],
    key: '***',
    when: '1970-01-01T00:00:00.000Z',
    count: '12',
    body: '[8 bytes]',
  });
});

test('headers, settings and pairs in whatever shape they are held', () => {
  const safe = redactValue({
    headers: new Headers({ Authorization: 'Bearer hunter22', Accept: 'text/plain' }),
    map: new Map([['Signing:PrivateKey', 'hunter22']]),
    query: new URLSearchParams({ sig: 'hunter22', page: '2' }),
    pairs: [
      ['Cookie', 'hunter22'],
      ['Accept', 'text/plain'],
    ],
    settings: [
      { key: 'Neo4j:Password', value: 'hunter22', source: 'appsettings.json' },
      { name: 'X-Api-Key', value: 'hunter22' },
      { name: 'Accept', value: 'text/plain' },
    ],
    missing: ['Neo4j:Password', 'Neo4j:Username', 'Neo4j:Uri'],
  });
  expect(JSON.stringify(safe)).not.toContain('hunter22');
  expect(safe).toMatchObject({
    headers: { accept: 'text/plain' },
    query: { page: '2' },
    pairs: [
      ['Cookie', '***'],
      ['Accept', 'text/plain'],
    ],
    settings: [{ key: 'Neo4j:Password', source: 'appsettings.json' }, {}, { value: 'text/plain' }],
    missing: ['Neo4j:Password', 'Neo4j:Username', 'Neo4j:Uri'],
  });
});

test('ends for circular structures', () => {
  const node: Record<string, unknown> = { name: 'a' };
  node.self = node;
  expect(redactValue(node)).toEqual({ name: 'a', self: '[circular]' });
});

test('describes an error with code, retryable, its own fields and its causes', () => {
  const error = new DatabaseAwayError('away', { cause: new Error('login with Password=hunter22; failed') });
  const described = serializeError(error) as Record<string, unknown>;
  expect(described).toMatchObject({
    type: 'Error',
    code: 'DATABASE_AWAY',
    retryable: true,
    message: 'away',
    number: 4060,
    cause: { message: 'login with Password=***; failed' },
  });
  expect(described.stack).toContain('redact-value.test.ts');
  expect(JSON.stringify(described)).not.toContain('hunter22');
});

test('describes every error of an AggregateError', () => {
  const described = serializeError(new AggregateError([new DatabaseAwayError('one'), 'two'], 'both'));
  expect(described).toMatchObject({ message: 'both', errors: [{ code: 'DATABASE_AWAY' }, 'two'] });
});
