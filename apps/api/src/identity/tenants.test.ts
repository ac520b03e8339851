import { expect, test } from 'vitest';
import { Tenants } from './tenants.ts';

const signal = AbortSignal.timeout(60_000);

test.each([
  [[], [], false],
  [[3], [], false],
  [[3], [3], false],
  [[3, 4], [], true],
  [[3], [4], true],
  [[], [3, 4], true],
])('keys of %j and roles in %j: several is %j', async (keys, assigned, areSeveral) => {
  expect(await new Tenants(async () => keys, assigned).areSeveral(signal)).toBe(areSeveral);
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
  for (let again = 0; again < 20; again += 1) expect(await tenants.areSeveral(signal)).toBe(false);
  expect(asked).toBe(1);
  keys.push(4);
  await expect.poll(() => tenants.areSeveral(signal)).toBe(true);
});
