import type { Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';
import { TlsTunnel } from './tls-tunnel.ts';

/**
 * Bytes waiting in the socket above which a result set pauses. Smaller makes the engine wait between rows of common
 * answers; larger lets a slow reader of a big result hold that much memory per connection.
 */
const HIGH_WATER = 1024 * 1024;

/** What a transport tells its connection. */
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
  #drained: PromiseWithResolvers<void> | undefined;
  #closed = false;

  constructor(socket: Socket, events: TransportEvents) {
    this.#socket = socket;
    this.#events = events;
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 30_000);
    socket.on('data', (chunk: Buffer) => this.#guard(() => this.#received(chunk)));
    socket.on('drain', () => this.#releaseWaiting());
    // 'close' follows, which is where the connection is given up; an error alone has nothing to add.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#closed = true;
      this.#tls?.destroy();
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
    tls.on('drain', () => this.#releaseWaiting());
    const failed = (error: Error): void => {
      if (this.#tunnel === tunnel) this.#events.onFailure(error);
    };
    tls.on('error', failed);
    tls.on('_tlsError', failed);
    tls.on('close', () => {
      if (this.#tunnel === tunnel) this.destroy();
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
    if (this.#closed) return;
    (this.#tls ?? this.#socket).write(packets);
  }

  /** Resolves when the client has taken enough of what was written; `undefined` when nothing need be waited for. */
  drained(): Promise<void> | undefined {
    if (this.#closed || this.#waitingBytes() < HIGH_WATER) return undefined;
    this.#drained ??= Promise.withResolvers();
    return this.#drained.promise;
  }

  pauseReading(): void {
    this.#socket.pause();
  }

  resumeReading(): void {
    this.#socket.resume();
  }

  /** Sends what has been written, then closes. */
  end(): void {
    if (this.#tls === undefined) {
      this.#socket.end(() => this.#socket.destroy());
      return;
    }
    const tunnel = this.#tunnel;
    this.#tls.end(() => {
      tunnel?.detach();
      this.#socket.end(() => this.#socket.destroy());
    });
  }

  destroy(): void {
    this.#socket.destroy();
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
