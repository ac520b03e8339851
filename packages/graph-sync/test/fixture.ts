import { startLocalNeo4j } from '@hartonomous/local-neo4j';
import { borrowTestNeo4j, type TestNeo4j } from '@hartonomous/local-neo4j/shared-test-neo4j';
import { graphSchema } from '@hartonomous/provenance-schema';
import { connectNeo4j, deployGraphSchema, type GraphConnection } from '../src/index.ts';

/** A server of this test file's own, with the schema deployed: the tests look at whole graphs. */
export interface Fixture extends AsyncDisposable {
  readonly server: TestNeo4j;
  readonly graph: GraphConnection;
  /** Rows of a query, integers as `bigint`. */
  query(text: string, parameters?: Record<string, unknown>): Promise<Record<string, unknown>[]>;
  /** Removes every node, reference nodes too. */
  clear(): Promise<void>;
}

/** @param version of a server that is started for it. @default one that is borrowed from the run, which is started already */
export async function startFixture(version?: string): Promise<Fixture> {
  const server = await (version === undefined
    ? borrowTestNeo4j()
    : startLocalNeo4j({ version, tls: 'optional', startTimeoutMs: 240_000 }));
  const { uri, username, password } = server;
  const graph = await connectNeo4j({ uri, username, password });
  await deployGraphSchema(graph, { schema: graphSchema, backupFile: null });
  const query = async (text: string, parameters: Record<string, unknown> = {}) => {
    const { records } = await graph.driver.executeQuery(text, parameters, { database: graph.database });
    return records.map((record) => record.toObject());
  };
  return {
    server,
    graph,
    query,
    clear: async () => {
      await query('MATCH (n) DETACH DELETE n');
    },
    [Symbol.asyncDispose]: async () => {
      await graph.close();
      await server[Symbol.asyncDispose]();
    },
  };
}
