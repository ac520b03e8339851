import type { QueueObservation } from '@hartonomous/broker-client';
import { syncQueue } from '@hartonomous/provenance-schema';
import { expect, test } from 'vitest';
import { leakFinding, permissionFinding, queueFindings } from './queue-findings.ts';

const observed = (observation: QueueObservation) => ({ observation, problems: [], unseen: new Map() });
const waitingSince = (oldestAgeMs: number | null) => ({
  waiting: { messages: oldestAgeMs === null ? 0 : 12, oldestEnqueuedAt: null, oldestAgeMs },
  retries: { messages: 0, oldestAgeMs: null },
});

test.each([
  [null, 'ok', 'No message waits in dbo.Neo4jSyncQueue.'],
  [4_000, 'ok', 'Messages in dbo.Neo4jSyncQueue: 12, the oldest for 4 s.'],
  [300_000, 'ok', 'Messages in dbo.Neo4jSyncQueue: 12, the oldest for 5 minutes.'],
  [300_001, 'problem', 'Messages in dbo.Neo4jSyncQueue: 12, the oldest for 5 minutes.'],
  [86_400_000, 'problem', 'Messages in dbo.Neo4jSyncQueue: 12, the oldest for 24 hours.'],
])('messages that wait for %j ms: %s', (age, state, message) => {
  const [finding, ...others] = queueFindings(syncQueue, observed(waitingSince(age)));
  expect(finding).toMatchObject({ state, message, outcome: state === 'ok' ? 'ok' : 'failed' });
  expect(finding?.action === null).toBe(state === 'ok');
  expect(others).toEqual([]);
});

test('messages that wait for another try count', () => {
  const [finding] = queueFindings(
    syncQueue,
    observed({ ...waitingSince(null), retries: { messages: 3, oldestAgeMs: 400_000 } }),
  );
  expect(finding).toMatchObject({
    state: 'problem',
    message: 'Messages in dbo.Neo4jSyncQueue: 3, the oldest for 7 minutes; 3 of them wait for another try.',
  });
});

test('what could not be seen does not pass as healthy', () => {
  expect(queueFindings(syncQueue, observed({}))).toEqual([]);
  expect(queueFindings(syncQueue, observed({ waiting: waitingSince(null).waiting }))).toEqual([]);
});

test('leaked conversations are a warning while readers may be ending them, then a problem', () => {
  expect(leakFinding('dbo.Q', 0, false).state).toBe('ok');
  expect(leakFinding('dbo.Q', 100, false).state).toBe('warning');
  expect(leakFinding('dbo.Q', 101, false)).toMatchObject({
    state: 'problem',
    message: expect.stringMatching(/: 101\.$/),
  });
  expect(leakFinding('dbo.Q', 10_000, true).message).toMatch(/: at least 10000\.$/);
});

test('a missing permission names the user and the role', () => {
  expect(permissionFinding('dbo.Q', 'svc', true)).toMatchObject({ state: 'ok', action: null });
  const { state, message, action } = permissionFinding('dbo.Q', 'svc', false);
  expect([state, message, action].join(' ')).toMatch(/^problem svc may not RECEIVE from dbo\.Q.*HartonomousWorker/);
});
