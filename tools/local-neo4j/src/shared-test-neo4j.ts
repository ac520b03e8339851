import { inject } from 'vitest';
import { z } from 'zod';

/** How to reach the Neo4j that all test files of a run share. */
export interface SharedTestNeo4j {
  readonly uri: string;
  readonly username: string;
  readonly password: string;
}

const answer = z.object({ uri: z.string(), username: z.string(), password: z.string() });

/**
 * The Neo4j of this test run, started when the first test file asks for it and stopped when the run ends. Test files
 * run side by side on one database, so each must use a tenant of its own (tenant is part of every key) and count only
 * what is its own; a test that needs the whole graph to itself starts a server with `startLocalNeo4j`.
 *
 * @throws Error when `vitest-global-setup.ts` isn't in the root configuration's `globalSetup`
 */
export async function sharedTestNeo4j(): Promise<SharedTestNeo4j> {
  const address = inject('sharedNeo4jAddress');
  if (address === undefined) {
    throw new Error('Add tools/local-neo4j/src/vitest-global-setup.ts to globalSetup of the root vitest.config.ts.');
  }
  const response = await fetch(address);
  if (!response.ok) throw new Error(await response.text());
  return answer.parse(await response.json());
}

declare module 'vitest' {
  interface ProvidedContext {
    /** Loopback address that starts the shared Neo4j at the first request and answers with how to reach it. */
    sharedNeo4jAddress?: string;
  }
}
