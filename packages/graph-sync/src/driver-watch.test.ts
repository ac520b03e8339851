import neo4j from 'neo4j-driver';
import { expect, test } from 'vitest';
import { giveUpDriver, untilGivenUp } from './driver-watch.ts';

test('work that is under way on a driver rejects when the driver is given up; other work goes on', async () => {
  const [given, kept] = [neo4j.driver('bolt://127.0.0.1:1'), neo4j.driver('bolt://127.0.0.1:1')];
  const answer = Promise.withResolvers<string>();
  const silent = untilGivenUp(given, Promise.withResolvers<never>().promise);
  const other = untilGivenUp(kept, answer.promise);
  const reason = new Error('silent');
  await Promise.all([expect(silent).rejects.toBe(reason), giveUpDriver(given, reason)]);
  answer.resolve('well');
  expect(await other).toBe('well');
  await kept.close();
});
