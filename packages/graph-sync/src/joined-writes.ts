import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Socket } from 'node:net';

/** Where Node announces each TCP socket that this process opens (not of those with TLS). */
const openedSockets = 'net.client.socket';

/**
 * Makes one system call of many. neo4j-driver writes a message in pieces of 1,400 bytes, which for the rows of a batch is
 * hundreds of calls, each to be made here and to be read by the server; there is no setting for it. Sockets are found by the
 * port that they lead to: another one with the same port sends what it has a moment later, and that is all.
 */
export class JoinedWrites implements Disposable {
  readonly #sockets = new Set<Socket>();
  readonly #port: number;
  #isJoining = false;

  constructor(port: number) {
    this.#port = port;
    subscribe(openedSockets, this.#opened);
  }

  /** Holds back what is written until the end of this turn of the event loop. */
  join(): void {
    if (this.#isJoining) return;
    this.#isJoining = true;
    const held = [...this.#sockets];
    for (const socket of held) socket.cork();
    setImmediate(() => {
      this.#isJoining = false;
      for (const socket of held) socket.uncork();
    });
  }

  [Symbol.dispose](): void {
    unsubscribe(openedSockets, this.#opened);
  }

  readonly #opened = (message: unknown): void => {
    if (typeof message !== 'object' || message === null || !('socket' in message)) return;
    const { socket } = message;
    if (!(socket instanceof Socket)) return;
    socket.once('connect', () => {
      if (socket.remotePort !== this.#port) return;
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  };
}
