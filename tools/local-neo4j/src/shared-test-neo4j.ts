import { inject } from 'vitest';
import { z } from 'zod';

/** How to reach a Neo4j of the test run. */
export interface TestNeo4j {
  readonly uri: string;
  readonly username: string;
  readonly password: string;
}

/** A Neo4j that a test file has to itself until it is disposed of. */
export interface BorrowedTestNeo4j extends TestNeo4j, AsyncDisposable {
  /** Of its certificate, PEM: `bolt://` and, trusting it, `bolt+s://` get in. */
  readonly certificateFile?: string | undefined;
  /** The constraints and indexes that there are now stay for later files, which is for one that deploys the schema and leaves it so. */
  keepSchema(): Promise<void>;
}

/** What a file needs of the Neo4j that it borrows. */
export interface BorrowOptions {
  /**
   * `none`: there are no constraints and indexes. `any`: there may be those that an earlier file has kept; for one that deploys
   * the schema and doesn't care.
   * @default 'none'
   */
  readonly schema?: 'none' | 'any';
}

const reachable = z.object({ uri: z.string(), username: z.string(), password: z.string() });
const lent = reachable.extend({ certificateFile: z.string().optional() });

/**
 * The Neo4j of this test run that its files share, started when the first one asks for it and stopped when the run ends. They
 * run side by side on one database, so each must use a tenant of its own (tenant is part of every key) and count only
 * what is its own. A file with a SQL database behind it, or one that changes the schema, takes {@link borrowTestNeo4j}.
 *
 * @throws Error when `vitest-global-setup.ts` isn't in the root configuration's `globalSetup`, or the server doesn't start
 */
export async function sharedTestNeo4j(): Promise<TestNeo4j> {
  return reachable.parse(await ask('/shared', {}));
}

/**
 * A Neo4j without nodes that no other test file has at the same time. When it is disposed of, the run empties it and lends it
 * to the next file, which costs milliseconds instead of the 8 seconds of a start. A file that stops, pauses or breaks its
 * server starts one with `startLocalNeo4j`.
 *
 * @throws Error when `vitest-global-setup.ts` isn't in the root configuration's `globalSetup`, or the server doesn't start
 */
export async function borrowTestNeo4j({ schema = 'none' }: BorrowOptions = {}): Promise<BorrowedTestNeo4j> {
  const borrowed = lent.parse(await ask('/lent', { mayHaveSchema: schema === 'any' }));
  return {
    ...borrowed,
    keepSchema: async () => {
      await ask('/keep-schema', { uri: borrowed.uri });
    },
    [Symbol.asyncDispose]: async () => {
      await ask('/given-back', { uri: borrowed.uri });
    },
  };
}

async function ask(path: string, body: object): Promise<unknown> {
  const address = inject('testNeo4jAddress');
  if (address === undefined) {
    throw new Error('Add tools/local-neo4j/src/vitest-global-setup.ts to globalSetup of the root vitest.config.ts.');
  }
  const response = await fetch(`${address}${path}`, { method: 'POST', body: JSON.stringify(body) });
  if (!response.ok) throw new Error(await response.text());
  return await response.json();
}

declare module 'vitest' {
  interface ProvidedContext {
    /** Loopback address that gives the Neo4j servers of the run, and starts them at the first request. */
    testNeo4jAddress?: string;
  }
}
