import { BrokerTimeoutError, BrokerUnavailableError, PermissionDeniedError } from '@hartonomous/broker-client';
import { expect, test } from 'vitest';
import { notSeen } from './not-seen.ts';

test('what the login may not see is neither well nor wrong, with the reason', () => {
  expect(notSeen('queue.waiting.dbo.Q', new PermissionDeniedError('SELECT was denied on dbo.Q.'))).toMatchObject({
    id: 'queue.waiting.dbo.Q',
    state: 'unseen',
    message: 'Not seen: SELECT was denied on dbo.Q.',
    outcome: 'ok',
  });
});

test('a statement that fails is a problem of its part, with its own exit code', () => {
  const finding = notSeen('queue.waiting.dbo.Q', new BrokerTimeoutError('No answer within 10 s.'));
  expect(finding).toMatchObject({
    state: 'problem',
    outcome: 'unreachable',
    message: 'BROKER_TIMEOUT: No answer within 10 s.',
  });
});

test.each([new BrokerUnavailableError('The server is away.'), new TypeError('a defect')])(
  '%s is about more than a part',
  (error) => {
    expect(() => notSeen('queue.waiting.dbo.Q', error)).toThrow(error);
  },
);
