import { readCommittedSnapshotQuery, readCommittedSnapshotUnderTest } from '@hartonomous/test-support';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ChaosWorld } from './chaos/chaos-world.ts';
import { form } from './chaos/form.ts';
import { clockSkew } from './chaos/scenarios/clock-skew.ts';
import { fewRollbacks } from './chaos/scenarios/few-rollbacks.ts';
import { fullDisk } from './chaos/scenarios/full-disk.ts';
import { longOutage } from './chaos/scenarios/long-outage.ts';
import { manyWriters } from './chaos/scenarios/many-writers.ts';
import { poisonMessages } from './chaos/scenarios/poison-messages.ts';
import { serversKilled } from './chaos/scenarios/servers-killed.ts';
import { spoiltNetwork } from './chaos/scenarios/spoilt-network.ts';
import { workerKilled } from './chaos/scenarios/worker-killed.ts';

// The long form works for minutes in one test, on a busy machine for many.
vi.setConfig({ testTimeout: form === 'long' ? 3_600_000 : 300_000, hookTimeout: 180_000 });

let world: ChaosWorld | undefined;

beforeAll(async () => {
  world = await ChaosWorld.start();
});

afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
});

function started(): ChaosWorld {
  if (world === undefined) throw new Error('The servers have not been started.');
  return world;
}

describe('chaos', () => {
  test('runs with the setting of READ_COMMITTED_SNAPSHOT that the run is about', async () => {
    expect(await started().sql(readCommittedSnapshotQuery)).toEqual([{ on: readCommittedSnapshotUnderTest() }]);
  });
  workerKilled(started);
  serversKilled(started);
  spoiltNetwork(started);
  longOutage(started);
  fewRollbacks(started);
  poisonMessages(started);
  manyWriters(started);
  // Minutes of two cores between them; each is about one fault that no other part of the worker is built around.
  if (form === 'long') {
    clockSkew(started);
    fullDisk(started);
  }
});
