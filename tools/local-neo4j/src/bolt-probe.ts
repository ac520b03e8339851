import neo4j, { type Driver, isRetryableError, Neo4jError } from 'neo4j-driver';
import { Neo4jLoginFailedError, Neo4jUnreachableError } from './errors.ts';

/** Where a server is and who logs in. */
export interface ServerAddress {
  readonly uri: string;
  readonly username: string;
  readonly password: string;
}

/** What a server reports about itself. */
export interface ServerFacts {
  readonly version: string;
  readonly edition: string;
}

const loginRefusedCodes = new Set([
  'Neo.ClientError.Security.Unauthorized',
  'Neo.ClientError.Security.CredentialsExpired',
  'Neo.ClientError.Security.AuthenticationRateLimit',
]);

/**
 * Logs in and asks the server for its version and edition.
 *
 * @throws Neo4jLoginFailedError, Neo4jUnreachableError
 */
export async function probeServer(address: ServerAddress): Promise<ServerFacts> {
  await using driver: Driver = neo4j.driver(address.uri, neo4j.auth.basic(address.username, address.password), {
    connectionTimeout: 5000,
    maxTransactionRetryTime: 0,
    telemetryDisabled: true,
  });
  try {
    const { records } = await driver.executeQuery(
      'CALL dbms.components() YIELD versions, edition RETURN versions[0] AS version, edition',
      {},
      { database: 'system' },
    );
    // Later versions list their Cypher languages beside the server; those have no edition.
    const server = records.find((record) => record.get('edition') !== '');
    return { version: String(server?.get('version')), edition: String(server?.get('edition')) };
  } catch (error) {
    if (error instanceof Neo4jError && loginRefusedCodes.has(error.code)) {
      throw new Neo4jLoginFailedError(address.uri, address.username, error);
    }
    throw new Neo4jUnreachableError(address.uri, error);
  }
}

/** Whether an unreachable server may just not be up yet. */
export function mayComeUp(error: unknown): boolean {
  return error instanceof Neo4jUnreachableError && error.cause instanceof Neo4jError && isRetryableError(error.cause);
}
