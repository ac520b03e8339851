import { type LocalNeo4j, type LocalNeo4jOptions, startLocalNeo4j } from '@hartonomous/local-neo4j';
import { graphSchema } from '@hartonomous/provenance-schema';
import { connectNeo4j, deployGraphSchema, type GraphConnection } from '../src/index.ts';

/** A server of this test file's own, with the schema deployed: the tests look at whole graphs. */
export interface Fixture extends AsyncDisposable {
  readonly server: LocalNeo4j;
  readonly graph: GraphConnection;
  /** Rows of a query, integers as `bigint`. */
  query(text: string, parameters?: Record<string, unknown>): Promise<Record<string, unknown>[]>;
  /** Removes every node, reference nodes too. */
  clear(): Promise<void>;
}

export async function startFixture(options: LocalNeo4jOptions = {}): Promise<Fixture> {
  const server = await startLocalNeo4j({ tls: 'optional', startTimeoutMs: 240_000, ...options });
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
      await server.stop();
    },
  };
}
