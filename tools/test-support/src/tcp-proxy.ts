import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/**
 * What a {@link TcpProxy} does with connections.
 *
 * | mode         | open connections                        | new connections                      |
 * |--------------|-----------------------------------------|--------------------------------------|
 * | `pass`       | forwarded                               | forwarded                            |
 * | `delay`      | forwarded, each piece `delayMs` later   | the same                             |
 * | `black-hole` | dead: bytes vanish, neither side notices | accepted, and nothing ever answers  |
 * | `refuse`     | reset                                   | refused by the operating system      |
 */
export type TcpProxyMode = 'pass' | 'delay' | 'black-hole' | 'refuse';

/** How a proxy is set up. */
export interface TcpProxyOptions {
  readonly targetPort: number;
  /** @default '127.0.0.1' */
  readonly targetHost?: string;
  /** Milliseconds that mode `delay` holds each piece. @default 100 */
  readonly delayMs?: number;
}

/**
 * A way to a server that can be spoilt, so that the server itself may go on for others. What went into a black hole
 * stays lost: such a connection is dead in every later mode too, and the server keeps its end open until
 * {@link forgetDead}, as it does until its own keep-alive finds out.
 */
export class TcpProxy implements AsyncDisposable {
  readonly #target: { readonly host: string; readonly port: number };
  readonly #delayMs: number;
  readonly #links = new Set<Link>();
  #server: Server | undefined;
  #port = 0;
  #mode: TcpProxyMode = 'pass';
  #forwarded = 0;
  #trigger: { readonly isReached: (piece: Buffer) => boolean; readonly fire: () => void } | undefined;

  private constructor(options: TcpProxyOptions) {
    this.#target = { host: options.targetHost ?? '127.0.0.1', port: options.targetPort };
    this.#delayMs = options.delayMs ?? 100;
  }

  /** Listens on a free port of the loopback, in mode `pass`. */
  static async start(options: TcpProxyOptions): Promise<TcpProxy> {
    const proxy = new TcpProxy(options);
    await proxy.#listen();
    return proxy;
  }

  /** Where clients connect; the same for the life of the proxy. */
  get port(): number {
    return this.#port;
  }

  get mode(): TcpProxyMode {
    return this.#mode;
  }

  /** Connections whose server side is open. */
  get connections(): number {
    return this.#links.size;
  }

  /** Changes the mode at once, and forgets what {@link afterBytes} or {@link beforeText} was still to do. */
  async enter(mode: TcpProxyMode): Promise<void> {
    this.#mode = mode;
    this.#trigger = undefined;
    if (mode === 'black-hole') for (const link of this.#links) link.dead = true;
    if (mode === 'refuse') await this.#close();
    else if (this.#server === undefined) await this.#listen();
  }

  /** Resets the open connections, once; new ones are treated as the mode says. */
  cut(): void {
    for (const link of this.#links) if (!link.dead) link.reset();
  }

  /**
   * Does `action` when so many bytes more have been forwarded, in the middle of whatever they belong to: the piece that
   * reaches the number is not forwarded any more.
   * @returns resolves when that has happened
   */
  afterBytes(bytes: number, action: () => void): Promise<void> {
    const at = this.#forwarded + bytes;
    return this.#when(() => this.#forwarded >= at, action);
  }

  /**
   * Does `action` when a piece with this text is about to be forwarded, in either direction; of a protocol that isn't encrypted. The
   * piece is forwarded only if the action leaves its connection alive.
   * @returns resolves when that has happened
   */
  beforeText(text: string, action: () => void): Promise<void> {
    return this.#when((piece) => piece.includes(text), action);
  }

  /** Resets the server's ends of dead connections, as the server's own keep-alive does in the end. */
  forgetDead(): void {
    for (const link of this.#links) if (link.dead) link.reset();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#trigger = undefined;
    this.forgetDead();
    await this.#close();
  }

  #when(isReached: (piece: Buffer) => boolean, action: () => void): Promise<void> {
    const fired = Promise.withResolvers<void>();
    const fire = () => {
      this.#trigger = undefined;
      action();
      fired.resolve();
    };
    this.#trigger = { isReached, fire };
    return fired.promise;
  }

  async #listen(): Promise<void> {
    const server = createServer((near) => this.#accept(near));
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async #close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const link of this.#links) link.reset();
    if (server === undefined) return;
    const closed = once(server, 'close');
    server.close();
    await closed;
  }

  #accept(near: Socket): void {
    const far = this.#mode === 'black-hole' ? undefined : connect(this.#target);
    const link = new Link(near, far, {
      delayMs: () => (this.#mode === 'delay' ? this.#delayMs : 0),
      forwarding: (piece) => {
        this.#forwarded += piece.length;
        if (this.#trigger?.isReached(piece) === true) this.#trigger.fire();
      },
      gone: () => this.#links.delete(link),
    });
    link.dead = far === undefined;
    this.#links.add(link);
  }
}

interface LinkOwner {
  delayMs(): number;
  /** Called before a piece is forwarded; may make the link dead or reset it. */
  forwarding(piece: Buffer): void;
  gone(): void;
}

/** A client's connection and the one to the server that belongs to it; without the latter it never was alive. */
class Link {
  /** Nothing passes any more, and neither side is notified. */
  dead = false;
  readonly #near: Socket;
  readonly #far: Socket | undefined;

  constructor(near: Socket, far: Socket | undefined, owner: LinkOwner) {
    this.#near = near;
    this.#far = far;
    near.on('error', () => undefined);
    // Read and thrown away, so that the client's system confirms what it sends: that is what makes a hole black.
    if (far === undefined) {
      near.resume();
      near.on('close', () => owner.gone());
      return;
    }
    far.on('error', () => undefined);
    this.#forward(near, far, owner);
    this.#forward(far, near, owner);
    near.on('close', () => {
      if (!this.dead) far.destroy();
    });
    far.on('close', () => {
      owner.gone();
      if (!this.dead) near.destroy();
    });
  }

  reset(): void {
    for (const socket of [this.#near, this.#far]) socket?.resetAndDestroy();
  }

  #forward(from: Socket, to: Socket, owner: LinkOwner): void {
    let earlier = Promise.resolve();
    from.on('data', (piece) => {
      if (!this.dead) owner.forwarding(piece);
      if (this.dead || to.destroyed) return;
      const delayMs = owner.delayMs();
      from.pause();
      earlier = earlier.then(async () => {
        if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
        if (!this.dead && !to.destroyed && !to.write(piece)) await drained(to);
        from.resume();
      });
    });
    from.on('end', () => {
      if (!this.dead) void earlier.then(() => to.end());
    });
  }
}

async function drained(socket: Socket): Promise<void> {
  const done = Promise.withResolvers<void>();
  socket.once('drain', done.resolve).once('close', done.resolve);
  await done.promise;
}
