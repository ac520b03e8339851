import { once } from 'node:events';
import { createServer } from 'node:http';
import type { TestProject } from 'vitest/node';
import type {} from './shared-test-neo4j.ts';
import { type LocalNeo4j, startLocalNeo4j } from './start-local-neo4j.ts';

/**
 * Runs once per vitest run, in its main process. It starts nothing but a small loopback server; the first test file
 * that asks it (`sharedTestNeo4j()`) makes it start Neo4j, beside the tests that don't need one. A run that needs none
 * starts none.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  let starting: Promise<LocalNeo4j> | undefined;
  const server = createServer((_request, response) => {
    starting ??= startLocalNeo4j({ heap: '512m', onProgress: (line) => project.vitest.logger.log(line) });
    starting.then(
      ({ uri, username, password }) => response.end(JSON.stringify({ uri, username, password })),
      (error: unknown) => {
        response.statusCode = 500;
        response.end(String(error));
      },
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The loopback server has no port.');
  project.provide('sharedNeo4jAddress', `http://127.0.0.1:${address.port}/`);
  return async () => {
    server.close();
    server.closeAllConnections();
    if (starting === undefined) return;
    const [neo4j] = await Promise.allSettled([starting]);
    if (neo4j.status === 'fulfilled') await neo4j.value.stop();
  };
}
