import { setImmediate as tick } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Turns } from './turns.ts';

const signal = AbortSignal.timeout(60_000);
const several = { areSeveral: async () => true };

/** Begins requests and tells which of them work. */
class Requests {
  readonly working: string[] = [];
  readonly failed: string[] = [];
  readonly #turns: Turns;
  readonly #taken = new Map<string, Disposable>();

  constructor(turns: Turns) {
    this.#turns = turns;
  }

  async begin(tenantId: number, name: string, by = signal): Promise<void> {
    void this.#turns.take(tenantId, by).then(
      (turn) => {
        this.#taken.set(name, turn);
        this.working.push(name);
      },
      (error: { code?: string; message: string }) => this.failed.push(`${name}: ${error.code ?? error.message}`),
    );
    for (let again = 0; again < 3; again += 1) await tick();
  }

  async end(name: string): Promise<void> {
    this.#taken.get(name)?.[Symbol.dispose]();
    this.working.splice(this.working.indexOf(name), 1);
    for (let again = 0; again < 3; again += 1) await tick();
  }
}

test('one tenant does not wait', async () => {
  const requests = new Requests(
    new Turns({ most: 2, longestWaitMs: 60_000, tenants: { areSeveral: async () => false } }),
  );
  for (const name of ['a', 'b', 'c', 'd', 'e']) await requests.begin(1, name);
  expect(requests.working).toHaveLength(5);
});

test('slow requests of one tenant do not hold up another, and those that wait come in their order', async () => {
  const requests = new Requests(new Turns({ most: 4, longestWaitMs: 60_000, tenants: several }));
  for (const name of ['a1', 'a2', 'a3', 'a4', 'a5']) await requests.begin(1, name);
  expect(requests.working).toEqual(['a1', 'a2']);
  await requests.begin(2, 'b1');
  expect(requests.working).toEqual(['a1', 'a2', 'b1']);
  await requests.begin(2, 'b2');
  await requests.begin(3, 'c1');
  expect(requests.working).toEqual(['a1', 'a2', 'b1', 'c1']);
  await requests.end('a1');
  // One is free, and the first tenant has one.
  expect(requests.working).toEqual(['a2', 'b1', 'c1']);
  await requests.end('b1');
  expect(requests.working).toEqual(['a2', 'c1', 'b2']);
  for (const name of ['a2', 'c1', 'b2', 'a3', 'a4', 'a5']) {
    await expect.poll(() => requests.working).toContain(name);
    await requests.end(name);
  }
  expect(requests.working).toEqual([]);
  for (const name of ['a6', 'a7']) await requests.begin(1, name);
  expect(requests.working).toEqual(['a6', 'a7']);
});

test('of one connection everybody has a turn', async () => {
  const requests = new Requests(new Turns({ most: 1, longestWaitMs: 60_000, tenants: several }));
  for (const [tenant, name] of [
    [1, 'a1'],
    [1, 'a2'],
    [1, 'a3'],
    [2, 'b1'],
  ] as const)
    await requests.begin(tenant, name);
  const order: string[] = [];
  while (requests.working.length > 0) {
    const [name = ''] = requests.working;
    order.push(name);
    await requests.end(name);
  }
  expect(order).toEqual(['a1', 'a2', 'b1', 'a3']);
});

test('who goes or has waited long enough leaves, and no more wait than may', async () => {
  const requests = new Requests(new Turns({ most: 2, longestWaitMs: 100, tenants: several, mostWaiting: 2 }));
  const stop = new AbortController();
  await requests.begin(1, 'a1');
  await requests.begin(1, 'a2', stop.signal);
  await requests.begin(1, 'a3');
  await requests.begin(1, 'a4');
  expect(requests.failed).toEqual(['a4: BUSY']);
  stop.abort(new TypeError('gone'));
  await expect.poll(() => requests.failed).toEqual(['a4: BUSY', 'a2: gone', 'a3: BUSY']);
  await requests.end('a1');
  await requests.begin(1, 'a5');
  expect(requests.working).toEqual(['a5']);
  await requests.begin(1, 'a6', AbortSignal.abort(new TypeError('gone before')));
  expect(requests.failed.at(-1)).toBe('a6: gone before');
});
