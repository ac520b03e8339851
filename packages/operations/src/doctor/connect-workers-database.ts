import { type BrokerClient, connectBroker, hasOdbcDriver } from '@hartonomous/broker-client';
import { resolveMssqlOptions, type SqlConnectionSettings } from '@hartonomous/config-loader';

/** Connects as a worker would. */
export async function connectWorkersDatabase(settings: SqlConnectionSettings): Promise<BrokerClient> {
  return await connectBroker({
    sql: { ...(await resolveMssqlOptions(settings, { hasOdbcDriver })) },
    maxConnections: 2,
  });
}
