import { findJava, LocalNeo4jError, newestNeo4jVersion } from '@hartonomous/local-neo4j';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Fixture, startFixture } from './fixture.ts';
import { deploySchemaTests } from './suites/deploy-schema.ts';
import { graphWriterTests } from './suites/graph-writer.ts';
import { migrationTests } from './suites/migrations.ts';
import { searchTests } from './suites/search.ts';
import { vectorTests } from './suites/vectors.ts';

// A start takes 10 seconds on an idle machine, beside other work a minute; the download comes to it once.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 600_000 });

/** Why this version can't run here; `undefined` when it can. Nothing is downloaded where it can't. */
async function whyNot(): Promise<string | undefined> {
  try {
    await findJava({ neo4jVersion: newestNeo4jVersion });
    return undefined;
  } catch (error) {
    if (error instanceof LocalNeo4jError) return error.code;
    throw error;
  }
}

const isWhole = process.env.NEO4J_2026_FORM === 'whole';
const reason = await whyNot();
const title = `Neo4j ${newestNeo4jVersion}`;

describe.runIf(reason === undefined)(title, () => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await startFixture(newestNeo4jVersion);
  });
  afterAll(() => fixture?.[Symbol.asyncDispose]());

  test('is what answers', () => {
    expect(fixture.graph).toMatchObject({ version: newestNeo4jVersion, edition: 'community' });
  });
  // What differs most between the versions is in every test run: the fixture has deployed the schema, and search needs its
  // full-text and vector indexes. The rest is `pnpm test:neo4j-2026`: two minutes of two cores for what 5.26 shows, too.
  describe('search', () => searchTests(() => fixture));
  if (isWhole) {
    describe('vectors', () => vectorTests(() => fixture));
    describe('schema', () => deploySchemaTests(() => fixture));
    describe('migrations', () => migrationTests(() => fixture));
    describe('writer', () => graphWriterTests(() => fixture));
  }
});

test.runIf(reason !== undefined)(`${title} was NOT TESTED: no Java 21 or newer here (${reason})`, () => {
  // Where this version is what was asked for, a machine that can't run it is a failure.
  expect(isWhole).toBe(false);
  expect(['JAVA_NOT_FOUND', 'JAVA_TOO_OLD']).toContain(reason);
});
