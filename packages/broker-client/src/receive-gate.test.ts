import { expect, test } from 'vitest';
import { ReceiveGate } from './receive-gate.ts';

const never = new AbortController().signal;

test('an open gate lets pass, and counts who is inside', async () => {
  const gate = new ReceiveGate();
  const first = await gate.enter(never);
  {
    using _second = await gate.enter(never);
    expect(gate.inside).toBe(2);
  }
  expect(gate.inside).toBe(1);
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  expect(gate.inside).toBe(0);
});

test('a closed gate signals those inside, and holds the others until it opens', async () => {
  const gate = new ReceiveGate();
  const inside = await gate.enter(never);
  gate.close();
  gate.close();
  expect(inside.closed.aborted).toBe(true);
  let hasPassed = false;
  const waiting = gate.enter(never).then((pass) => {
    hasPassed = true;
    return pass;
  });
  await Promise.resolve();
  expect({ hasPassed, isOpen: gate.isOpen, inside: gate.inside }).toEqual({
    hasPassed: false,
    isOpen: false,
    inside: 1,
  });
  gate.open();
  const pass = await waiting;
  expect(pass.closed.aborted).toBe(false);
  expect(gate.isOpen).toBe(true);
});

test('one that closes again at once holds those that were woken', async () => {
  const gate = new ReceiveGate();
  gate.close();
  const waiting = gate.enter(never);
  gate.open();
  gate.close();
  gate.open();
  expect((await waiting).closed.aborted).toBe(false);
});

test('the wait ends with the signal', async () => {
  const gate = new ReceiveGate();
  gate.close();
  const stop = new AbortController();
  const waiting = gate.enter(stop.signal);
  stop.abort(new Error('stop'));
  await expect(waiting).rejects.toThrow('stop');
  expect(gate.inside).toBe(0);
});
