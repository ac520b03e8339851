import { afterAll, beforeAll, describe, vi } from 'vitest';
import { type Fixture, startFixture } from './fixture.ts';
import { deadConnectionTests } from './suites/dead-connections.ts';
import { deploySchemaTests } from './suites/deploy-schema.ts';
import { explanationTests } from './suites/explanations.ts';
import { fencingNumberTests } from './suites/fencing-numbers.ts';
import { graphWriterTests } from './suites/graph-writer.ts';
import { lineageTests } from './suites/lineage.ts';
import { lineageModelTests } from './suites/lineage-model.ts';
import { lineagePlanTests } from './suites/lineage-plans.ts';
import { migrationTests } from './suites/migrations.ts';
import { searchTests } from './suites/search.ts';
import { syncModelTests } from './suites/sync-model.ts';
import { vectorTests } from './suites/vectors.ts';

// A start takes 8 seconds on an idle machine; beside other work it has taken a minute.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 });

// One file for all of them: a server costs seconds of two cores, and each suite looks at the whole graph.
let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture?.[Symbol.asyncDispose]());

describe('schema', () => deploySchemaTests(() => fixture));
describe('migrations', () => migrationTests(() => fixture));
describe('search', () => searchTests(() => fixture));
describe('vectors', () => vectorTests(() => fixture));
describe('writer', () => graphWriterTests(() => fixture));
describe('fencing numbers', () => fencingNumberTests(() => fixture));
describe('dead connections', () => deadConnectionTests(() => fixture));
describe('model', () => syncModelTests(() => fixture));
// Each statement is planned here for the first time, which takes seconds on a busy machine.
const cold = { timeout: 180_000 };
describe('lineage', cold, () => lineageTests(() => fixture));
describe('lineage plans', cold, () => lineagePlanTests(() => fixture));
describe('explanations', cold, () => explanationTests(() => fixture));
describe('lineage model', () => lineageModelTests(() => fixture));
