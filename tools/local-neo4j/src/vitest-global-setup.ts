import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import type { TestProject } from 'vitest/node';
import { z } from 'zod';
import type {} from './shared-test-neo4j.ts';
import type { LocalNeo4j } from './start-local-neo4j.ts';
import { TestNeo4jServers } from './test-neo4j-servers.ts';

const wanted = z.object({ mayHaveSchema: z.boolean() });
const lent = z.object({ uri: z.string() });

/**
 * Runs once per vitest run, in its main process. It starts nothing but a small loopback server; a test file that asks it
 * (`sharedTestNeo4j()`, `borrowTestNeo4j()`) makes it start Neo4j, beside the tests that don't need one. A run that needs
 * none starts none.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const servers = new TestNeo4jServers((line) => project.vitest.logger.log(line));
  const server = createServer((request, response) => {
    answer(servers, request).then(
      (body) => response.end(JSON.stringify(body)),
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
  project.provide('testNeo4jAddress', `http://127.0.0.1:${address.port}`);
  return async () => {
    server.close();
    server.closeAllConnections();
    await servers.stop();
  };
}

async function answer(servers: TestNeo4jServers, request: IncomingMessage): Promise<object> {
  const asked = `${request.method} ${request.url}`;
  const body = await json(request);
  switch (asked) {
    case 'POST /given-back':
      await servers.giveBack(lent.parse(body).uri);
      return {};
    case 'POST /keep-schema':
      await servers.keepSchema(lent.parse(body).uri);
      return {};
    case 'POST /lent':
      return reachable(await servers.lend(wanted.parse(body).mayHaveSchema));
    case 'POST /shared':
      return reachable(await servers.shared());
    default:
      throw new Error(`There is no ${asked} here.`);
  }
}

function reachable({ uri, username, password, certificateFile }: LocalNeo4j): object {
  return { uri, username, password, certificateFile };
}
