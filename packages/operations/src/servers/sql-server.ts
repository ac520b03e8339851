import { type BrokerClient, connectBroker, hasOdbcDriver } from '@hartonomous/broker-client';
import { resolveMssqlOptions, type SqlConnectionSettings } from '@hartonomous/config-loader';
import { brokerProcedures, programName } from '@hartonomous/provenance-schema';

/** How a connection to SQL Server is used. */
export interface SqlServerOptions {
  /** Instead of the one that the settings name. */
  readonly database?: string;
  /** One session for all calls, as scripts need; see broker-client. @default false */
  readonly singleSession?: boolean;
  /**
   * Milliseconds that a statement may take, 100 to 600000. Too short: an index on a large table is cut off in the middle. Too
   * long: a statement blocked by a lock looks like one that is working. @default 30000
   */
  readonly requestTimeoutMs?: number;
  /** Most connections. @default 3: a transaction holds one, what is looked up meanwhile takes another */
  readonly maxConnections?: number;
  /** For the application name of its sessions, where the settings give none. @default 'hartonomous' */
  readonly program?: string;
  readonly signal?: AbortSignal | undefined;
}

/** For statements that read or change whole tables, in milliseconds. */
export const longStatementMs = 600_000;

/** Connections of one operation: a transaction holds one, what is looked up meanwhile takes another. */
const maxConnections = 3;

/**
 * Opens SQL Server; the only place here that does. Dispose the client at the end.
 *
 * @throws BrokerUnavailableError, BrokerLoginError, DatabaseUnavailableError, BrokerTlsError
 * @throws IntegratedSecurityUnavailableError, AuthenticationUnavailableError for logins that can't be made here
 */
export async function openSqlServer(
  settings: SqlConnectionSettings,
  { database, program = 'hartonomous', signal, ...options }: SqlServerOptions = {},
): Promise<BrokerClient> {
  signal?.throwIfAborted();
  const named = { applicationName: programName(program), ...settings };
  const chosen = database === undefined ? named : { ...named, database };
  const sql = { ...(await resolveMssqlOptions(chosen, { hasOdbcDriver })) };
  return await connectBroker({ sql, maxConnections, ...brokerProcedures, ...options });
}
