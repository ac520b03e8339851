import neo4j from 'neo4j-driver';
import { type LocalNeo4j, startLocalNeo4j } from './start-local-neo4j.ts';

/**
 * The Neo4j servers of one test run, each started when it is first asked for: the one that all files share, and those that are
 * lent to one file at a time. A start takes about 8 seconds and 430 MB, so a server that is given back is emptied and lent again;
 * there are never more of those than files that run at once.
 */
export class TestNeo4jServers {
  readonly #onProgress: (line: string) => void;
  readonly #lent = new Map<string, LocalNeo4j>();
  readonly #idle: LocalNeo4j[] = [];
  readonly #starting = new Set<Promise<LocalNeo4j>>();
  #shared: Promise<LocalNeo4j> | undefined;

  /** @param onProgress gets a line for each step of a start that takes long, a download for example */
  constructor(onProgress: (line: string) => void) {
    this.#onProgress = onProgress;
  }

  /** The server that everybody has together. */
  shared(): Promise<LocalNeo4j> {
    this.#shared ??= this.#start();
    return this.#shared;
  }

  /** A server with an empty graph that nobody else has until {@link giveBack}. */
  async lend(): Promise<LocalNeo4j> {
    const server = this.#idle.pop() ?? (await this.#start());
    this.#lent.set(server.uri, server);
    return server;
  }

  /**
   * Takes a server back and empties its graph: nodes, relationships, constraints and indexes.
   *
   * @throws Error when no server at `uri` is lent; what the driver throws when it can't be emptied, and it is not lent again then
   */
  async giveBack(uri: string): Promise<void> {
    const server = this.#lent.get(uri);
    if (server === undefined) throw new Error(`No Neo4j at ${uri} is lent.`);
    await emptyGraph(server);
    this.#lent.delete(uri);
    this.#idle.push(server);
  }

  /** Stops all of them, also those that were not given back. */
  async stop(): Promise<void> {
    const started = await Promise.allSettled(this.#starting);
    await Promise.all(started.map((start) => (start.status === 'fulfilled' ? start.value.stop() : undefined)));
  }

  #start(): Promise<LocalNeo4j> {
    const starting = startLocalNeo4j({ heap: '512m', onProgress: this.#onProgress });
    this.#starting.add(starting);
    return starting;
  }
}

async function emptyGraph({ uri, username, password }: LocalNeo4j): Promise<void> {
  await using driver = neo4j.driver(uri, neo4j.auth.basic(username, password), { telemetryDisabled: true });
  await using session = driver.session();
  const names = async (query: string) => (await session.run(query)).records.map((record) => String(record.get('name')));
  for (const name of await names('SHOW CONSTRAINTS YIELD name')) await session.run(`DROP CONSTRAINT \`${name}\``);
  // The two look-up indexes belong to every new database.
  for (const name of await names("SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP'")) {
    await session.run(`DROP INDEX \`${name}\``);
  }
  await session.run('MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS');
}
