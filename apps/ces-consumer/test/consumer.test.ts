import { afterAll, beforeAll, vi } from 'vitest';
import { Fixture } from './fixture.ts';
import { files } from './suites/files.ts';
import { maliciousInput } from './suites/malicious-input.ts';
import { outages } from './suites/outages.ts';
import { poison } from './suites/poison.ts';
import { stopAndCrash } from './suites/stop-and-crash.ts';

// Each test starts at least one process, and some wait for servers to come back.
vi.setConfig({ testTimeout: 240_000 });

// One server for all. Tests keep apart by tenant and run one after another.
let fixture: Fixture | undefined;

beforeAll(async () => {
  fixture = await Fixture.start();
});

afterAll(async () => {
  await fixture?.[Symbol.asyncDispose]();
});

function started(): Fixture {
  if (fixture === undefined) throw new Error('The server has not been started.');
  return fixture;
}

files(started);
maliciousInput(started);
poison(started);
stopAndCrash(started);
outages(started);
