import neo4j, { type Driver } from 'neo4j-driver';
import { withinDeadline } from './deadline.ts';
import { giveUpDriver } from './driver-watch.ts';
import { GraphTimeoutError } from './errors.ts';
import { JoinedWrites } from './joined-writes.ts';
import { type GraphConnectionOptions, parseConnectionOptions } from './options.ts';
import { translateError } from './translate-error.ts';

/** A checked connection to one database; close it with `await using` or {@link close}. */
export interface GraphConnection extends AsyncDisposable {
  /** For reads of your own. Integers come as `bigint`. Its errors are the driver's. Don't keep it: it may be replaced. */
  readonly driver: Driver;
  readonly uri: string;
  readonly database: string;
  /** For example `5.26.30`. */
  readonly version: string;
  readonly edition: 'community' | 'enterprise';
  /**
   * Gives up every connection that `used` has, and goes on with a new driver: the driver has no way to give up a single
   * connection on which nobody answers, and keeps it for minutes. What else is under way on `used` rejects with a time-out of
   * its own. Does nothing when that has happened already.
   *
   * @param reason the time-out that showed it
   */
  replaceDriver(used: Driver, reason: GraphTimeoutError): void;
  /** Lets what is sent in this turn of the event loop leave in one piece. */
  joinWrites(): void;
  close(): Promise<void>;
}

/**
 * Opens a pool of connections and logs in once, so that a wrong address or password shows here and not in the first
 * batch.
 *
 * @throws InvalidGraphOptionsError, GraphAuthError, GraphUnavailableError, GraphDatabaseNotFoundError; the reason of
 * `signal` when aborted
 */
export async function connectNeo4j(options: GraphConnectionOptions, signal?: AbortSignal): Promise<GraphConnection> {
  const { uri, username, password, database, connectionTimeoutMs, maxConnections } = parseConnectionOptions(options);
  signal?.throwIfAborted();
  const newDriver = () =>
    neo4j.driver(uri, neo4j.auth.basic(username, password), {
      connectionTimeout: connectionTimeoutMs,
      connectionAcquisitionTimeout: connectionTimeoutMs,
      maxConnectionPoolSize: maxConnections,
      // A half-open connection of a server that went away is found when it is taken from the pool, not in a batch.
      connectionLivenessCheckTimeout: 30_000,
      maxTransactionRetryTime: 0,
      useBigInt: true,
      // Hints and placeholders make the server remark on each statement of a young graph; nobody would read it.
      notificationFilter: { minimumSeverityLevel: 'OFF' },
      telemetryDisabled: true,
      userAgent: 'hartonomous-graph-sync',
    });
  const joinedWrites = new JoinedWrites(portOf(uri));
  let driver = newDriver();
  const onAbort = () => void driver.close();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    const { records } = await withinDeadline(
      driver.executeQuery(
        'CALL dbms.components() YIELD versions, edition RETURN versions[0] AS version, edition',
        {},
        { database },
      ),
      // Getting a connection has its own, the answer on it must be there as soon again.
      2 * connectionTimeoutMs,
      uri,
    );
    // Later versions list their Cypher languages beside the server; those have no edition.
    const server = records.find((record) => record.get('edition') !== '');
    const edition = server?.get('edition') === 'enterprise' ? 'enterprise' : 'community';
    let isClosed = false;
    const close = () => {
      isClosed = true;
      joinedWrites[Symbol.dispose]();
      return giveUpDriver(driver, new DOMException(`The connection to Neo4j at ${uri} was closed.`, 'AbortError'));
    };
    const version = String(server?.get('version'));
    return {
      get driver() {
        return driver;
      },
      replaceDriver: (used, reason) => {
        if (used !== driver || isClosed) return;
        driver = newDriver();
        const forOthers = new GraphTimeoutError(uri, reason.timeoutMs, { cause: reason });
        // Not awaited: it closes the session with a server that doesn't answer.
        void giveUpDriver(used, forOthers).catch(() => undefined);
      },
      joinWrites: () => joinedWrites.join(),
      ...{ uri, database, version, edition, close, [Symbol.asyncDispose]: close },
    };
  } catch (error) {
    joinedWrites[Symbol.dispose]();
    await driver.close();
    signal?.throwIfAborted();
    throw translateError(error, { uri, database });
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

const defaultPort = 7687;

function portOf(uri: string): number {
  return Number(new URL(uri).port || defaultPort);
}
