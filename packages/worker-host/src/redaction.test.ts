import { expect, test } from 'vitest';
import { redactText, redactValue, serializeError } from './redaction.ts';

class DatabaseAwayError extends Error {
  readonly code = 'DATABASE_AWAY';
  readonly retryable = true;
  readonly number = 4060;
}

test.each([
  ['Server=db;Password=hunter22;Encrypt=True', 'Server=db;Password=***;Encrypt=True'],
  ['Server=db;PWD="hun;ter22";Encrypt=True', 'Server=db;PWD=***;Encrypt=True'],
  ["Server=db;Password = 'hun''ter22'", 'Server=db;Password = ***'],
  ['bolt://neo4j:hunter22@host:7687', 'bolt://neo4j:***@host:7687'],
  ['Authorization: Bearer eyJhunter22.abc.def', 'Authorization: Bearer ***'],
  ['bolt://localhost:7687 is up', 'bolt://localhost:7687 is up'],
])('in text: %s', (text, expected) => {
  expect(redactText(text)).toBe(expected);
});

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
  expect(described.stack).toContain('redaction.test.ts');
  expect(JSON.stringify(described)).not.toContain('hunter22');
});

test('describes every error of an AggregateError', () => {
  const described = serializeError(new AggregateError([new DatabaseAwayError('one'), 'two'], 'both'));
  expect(described).toMatchObject({ message: 'both', errors: [{ code: 'DATABASE_AWAY' }, 'two'] });
});
