import { once } from 'node:events';
import type { Server } from 'node:http';
import type { Logger } from '@hartonomous/worker-host';
import { type ServerType, serve } from '@hono/node-server';
import { ListenError } from '../errors.ts';
import { type BodyPace, cutSlowBodies, usualPace } from './slow-bodies.ts';
import { cutUnreadAnswers, usualUnreadMs } from './unread-answers.ts';

/** Where to listen. */
export interface ServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly logger: Logger;
  /** @default usualPace */
  readonly bodyPace?: BodyPace;
  /** @default usualUnreadMs */
  readonly unreadMs?: number;
}

/** A server that listens. */
export interface ApiServer extends AsyncDisposable {
  readonly port: number;
  /** Takes nothing new and resolves when all requests under way are answered, or cut off because `force` was aborted. */
  drain(force: AbortSignal): Promise<void>;
}

/** How Node's server treats its clients. */
export const serverLimits = {
  /**
   * Bytes of a request's line and headers. Node's 16 KiB have no room for the longest question that a query may have, 2,000 characters,
   * each of which may be twelve there.
   */
  maxHeaderSize: 65_536,
  /** Milliseconds for the headers of a request; who takes longer holds a connection for nothing. */
  headersTimeout: 20_000,
  /** How often Node looks for those, in milliseconds; its default is half a minute. */
  connectionsCheckingInterval: 5_000,
  /**
   * Milliseconds for a request as a whole, six hours. Node's five minutes are too short for a large file over a slow line, which may be
   * as slow as `usualPace` says.
   */
  requestTimeout: 21_600_000,
} as const;

/**
 * Listens.
 *
 * @throws ListenError
 */
export async function startServer(
  fetch: (request: Request) => Response | Promise<Response>,
  { host, port, logger, bodyPace = usualPace, unreadMs = usualUnreadMs }: ServerOptions,
): Promise<ApiServer> {
  const listening = Promise.withResolvers<number>();
  const server: ServerType = serve({ fetch, hostname: host, port, serverOptions: serverLimits }, (info) =>
    listening.resolve(info.port),
  );
  cutSlowBodies(server as Server, bodyPace, logger);
  cutUnreadAnswers(server as Server, unreadMs);
  server.on('error', (cause: Error) => listening.reject(new ListenError(host, port, cause)));
  const taken = await listening.promise;
  // There are no descriptors for another connection: nobody's reason to end the process.
  server.on('error', (cause: Error) => logger.warn({ reason: cause.message }, 'A connection could not be taken'));
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
