import { once } from 'node:events';
import type { Server } from 'node:http';
import type { Logger } from '@hartonomous/worker-host';
import { type ServerType, serve } from '@hono/node-server';
import { ListenError } from '../errors.ts';

/** Where to listen. */
export interface ServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly logger: Logger;
}

/** A server that listens. */
export interface ApiServer extends AsyncDisposable {
  readonly port: number;
  /** Takes nothing new and resolves when all requests under way are answered, or cut off because `force` was aborted. */
  drain(force: AbortSignal): Promise<void>;
}

/** Milliseconds that a client may take for the headers of a request; slower ones hold a connection for nothing. */
const headersTimeoutMs = 20_000;

/**
 * Listens.
 *
 * @throws ListenError
 */
export async function startServer(
  fetch: (request: Request) => Response | Promise<Response>,
  { host, port, logger }: ServerOptions,
): Promise<ApiServer> {
  const listening = Promise.withResolvers<number>();
  const server: ServerType = serve(
    { fetch, hostname: host, port, serverOptions: { headersTimeout: headersTimeoutMs } },
    (info) => listening.resolve(info.port),
  );
  server.once('error', (cause: Error) => listening.reject(new ListenError(host, port, cause)));
  const taken = await listening.promise;
  const shownHost = host.includes(':') ? `[${host}]` : host;
  logger.info({ host, port: taken }, `API at http://${shownHost}:${taken}/`);
  return {
    port: taken,
    async drain(force) {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      const http = server as Server;
      http.closeIdleConnections();
      const onForce = () => http.closeAllConnections();
      force.addEventListener('abort', onForce, { once: true });
      if (force.aborted) onForce();
      await closed;
      force.removeEventListener('abort', onForce);
    },
    async [Symbol.asyncDispose]() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      (server as Server).closeAllConnections();
      await closed;
    },
  };
}
