import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Tenants } from './tenants.ts';

test.each([
  [[], [], false],
  [[3], [], false],
  [[3], [3], false],
  [[3, 4], [], true],
  [[3], [4], true],
  [[], [3, 4], true],
])('keys of %j and roles in %j: several is %j', async (keys, assigned, areSeveral) => {
  expect(await new Tenants(async () => keys, assigned).areSeveral()).toBe(areSeveral);
});

test('it is asked once in a while, and a tenant that comes is seen then', async () => {
  const keys = [3];
  let asked = 0;
  const tenants = new Tenants(
    async (most) => {
      asked += 1;
      return keys.slice(0, most);
    },
    [],
    { believedMs: 50 },
  );
  for (let again = 0; again < 20; again += 1) expect(await tenants.areSeveral()).toBe(false);
  expect(asked).toBe(1);
  keys.push(4);
  await expect.poll(() => tenants.areSeveral()).toBe(true);
});

test('while SQL Server is away, what was known goes on, nobody waits, and at first there may be others', async () => {
  let answer = async (): Promise<readonly number[]> => [3];
  const tenants = new Tenants(() => answer(), [], { believedMs: 20 });
  expect(await tenants.areSeveral()).toBe(false);
  answer = () => Promise.reject(new TypeError('away'));
  for (let again = 0; again < 20; again += 1) {
    expect(await tenants.areSeveral()).toBe(false);
    await pause(5);
  }
  // Neither fails nor answers.
  answer = () => new Promise(() => undefined);
  await pause(30);
  for (let again = 0; again < 3; again += 1) expect(await tenants.areSeveral()).toBe(false);
  expect(await new Tenants(() => Promise.reject(new TypeError('away')), []).areSeveral()).toBe(true);
});
