import { connect, type Socket } from 'node:net';
import { framePackets } from '../../src/tds/packets.ts';

const headers = Buffer.from('160000001200000002000000000000000000' + '01000000', 'hex');

/** One DONE, DONEPROC or DONEINPROC token in the form `DONE 0x11 count 3`. */
const doneNames: Readonly<Record<number, string>> = { 253: 'DONE', 254: 'DONEPROC', 255: 'DONEINPROC' };

/** A client that speaks TDS byte by byte, for what drivers never send. */
export class RawClient implements Disposable {
  readonly #socket: Socket;
  #received = Buffer.alloc(0);
  #waiting: (() => void) | undefined;
  #closed = false;
  #taker: ((chunk: Buffer, wrapped: boolean) => void) | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      // TLS records: handshake ones come in PRELOGIN packets, one flight each.
      if (this.#taker !== undefined) return this.#taker(chunk, chunk[0] === 0x12);
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#waiting?.();
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#closed = true;
      this.#waiting?.();
    });
  }

  static async open(port: number): Promise<RawClient> {
    const socket = connect(port, '127.0.0.1');
    const client = new RawClient(socket);
    const opened = Promise.withResolvers<void>();
    socket.once('connect', () => opened.resolve());
    socket.once('error', (error) => opened.reject(error));
    await opened.promise;
    return client;
  }

  /** Opens a connection and logs in, without encryption. */
  static async logIn(port: number): Promise<RawClient> {
    const client = await RawClient.open(port);
    client.send(0x12, Buffer.from('0100060001ff02', 'hex'));
    await client.message();
    client.write(loginMessage());
    await client.message();
    return client;
  }

  /** Hands everything that comes to `taker` instead of keeping it for `message`; `undefined` ends that. */
  takeOver(taker: ((chunk: Buffer, wrapped: boolean) => void) | undefined): void {
    this.#taker = taker;
  }

  /** Takes nothing more off the network until {@link resume}. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  write(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** Sends one message. @param status status byte of the last packet */
  send(type: number, payload: Buffer, status = 1): void {
    const frame = { type, packetSize: 4096, sessionId: 0, firstPacketId: 1, lastStatus: status };
    this.write(framePackets(payload, 0, payload.length, frame));
  }

  batch(sql: string, status = 1): void {
    this.send(1, Buffer.concat([headers, Buffer.from(sql, 'utf16le')]), status);
  }

  rpc(body: Buffer): void {
    this.send(3, Buffer.concat([headers, body]));
  }

  attention(): void {
    this.send(6, Buffer.alloc(0));
  }

  /** The payload of the next complete message; `undefined` when the server closed the connection instead. */
  async message(): Promise<Buffer | undefined> {
    for (;;) {
      const parts: Buffer[] = [];
      for (let at = 0; at + 8 <= this.#received.length; ) {
        const length = this.#received.readUInt16BE(at + 2);
        if (at + length > this.#received.length) break;
        parts.push(this.#received.subarray(at + 8, at + length));
        const last = this.#received[at + 1] === 1;
        at += length;
        if (last) {
          this.#received = this.#received.subarray(at);
          return Buffer.concat(parts);
        }
      }
      if (this.#closed) return undefined;
      const more = Promise.withResolvers<void>();
      this.#waiting = more.resolve;
      await more.promise;
    }
  }

  /** Resolves when the server has closed the connection. */
  async closed(): Promise<void> {
    while (!this.#closed) {
      const more = Promise.withResolvers<void>();
      this.#waiting = more.resolve;
      await more.promise;
    }
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }
}

/** The DONE tokens at the end of a message that holds nothing else after its last ERROR, INFO or row. */
export function doneTokens(message: Buffer | undefined): string[] {
  const tokens: string[] = [];
  if (message === undefined) return tokens;
  for (let at = message.length - 13; at >= 0; at -= 13) {
    const name = doneNames[message.readUInt8(at)];
    if (name === undefined) break;
    tokens.unshift(`${name} 0x${message.readUInt16LE(at + 1).toString(16)} count ${message.readBigUInt64LE(at + 5)}`);
  }
  return tokens;
}

/** The packet of a SQLBatch. */
export function sqlBatchMessage(text: string): Buffer {
  return framed(1, Buffer.concat([headers, Buffer.from(text, 'utf16le')]));
}

/** Passwords go with their half bytes changed over. */
const hidden = (text: string): Uint8Array =>
  Buffer.from(text, 'utf16le').map((b) => (((b << 4) | (b >> 4)) & 255) ^ 0xa5);

/** The packet of a LOGIN7 for user `sa` with the password `right`. @param newPassword asks for a change of it */
export function loginMessage(newPassword?: string): Buffer {
  const fixed = Buffer.alloc(94);
  const user = Buffer.from('sa', 'utf16le');
  const password = hidden('right');
  const changed = hidden(newPassword ?? '');
  fixed.writeUInt32LE(94 + user.length + password.length + changed.length, 0);
  if (newPassword !== undefined) fixed.writeUInt8(1, 27);
  fixed.writeUInt16LE(94 + user.length + password.length, 86);
  fixed.writeUInt16LE(changed.length / 2, 88);
  fixed.writeUInt32LE(0x74000004, 4);
  fixed.writeUInt16LE(94, 40);
  fixed.writeUInt16LE(2, 42);
  fixed.writeUInt16LE(94 + user.length, 44);
  fixed.writeUInt16LE(5, 46);
  return framed(0x10, Buffer.concat([fixed, user, password, changed]));
}

function framed(type: number, payload: Buffer): Buffer {
  return framePackets(payload, 0, payload.length, {
    type,
    packetSize: 4096,
    sessionId: 0,
    firstPacketId: 1,
    lastStatus: 1,
  });
}
