import { describe, expect, it } from 'vitest';
import { ApplicationLocks } from './application-locks.ts';

const never = new AbortController().signal;
const exclusive = (sessionId: number, bySession = true) => ({ sessionId, mode: 'Exclusive' as const, bySession });
const shared = (sessionId: number) => ({ sessionId, mode: 'Shared' as const, bySession: true });

describe('ApplicationLocks', () => {
  it('grants what is free or compatible at once, also again to the same session', async () => {
    const locks = new ApplicationLocks();
    expect(await locks.acquire('r', shared(1), -1, never)).toBe(0);
    expect(await locks.acquire('r', shared(2), -1, never)).toBe(0);
    expect(await locks.acquire('other', exclusive(3), -1, never)).toBe(0);
    expect(await locks.acquire('other', exclusive(3), -1, never)).toBe(0);
  });

  it('gives the lock to those who wait, in the order in which they came', async () => {
    const locks = new ApplicationLocks();
    await locks.acquire('r', exclusive(1), -1, never);
    const order: number[] = [];
    const second = locks.acquire('r', exclusive(2), -1, never).then((outcome) => order.push(2, outcome));
    const third = locks.acquire('r', shared(3), -1, never).then((outcome) => order.push(3, outcome));
    locks.release('r', 1, true);
    await second;
    locks.releaseSession(2);
    await third;
    expect(order).toEqual([2, 1, 3, 1]);
  });

  it('ends a wait at its time limit (-1) and on a cancel (-2), and lets the next one pass', async () => {
    const locks = new ApplicationLocks();
    await locks.acquire('r', shared(1), -1, never);
    expect(await locks.acquire('r', exclusive(2), 0, never)).toBe(-1);
    expect(await locks.acquire('r', exclusive(2), 1, never)).toBe(-1);
    const cancel = new AbortController();
    const cancelled = locks.acquire('r', exclusive(2), -1, cancel.signal);
    const behind = locks.acquire('r', shared(3), -1, never);
    cancel.abort();
    expect(await cancelled).toBe(-2);
    expect(await behind).toBe(1);
  });

  it('keeps locks of the session through the end of its transaction', async () => {
    const locks = new ApplicationLocks();
    await locks.acquire('s', exclusive(1), -1, never);
    await locks.acquire('t', exclusive(1, false), -1, never);
    locks.releaseTransaction(1);
    expect(await locks.acquire('t', exclusive(2), 0, never)).toBe(0);
    expect(await locks.acquire('s', exclusive(2), 0, never)).toBe(-1);
  });

  it('refuses to release what is not held (1223)', () => {
    expect(() => new ApplicationLocks().release('r', 1, true)).toThrow(expect.objectContaining({ number: 1223 }));
  });
});
