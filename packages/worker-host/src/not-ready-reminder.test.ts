import { eventually } from '@hartonomous/test-support';
import { expect, onTestFinished, test } from 'vitest';
import type { LifecycleState } from './lifecycle-state.ts';
import { remindWhileNotReady } from './not-ready-reminder.ts';
import { ActivityReadiness, DependencyReadiness } from './readiness.ts';

const intervalMs = 20;

/** A worker's sources, and the lines about them. */
function reminded(...readiness: DependencyReadiness[]) {
  const lines: { readonly text: string; readonly fields: unknown }[] = [];
  const lifecycle: { state: LifecycleState; readonly since: Date } = { state: 'running', since: new Date() };
  const warn = (fields: object, text: string) => lines.push({ text, fields });
  const reminder = remindWhileNotReady({ lifecycle, readiness }, { warn }, intervalMs);
  onTestFinished(() => reminder[Symbol.dispose]());
  return { lines, lifecycle };
}

test('a worker that stays down keeps saying so: how long, why, and when it was last tried', async () => {
  const [sql, neo4j] = [new DependencyReadiness('sql-server'), new DependencyReadiness('neo4j')];
  sql.down('BROKER_UNAVAILABLE: reset.');
  neo4j.up();
  const { lines } = reminded(sql, neo4j);
  await eventually(() => expect(lines.length).toBeGreaterThan(2));
  expect(lines[0]?.text).toMatch(
    /^Still not ready after \d+ s: sql-server has been down for \d+ s, last tried \d+ s ago: BROKER_UNAVAILABLE: reset\.$/,
  );
  expect(lines[0]?.fields).toMatchObject({ notReady: [{ name: 'sql-server', state: 'down' }] });
  neo4j.down('NEO4J_TIMEOUT: silent.');
  await eventually(() => expect(lines.at(-1)?.text).toContain('reset. neo4j has been down for'));
});

test('what is not known yet is told; when all is up, nothing more', async () => {
  const sql = new DependencyReadiness('sql-server');
  const { lines } = reminded(sql);
  await eventually(() => expect(lines[0]?.text).toMatch(/sql-server has been pending for \d+ s: not known yet\.$/));
  sql.up();
  const told = lines.length;
  const other = new DependencyReadiness('other');
  other.down('away.');
  const { lines: later } = reminded(other);
  await eventually(() => expect(later.length).toBeGreaterThan(1));
  expect(lines).toHaveLength(told);
});

test('a pause is on purpose, and a worker that is stopping says so itself: no lines', async () => {
  const paused = new DependencyReadiness('not-paused');
  paused.down('Paused by somebody.', { isOnPurpose: true });
  const { lines } = reminded(paused);
  const away = new DependencyReadiness('neo4j');
  away.down('away.');
  const stopping = reminded(away);
  stopping.lifecycle.state = 'draining';
  const { lines: others } = reminded(away);
  await eventually(() => expect(others.length).toBeGreaterThan(2));
  expect([...lines, ...stopping.lines]).toEqual([]);
});

test('an activity that has stopped is told with its reason', async () => {
  const receive = new ActivityReadiness('receive-1', { maxAgeMs: 1 });
  receive.completed();
  const lines: string[] = [];
  const subject = { lifecycle: { state: 'running', since: new Date() } as const, readiness: [receive] };
  using _reminder = remindWhileNotReady(subject, { warn: (_: object, text: string) => lines.push(text) }, intervalMs);
  await eventually(() =>
    expect(lines[0]).toMatch(/receive-1 has been down for \d+ s: last completed more than 1 ms ago$/),
  );
});
