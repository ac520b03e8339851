import { expect, test } from 'vitest';
import { IllegalTransitionError } from './errors.ts';
import { Lifecycle } from './lifecycle.ts';
import type { LifecycleState } from './lifecycle-state.ts';

const paths: Record<LifecycleState, LifecycleState[]> = {
  created: [],
  starting: ['starting'],
  running: ['starting', 'running'],
  draining: ['starting', 'running', 'draining'],
  stopped: ['starting', 'running', 'draining', 'stopped'],
  failed: ['starting', 'failed'],
};
const legal = new Set([
  'created>starting',
  'starting>running',
  'starting>draining',
  'starting>failed',
  'running>draining',
  'running>failed',
  'draining>stopped',
  'draining>failed',
]);

test.each(
  (Object.keys(paths) as LifecycleState[]).flatMap((from) =>
    (Object.keys(paths) as LifecycleState[]).map((to) => ({ from, to })),
  ),
)('$from to $to is allowed only if the table says so', ({ from, to }) => {
  const lifecycle = new Lifecycle();
  for (const state of paths[from]) lifecycle.enter(state);
  if (legal.has(`${from}>${to}`)) {
    lifecycle.enter(to);
    expect(lifecycle.state).toBe(to);
  } else {
    expect(() => lifecycle.enter(to)).toThrow(IllegalTransitionError);
    expect(lifecycle.state).toBe(from);
  }
});

test('reports each change once, with the state it came from', () => {
  const changes: string[] = [];
  const lifecycle = new Lifecycle((state, previous) => changes.push(`${previous}>${state}`));
  lifecycle.enter('starting');
  lifecycle.enter('running');
  expect(changes).toEqual(['created>starting', 'starting>running']);
});
