import neo4j, { type Session } from 'neo4j-driver';
import { type LocalNeo4j, startLocalNeo4j } from './start-local-neo4j.ts';

/** A server that is lent, or waits for the next file. */
interface LentServer {
  readonly server: LocalNeo4j;
  /** Constraints and indexes that stay when it is given back; `undefined`: none does. */
  schema: readonly string[] | undefined;
}

/**
 * The Neo4j servers of one test run, each started when it is first asked for: the one that all files share, and those that are
 * lent to one file at a time. A start takes about 8 seconds and 430 MB, so a server that is given back is emptied and lent again;
 * there are never more of those than files that run at once.
 */
export class TestNeo4jServers {
  readonly #onProgress: (line: string) => void;
  readonly #lent = new Map<string, LentServer>();
  readonly #idle: LentServer[] = [];
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

  /**
   * A server without nodes that nobody else has until {@link giveBack}.
   *
   * @param mayHaveSchema whether it may have the constraints and indexes that an earlier file has left with {@link keepSchema}: the
   * server then knows most statements already, which it would plan anew, for seconds of processor, after each change of its schema
   */
  async lend(mayHaveSchema: boolean): Promise<LocalNeo4j> {
    const found = this.#idle.findIndex(({ schema }) => (schema !== undefined) === mayHaveSchema);
    const [idle] = this.#idle.splice(found === -1 ? this.#idle.length - 1 : found, 1);
    const lent = idle ?? { server: await this.#start(), schema: undefined };
    this.#lent.set(lent.server.uri, lent);
    if (lent.schema !== undefined && !mayHaveSchema) {
      lent.schema = undefined;
      await withSession(lent.server, (session) => dropSchema(session, []));
    }
    return lent.server;
  }

  /** What constraints and indexes a lent server has now stay when it is given back. @throws Error when none is lent at `uri` */
  async keepSchema(uri: string): Promise<void> {
    const lent = this.#lentAt(uri);
    lent.schema = await withSession(lent.server, schemaNames);
  }

  /**
   * Takes a server back and removes nodes, relationships, and the constraints and indexes that aren't to stay.
   *
   * @throws Error when no server at `uri` is lent; what the driver throws when it can't be emptied, and it is not lent again then
   */
  async giveBack(uri: string): Promise<void> {
    const lent = this.#lentAt(uri);
    await withSession(lent.server, async (session) => {
      await dropSchema(session, lent.schema ?? []);
      await session.run('MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS');
      // One of those that were to stay is gone: the next file gets none of them.
      const left = await schemaNames(session);
      if (lent.schema?.some((name) => !left.includes(name)) === true) {
        await dropSchema(session, []);
        lent.schema = undefined;
      }
    });
    this.#lent.delete(uri);
    this.#idle.push(lent);
  }

  /** Stops all of them, also those that were not given back. */
  async stop(): Promise<void> {
    const started = await Promise.allSettled(this.#starting);
    await Promise.all(started.map((start) => (start.status === 'fulfilled' ? start.value.stop() : undefined)));
  }

  #lentAt(uri: string): LentServer {
    const lent = this.#lent.get(uri);
    if (lent === undefined) throw new Error(`No Neo4j at ${uri} is lent.`);
    return lent;
  }

  #start(): Promise<LocalNeo4j> {
    const starting = startLocalNeo4j({ heap: '512m', tls: 'optional', onProgress: this.#onProgress });
    this.#starting.add(starting);
    return starting;
  }
}

async function withSession<T>(server: LocalNeo4j, work: (session: Session) => Promise<T>): Promise<T> {
  const { uri, username, password } = server;
  await using driver = neo4j.driver(uri, neo4j.auth.basic(username, password), { telemetryDisabled: true });
  await using session = driver.session();
  return await work(session);
}

async function names(session: Session, query: string): Promise<readonly string[]> {
  return (await session.run(query)).records.map((record) => String(record.get('name')));
}

const showConstraints = 'SHOW CONSTRAINTS YIELD name';
// The two look-up indexes belong to every new database.
const showIndexes = "SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP'";

async function schemaNames(session: Session): Promise<readonly string[]> {
  // An index behind a constraint has its name.
  return [...new Set([...(await names(session, showConstraints)), ...(await names(session, showIndexes))])];
}

async function dropSchema(session: Session, staying: readonly string[]): Promise<void> {
  for (const [query, kind] of [
    [showConstraints, 'CONSTRAINT'],
    [showIndexes, 'INDEX'],
  ] as const) {
    const dropped = (await names(session, query)).filter((name) => !staying.includes(name));
    for (const name of dropped) await session.run(`DROP ${kind} \`${name}\``);
  }
}
