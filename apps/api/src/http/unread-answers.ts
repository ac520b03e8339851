import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Milliseconds in which nothing of an answer is taken. Too short: a line that pauses loses what was sent; too long: who asks and doesn't
 * read fills the memory with answers.
 */
export const usualUnreadMs = 120_000;

/** Cuts off connections whose clients take nothing of an answer. While an answer is made, or nothing is left to send, they may wait. */
export function cutUnreadAnswers(server: Server, unreadMs: number): void {
  // Node counts from the last byte in either direction, and from the last that the system took of those that wait.
  server.timeout = unreadMs;
  server.prependListener('request', (_: IncomingMessage, response: ServerResponse) => {
    response.on('timeout', (socket: Socket) => {
      if (socket.writableLength > 0) socket.destroy();
      else socket.setTimeout(unreadMs);
    });
  });
}
