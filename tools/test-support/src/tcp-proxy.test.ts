import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from './eventually.ts';
import { TcpProxy } from './tcp-proxy.ts';

/** Answers everything with itself. */
class EchoServer {
  readonly open = new Set<Socket>();
  readonly #server = createServer((socket) => {
    this.open.add(socket);
    socket.on('error', () => undefined).on('close', () => this.open.delete(socket));
    socket.pipe(socket);
  });

  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    for (const socket of this.open) socket.destroy();
    this.#server.close();
  }
}

class Client {
  readonly socket: Socket;
  received = '';
  closed = false;

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.setEncoding('utf8').on('data', (text: string) => {
      this.received += text;
    });
    this.socket
      .on('error', () => undefined)
      .on('close', () => {
        this.closed = true;
      });
  }

  async echo(text: string): Promise<void> {
    const before = this.received.length;
    this.socket.write(text);
    await eventually(() => expect(this.received.slice(before)).toBe(text));
  }
}

describe('TcpProxy', () => {
  let server: EchoServer;
  let proxy: TcpProxy;
  const clients: Client[] = [];
  const newClient = () => {
    const client = new Client(proxy.port);
    clients.push(client);
    return client;
  };

  beforeEach(async () => {
    server = new EchoServer();
    proxy = await TcpProxy.start({ targetPort: await server.listen(), delayMs: 20 });
  });

  afterEach(async () => {
    for (const { socket } of clients.splice(0)) socket.destroy();
    await proxy[Symbol.asyncDispose]();
    server.close();
  });

  test('passes on, large pieces too, and closes what the client closes', async () => {
    const client = newClient();
    await client.echo('x'.repeat(1_000_000));
    client.socket.end();
    await eventually(() => expect(client.closed && server.open.size === 0 && proxy.connections === 0).toBe(true));
  });

  test('keeps the order while it delays', async () => {
    const client = newClient();
    await proxy.enter('delay');
    for (const text of ['one ', 'two ', 'three ']) client.socket.write(text);
    await eventually(() => expect(client.received).toBe('one two three '));
  });

  test('a black hole notifies neither side, and what was in it stays dead', async () => {
    const before = newClient();
    await before.echo('before');
    await proxy.enter('black-hole');
    const during = newClient();
    before.socket.write('lost');
    during.socket.write('lost');
    await once(during.socket, 'connect');
    await proxy.enter('pass');
    const after = newClient();
    await after.echo('after');
    expect([before.received, before.closed, during.received, during.closed]).toEqual(['before', false, '', false]);
    before.socket.destroy();
    await after.echo('again');
    expect(server.open.size).toBe(2);
    proxy.forgetDead();
    await eventually(() => expect(server.open.size).toBe(1));
    await after.echo('still');
  });

  test('cuts what is open and takes new ones', async () => {
    const client = newClient();
    await client.echo('before');
    proxy.cut();
    await eventually(() => expect(client.closed).toBe(true));
    await newClient().echo('after');
  });

  test('refuses, and opens again on the same port', async () => {
    const client = newClient();
    await client.echo('before');
    const { port } = proxy;
    await proxy.enter('refuse');
    await eventually(() => expect(client.closed).toBe(true));
    const refused = newClient();
    const [error] = (await once(refused.socket, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNREFUSED');
    await proxy.enter('pass');
    expect(proxy.port).toBe(port);
    await newClient().echo('after');
  });

  test('acts in the middle, after so many bytes', async () => {
    const client = newClient();
    const fired = proxy.afterBytes(10, () => proxy.cut());
    await client.echo('1234');
    client.socket.write('56789');
    await fired;
    await eventually(() => expect(client.closed).toBe(true));
    expect(client.received).toBe('1234');
  });

  test('acts before a text, once', async () => {
    const client = newClient();
    const fired = proxy.beforeText('now', () => proxy.cut());
    await client.echo('before');
    client.socket.write('and now this');
    await fired;
    await eventually(() => expect(client.closed).toBe(true));
    expect(client.received).toBe('before');
    await newClient().echo('now');
  });
});
