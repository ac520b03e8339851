import { expect, test } from 'vitest';
import { ActivityReadiness, DependencyReadiness } from './readiness.ts';

test('a dependency reports each change of state once and keeps since-when over repeated failures', () => {
  const changes: string[] = [];
  const neo4j = new DependencyReadiness('neo4j', (status, previous) =>
    changes.push(`${previous.state}>${status.state}`),
  );
  expect(neo4j.status().state).toBe('pending');
  neo4j.up();
  neo4j.up();
  neo4j.down('NEO4J_UNAVAILABLE');
  const { since } = neo4j.status();
  neo4j.down('NEO4J_AUTH');
  const { reportedAt, ...status } = neo4j.status();
  expect(status).toEqual({ state: 'down', since, reason: 'NEO4J_AUTH' });
  expect(reportedAt?.getTime()).toBeGreaterThanOrEqual(since.getTime());
  neo4j.up();
  expect(changes).toEqual(['pending>up', 'up>down', 'down>up']);
});

test('an activity is pending before its first completion, up while young enough, then down', () => {
  let now = 1_000;
  const receive = new ActivityReadiness('receive', { maxAgeMs: 10_000, now: () => now });
  expect(receive.status().state).toBe('pending');
  receive.completed();
  now += 10_000;
  expect(receive.status()).toMatchObject({ state: 'up', ageMs: 10_000 });
  now += 1;
  expect(receive.status()).toMatchObject({ state: 'down', ageMs: 10_001 });
  receive.completed();
  expect(receive.status()).toMatchObject({ state: 'up', ageMs: 0 });
});
