import { EventEmitter } from 'node:events';
import { Socket } from 'node:net';

/** What a connection is ended with; the code is the one that drivers have for time-outs. */
class SilentAnswerError extends Error {
  readonly code = 'ETIMEOUT';
  readonly retryable = true;
  override get name(): string {
    return this.constructor.name;
  }
}

/**
 * Ends a connection on which an answer has begun and doesn't go on. tedious stops its clock for a request at the first packet of the
 * answer, so a server that hangs after that, or a connection that is half open from then on, would be waited for without an end.
 *
 * @param connection of tedious, before it connects; anything else is left alone
 * @param timeoutMs milliseconds without a byte in either direction. Too short: a server that works on the rest of an answer is cut off.
 * Too long: its request waits that much longer
 */
export function endSilentAnswers(connection: unknown, timeoutMs: number): void {
  if (!(connection instanceof EventEmitter)) return;
  connection.once('connect', (error?: unknown) => {
    const socket: unknown = Reflect.get(connection, 'socket');
    if (error !== undefined || !(socket instanceof Socket)) return;
    socket.setTimeout(timeoutMs, () => {
      if (!isAwaitingTheRest(connection)) return;
      socket.destroy(new SilentAnswerError(`the answer had begun, and nothing more came for ${timeoutMs} ms`));
    });
  });
}

/**
 * Fields of tedious 20 that are its own: `request` is under way, `requestTimer` runs until the first packet of the answer, `cancelTimer`
 * while a cancelled request waits for its end. A `paused` one waits for who reads it here; a `timeout` of 0 may take any time.
 */
function isAwaitingTheRest(connection: EventEmitter): boolean {
  const request: unknown = Reflect.get(connection, 'request');
  if (typeof request !== 'object' || request === null) return false;
  if (Reflect.get(request, 'paused') === true || Reflect.get(request, 'timeout') === 0) return false;
  return Reflect.get(connection, 'requestTimer') === undefined && Reflect.get(connection, 'cancelTimer') === undefined;
}
