import type { Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';
import { TdsProtocolError } from './errors.ts';
import { Spool } from './spool.ts';
import { TlsTunnel } from './tls-tunnel.ts';

/**
 * Bytes waiting in the socket above which a result set pauses. Smaller makes the engine wait between rows of common
 * answers; larger lets a slow reader of a big result hold that much memory per connection.
 */
const highWater = 1024 * 1024;
/**
 * Bytes waiting in the socket above which more goes to a file: a statement that produces its rows in one go can't pause.
 * Less writes files for readers that are only a moment behind; more is held in memory by each slow reader.
 */
const spoolAbove = 4 * highWater;
/**
 * Milliseconds a closed connection stays for the client to read the last answer. Shorter cuts off the error message of
 * a slow client; longer keeps sockets of clients that never read.
 */
const lingerMs = 2000;

/** What a transport reports to its connection. */
export interface TransportEvents {
  /** Bytes of TDS packets, decrypted. May throw a TdsProtocolError. */
  onData(chunk: Buffer): void;
  /** The network connection is gone. Called once. */
  onClose(): void;
  /** Reading failed: broken packets, or a TLS handshake that came to nothing. */
  onFailure(error: unknown): void;
}

/** A socket that carries TDS packets in clear, encrypted, or in clear again after an encrypted login. */
export class Transport {
  readonly #socket: Socket;
  readonly #events: TransportEvents;
  #tunnel: TlsTunnel | undefined;
  #tls: TLSSocket | undefined;
  readonly #spool = new Spool();
  #drained: PromiseWithResolvers<void> | undefined;
  #ending = false;
  #closed = false;
  #lingerTimer: NodeJS.Timeout | undefined;

  /** Both ends of the network connection; empty once it is gone. */
  get endpoints(): {
    readonly clientAddress: string;
    readonly clientPort: number;
    readonly localAddress: string;
    readonly localPort: number;
  } {
    const { remoteAddress = '', remotePort = 0, localAddress = '', localPort = 0 } = this.#socket;
    return { clientAddress: remoteAddress, clientPort: remotePort, localAddress, localPort };
  }

  constructor(socket: Socket, events: TransportEvents) {
    this.#socket = socket;
    this.#events = events;
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 30_000);
    socket.on('data', (chunk: Buffer) => this.#guard(() => this.#received(chunk)));
    socket.on('drain', () => this.#taken());
    // 'close' follows, which is where the connection is given up; an error alone has nothing to add.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#closed = true;
      clearTimeout(this.#lingerTimer);
      this.#tls?.destroy();
      this.#spool.close();
      this.#releaseWaiting();
      events.onClose();
    });
  }

  /** Expects a TLS handshake as the next thing the client sends, and encrypts all that follows. */
  startTls(secureContext: SecureContext): void {
    const tunnel = new TlsTunnel((bytes, done) => {
      if (this.#closed) done(new Error('The connection is closed.'));
      else this.#socket.write(bytes, done);
    });
    const tls = new TLSSocket(tunnel, { isServer: true, secureContext });
    tls.on('data', (chunk: Buffer) => this.#guard(() => this.#events.onData(chunk)));
    tls.on('drain', () => this.#taken());
    const failed = (error: Error): void => {
      if (this.#tunnel !== tunnel) return;
      this.#events.onFailure(
        error instanceof TdsProtocolError ? error : new TdsProtocolError(`TLS failed: ${error.message}`),
      );
    };
    tls.on('error', failed);
    tls.on('_tlsError', failed);
    tls.on('close', () => {
      if (this.#tunnel === tunnel) this.#linger();
    });
    tunnel.on('error', failed);
    this.#tunnel = tunnel;
    this.#tls = tls;
  }

  /** Goes on in clear, in both directions. */
  stopTls(): void {
    this.#tunnel?.detach();
    const tls = this.#tls;
    this.#tunnel = undefined;
    this.#tls = undefined;
    tls?.destroy();
  }

  write(packets: Buffer): void {
    if (this.#closed || this.#ending) return;
    if (this.#spool.waiting > 0 || this.#waitingBytes() > spoolAbove) this.#spool.append(packets);
    else (this.#tls ?? this.#socket).write(packets);
  }

  /** Resolves when the client has taken enough of what was written; `undefined` when nothing need be waited for. */
  drained(): Promise<void> | undefined {
    if (this.#closed || (this.#spool.waiting === 0 && this.#waitingBytes() < highWater)) return undefined;
    this.#drained ??= Promise.withResolvers();
    return this.#drained.promise;
  }

  pauseReading(): void {
    this.#socket.pause();
  }

  resumeReading(): void {
    this.#socket.resume();
  }

  /** Sends what has been written, then closes. What is written later goes nowhere. */
  end(): void {
    if (this.#ending || this.#closed) return;
    this.#ending = true;
    if (this.#spool.waiting === 0) this.#endSending();
    this.#lingerTimer ??= setTimeout(() => this.#socket.destroy(), lingerMs);
  }

  #endSending(): void {
    if (this.#tls === undefined) this.#linger();
    else this.#tls.end(() => this.#linger());
  }

  /** The reader has taken what was in the socket: what waits in the file follows. */
  #taken(): void {
    while (this.#spool.waiting > 0 && this.#waitingBytes() < highWater) {
      const bytes = this.#spool.take();
      if (bytes !== undefined) (this.#tls ?? this.#socket).write(bytes);
    }
    if (this.#spool.waiting > 0) return;
    if (this.#ending) this.#endSending();
    else this.#releaseWaiting();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /**
   * Ends the sending side and waits for the client to close its own: closing at once would reset the connection when
   * unread bytes are left, and the client would lose the answer.
   */
  #linger(): void {
    this.#ending = true;
    if (this.#closed) return;
    this.#socket.resume();
    this.#socket.end();
    this.#lingerTimer ??= setTimeout(() => this.#socket.destroy(), lingerMs);
  }

  #waitingBytes(): number {
    return this.#socket.writableLength + (this.#tls?.writableLength ?? 0);
  }

  #received(chunk: Buffer): void {
    if (this.#tunnel === undefined) this.#events.onData(chunk);
    else this.#tunnel.receive(chunk);
  }

  #guard(read: () => void): void {
    try {
      read();
    } catch (error) {
      this.#events.onFailure(error);
    }
  }

  #releaseWaiting(): void {
    this.#drained?.resolve();
    this.#drained = undefined;
  }
}
