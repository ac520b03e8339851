import type { ParsedOptions } from './options.ts';

/** What goes into `neo4j.conf`. */
export interface ServerConfig {
  readonly port: number;
  /** `undefined` leaves the HTTP connector off. */
  readonly httpPort: number | undefined;
  readonly pageCache: string;
  readonly tls: ParsedOptions['tls'];
  /** Where the certificate is, unless `tls` is `off`. */
  readonly certificateFolder: string;
}

/** Text of `neo4j.conf` for a development server: loopback only, nothing reported to anyone. */
export function serverConfig(config: ServerConfig): string {
  const lines = [
    'server.default_listen_address=127.0.0.1',
    'server.default_advertised_address=localhost',
    `server.bolt.listen_address=127.0.0.1:${config.port}`,
    `server.bolt.advertised_address=localhost:${config.port}`,
    `server.bolt.tls_level=${config.tls === 'off' ? 'DISABLED' : config.tls.toUpperCase()}`,
    `server.http.enabled=${config.httpPort !== undefined}`,
    'server.https.enabled=false',
    'dbms.usage_report.enabled=false',
    'client.allow_telemetry=false',
    `server.memory.pagecache.size=${config.pageCache}`,
    // The query log doubles the writes of a test run, and nobody reads it here.
    'db.logs.query.enabled=OFF',
    'db.tx_log.rotation.retention_policy=keep_none',
    'db.tx_log.preallocate=false',
    // Without it a stop waits 10 seconds for the network threads although no client is left.
    'internal.dbms.bolt.netty_server_shutdown_quiet_period=0',
    'internal.dbms.bolt.netty_server_shutdown_timeout=1s',
  ];
  if (config.tls !== 'off') {
    lines.push(
      'dbms.ssl.policy.bolt.enabled=true',
      // As in a file of Java properties, which takes a backslash as the start of an escape.
      `dbms.ssl.policy.bolt.base_directory=${config.certificateFolder.replaceAll('\\', '/')}`,
      'dbms.ssl.policy.bolt.client_auth=NONE',
    );
  }
  if (config.httpPort !== undefined) lines.push(`server.http.listen_address=127.0.0.1:${config.httpPort}`);
  return `${lines.join('\n')}\n`;
}
