import { randomBytes } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Logger } from '@hartonomous/worker-host';

/** How slowly a body may come. */
export interface BodyPace {
  /**
   * Milliseconds over which its bytes are counted, and so the longest pause. Too short: a line that pauses has to start over. Too long:
   * those that have stalled keep connections, and places for uploads.
   */
  readonly windowMs: number;
  /**
   * Bytes that must come in that time. Too many: slow lines can't send a file at all. Too few: who sends a byte now and then keeps a
   * place for hours.
   */
  readonly leastBytes: number;
}

/** Two minutes, and 2 KiB a second: a quarter of what the slowest modems had. */
export const usualPace: BodyPace = { windowMs: 120_000, leastBytes: 245_760 };

/** How often bytes are counted in a window. */
const looks = 8;

/**
 * Cuts off requests whose bodies come too slowly, with an answer where none has begun. While an answer is made nothing comes and goes,
 * which is as it should be: only bodies that are still to come are watched, and only while it isn't us who don't read them.
 */
export function cutSlowBodies(server: Server, { windowMs, leastBytes }: BodyPace, logger: Logger): void {
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket, headers } = request;
    // One without a body has its end only when it is answered.
    if (headers['transfer-encoding'] === undefined && !(Number(headers['content-length'] ?? 0) > 0)) return;
    let counts = [socket.bytesRead];
    const timer = setInterval(() => {
      if (request.complete) return stop();
      // Bytes that are here and not taken wait for us.
      if (request.readableLength > 0) counts = [];
      counts.push(socket.bytesRead);
      if (counts.length <= looks) return;
      const since = counts.shift() ?? 0;
      if (socket.bytesRead - since >= leastBytes) return;
      stop();
      cutOff(request, response, { windowMs, leastBytes }, logger);
    }, windowMs / looks);
    const stop = () => clearInterval(timer);
    timer.unref();
    request.once('close', stop).once('end', stop);
  });
}

function cutOff(request: IncomingMessage, response: ServerResponse, pace: BodyPace, logger: Logger): void {
  const { socket, method, url = '/' } = request;
  const path = url.replace(/\?.*$/s, '');
  const traceId = randomBytes(16).toString('hex');
  logger.info({ method, path, traceId }, 'A body that came too slowly was cut off');
  if (response.headersSent || socket.destroyed) return void socket.destroy();
  const seconds = Math.round(pace.windowMs / 1_000);
  const problem = {
    type: 'urn:hartonomous:problem:body-too-slow',
    title: 'Request Timeout',
    status: 408,
    detail:
      `In ${seconds} s fewer than ${pace.leastBytes} bytes of the body came. Nothing was enqueued; send it again. ` +
      'An upload by tus (/v1/uploads) goes on from what has come.',
    code: 'BODY_TOO_SLOW',
    instance: path,
    traceId,
  };
  const body = JSON.stringify(problem);
  // Not by `response`, which is still that of the route: it learns from the end of the connection that nobody waits for its answer.
  socket.end(
    `HTTP/1.1 408 Request Timeout\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
      `Cache-Control: no-store\r\nTrace-Id: ${traceId}\r\nConnection: close\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}
