import { createServer } from 'node:net';
import { Neo4jPortInUseError } from './errors.ts';

/**
 * The port itself if it is free on 127.0.0.1, or a free one for 0.
 *
 * @throws Neo4jPortInUseError when something listens there or the system doesn't let us (ports under 1024).
 */
export async function claimLoopbackPort(port: number): Promise<number> {
  const server = createServer();
  const done = Promise.withResolvers<number>();
  server.once('error', (error) => done.reject(new Neo4jPortInUseError(port, error)));
  server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
    const address = server.address();
    const chosen = typeof address === 'object' && address !== null ? address.port : port;
    server.close(() => done.resolve(chosen));
  });
  return done.promise;
}

/** Whether nothing listens on the port. */
export async function isPortFree(port: number): Promise<boolean> {
  return claimLoopbackPort(port).then(
    () => true,
    () => false,
  );
}
