import { createServer, type Server } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import { parseOptions } from '../options.ts';
import { type ConnectionSettings, TdsConnection } from './connection.ts';
import { ListenFailedError, PortInUseError } from './errors.ts';
import { selfSignedCertificate } from './server-certificate.ts';
import { type TdsServerOptions, tdsServerOptionsSchema } from './server-options.ts';

/** A running TDS server. */
export interface TdsServer extends AsyncDisposable {
  readonly host: string;
  /** The port it listens on, also when 0 was asked for. */
  readonly port: number;
  /** Connections that are open now. */
  readonly connectionCount: number;
  /** The certificate, PEM, for clients that are to trust it by name instead of trusting any. */
  certificate(): Promise<string>;
  /** Stops listening, breaks off all connections and waits until their sessions have been disposed. */
  close(): Promise<void>;
}

/** Connections that may wait to be accepted. The usual 511 drops some of a burst of 500 clients that connect at once. */
const backlog = 2048;

/**
 * Starts to listen for TDS 7.3 and 7.4 clients.
 *
 * @throws {PortInUseError} when another program listens on the port
 * @throws {ListenFailedError} when listening fails otherwise
 * @throws {InvalidEmulatorOptionsError} when an option is invalid
 * @throws {Error} with the code of the TLS library when the given certificate or key cannot be used
 */
export async function startTdsServer(options: TdsServerOptions): Promise<TdsServer> {
  const checked = parseOptions(tdsServerOptionsSchema, {
    host: options.host,
    port: options.port,
    encryption: options.encryption,
    tls: options.tls,
    loginTimeoutMs: options.loginTimeoutMs,
    maxMessageBytes: options.maxMessageBytes,
  });
  options.signal?.throwIfAborted();
  const certificate = async () => checked.tls ?? (await selfSignedCertificate());
  let secureContext: Promise<SecureContext> | undefined;
  const settings: ConnectionSettings = {
    engine: options.engine,
    encryption: checked.encryption,
    secureContext: () => {
      // Nothing above TLS 1.2: with 1.3 inside TDS 7.x, ODBC, JDBC and go-mssqldb lose their way in the handshake.
      secureContext ??= certificate().then(({ cert, key }) =>
        createSecureContext({ cert, key, minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' }),
      );
      return secureContext;
    },
    loginTimeoutMs: checked.loginTimeoutMs,
    maxMessageBytes: checked.maxMessageBytes,
    onDefect: options.onDefect ?? ((error) => process.emitWarning(error instanceof Error ? error : String(error))),
  };
  // A given certificate that cannot be used is reported now, not to the first client.
  if (checked.encryption !== 'none' && checked.tls !== undefined) await settings.secureContext();

  const connections = new Set<TdsConnection>();
  const server = createServer((socket) => {
    const connection = new TdsConnection(socket, settings);
    connections.add(connection);
    void connection.finished.then(() => connections.delete(connection));
  });
  await listen(server, checked.host, checked.port);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('A TCP server has no TCP address.');

  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= (async () => {
      options.signal?.removeEventListener('abort', onAbort);
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      const finished = [...connections].map((connection) => connection.finished);
      for (const connection of connections) connection.close();
      await Promise.all([closed.promise, ...finished]);
    })();
    return closing;
  };
  const onAbort = (): void => void close();
  options.signal?.addEventListener('abort', onAbort, { once: true });

  return {
    host: checked.host,
    port: address.port,
    get connectionCount() {
      return connections.size;
    },
    certificate: async () => (await certificate()).cert,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  const listening = Promise.withResolvers<void>();
  server.once('error', (error: NodeJS.ErrnoException) => {
    const inUse = error.code === 'EADDRINUSE';
    listening.reject(
      inUse ? new PortInUseError(host, port, { cause: error }) : new ListenFailedError(host, port, error),
    );
  });
  server.listen({ host, port, backlog: backlog }, () => listening.resolve());
  return listening.promise;
}
