import { afterAll, beforeAll, vi } from 'vitest';
import { Fixture } from './fixture.ts';
import { badMessages } from './suites/bad-messages.ts';
import { changeReachesGraph } from './suites/change-reaches-graph.ts';
import { everyEntity } from './suites/every-entity.ts';
import { fencing } from './suites/fencing.ts';
import { metrics } from './suites/metrics.ts';
import { outages } from './suites/outages.ts';
import { productionOnAzure } from './suites/production-on-azure.ts';
import { purges } from './suites/purges.ts';
import { stopAndCrash } from './suites/stop-and-crash.ts';
import { wrongSetUp } from './suites/wrong-set-up.ts';

// Each test starts at least one process, and some wait for servers to come back.
vi.setConfig({ testTimeout: 120_000 });

// One pair of servers for all: a Neo4j costs seconds and memory. Tests keep apart by tenant and run one after another.
let fixture: Fixture | undefined;

beforeAll(async () => {
  fixture = await Fixture.start();
});

afterAll(async () => {
  await fixture?.[Symbol.asyncDispose]();
});

function started(): Fixture {
  if (fixture === undefined) throw new Error('The servers have not been started.');
  return fixture;
}

changeReachesGraph(started);
everyEntity(started);
productionOnAzure(started);
badMessages(started);
stopAndCrash(started);
outages(started);
metrics(started);
purges(started);
fencing(started);
wrongSetUp(started);
