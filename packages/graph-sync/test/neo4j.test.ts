import { afterAll, beforeAll, describe } from 'vitest';
import { type Fixture, startFixture } from './fixture.ts';
import { deploySchemaTests } from './suites/deploy-schema.ts';
import { graphWriterTests } from './suites/graph-writer.ts';
import { lineageTests } from './suites/lineage.ts';
import { lineageModelTests } from './suites/lineage-model.ts';
import { lineagePlanTests } from './suites/lineage-plans.ts';
import { syncModelTests } from './suites/sync-model.ts';

// One file for all of them: a server costs seconds of two cores, and each suite looks at the whole graph.
let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture[Symbol.asyncDispose]());

describe('schema', () => deploySchemaTests(() => fixture));
describe('writer', () => graphWriterTests(() => fixture));
describe('model', () => syncModelTests(() => fixture));
describe('lineage', () => lineageTests(() => fixture));
describe('lineage plans', () => lineagePlanTests(() => fixture));
describe('lineage model', () => lineageModelTests(() => fixture));
