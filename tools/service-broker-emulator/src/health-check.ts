import { connect, type Socket } from 'node:net';
import { EmulatorError } from './errors.ts';
import { framePackets, headerLength, PacketStatus, PacketType } from './tds/packets.ts';
import { Encryption } from './tds/prelogin.ts';

/** Why a server is not healthy. */
export class UnhealthyError extends EmulatorError {
  readonly code = 'UNHEALTHY';
  override readonly retryable = true;

  constructor(host: string, port: number, reason: string, options?: ErrorOptions) {
    super(`No healthy emulator on ${host}:${port}: ${reason}`, options);
  }
}

/** What {@link checkHealth} asks. */
export interface HealthCheckOptions {
  /** Address the server listens on; "all addresses" is asked for over loopback. */
  readonly host: string;
  readonly port: number;
  readonly saPassword: string;
  /** Longest time in milliseconds. Too short calls a busy server sick; container checks usually allow 30 s. */
  readonly timeoutMs: number;
}

const wildcards: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };
const allHeaders = Buffer.from('1600000012000000020000000000000000' + '0001000000', 'hex');
const login7Fixed = 94;
const token = { done: 0xfd, error: 0xaa, info: 0xab, loginAck: 0xad, environment: 0xe3 } as const;

/**
 * Logs in as `sa` and runs a statement, so "healthy" means that clients are served. It is meant for the server's own
 * machine: it asks for no encryption, as nothing leaves the machine.
 *
 * @throws {UnhealthyError} when that doesn't succeed within the time-out
 */
export async function checkHealth(options: HealthCheckOptions): Promise<void> {
  const host = wildcards[options.host] ?? options.host;
  const { port } = options;
  const socket = connect({ host, port });
  const conversation = new Conversation(socket);
  const timer = setTimeout(
    () => socket.destroy(new Error(`no answer within ${options.timeoutMs} ms.`)),
    options.timeoutMs,
  );
  try {
    await conversation.ask(PacketType.prelogin, Buffer.of(1, 0, 6, 0, 1, 0xff, Encryption.notSupported));
    const login = answerTokens(await conversation.ask(PacketType.login7, login7('sa', options.saPassword)));
    if (!login.includes(token.loginAck)) {
      throw new Error(
        'it refused the login sa. Give the health check the password that the emulator was started with.',
      );
    }
    const batch = Buffer.concat([allHeaders, Buffer.from('DECLARE @healthy int = 1;', 'utf16le')]);
    if (answerTokens(await conversation.ask(PacketType.sqlBatch, batch)).includes(token.error)) {
      throw new Error('a statement failed.');
    }
  } catch (error) {
    throw new UnhealthyError(host, port, error instanceof Error ? error.message : String(error), { cause: error });
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

/** One message out, one message back. */
class Conversation {
  readonly #socket: Socket;
  #received = Buffer.alloc(0);
  #waiting: PromiseWithResolvers<Buffer> | undefined;
  #failure: Error | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the connection was closed.')));
  }

  ask(type: number, payload: Buffer): Promise<Buffer> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    this.#waiting = Promise.withResolvers<Buffer>();
    const frame = { type, packetSize: 4096, sessionId: 0, firstPacketId: 1, lastStatus: 1 };
    this.#socket.write(framePackets(payload, 0, payload.length, frame));
    return this.#waiting.promise;
  }

  #take(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    const parts: Buffer[] = [];
    for (let at = 0; at + headerLength <= this.#received.length; ) {
      const length = this.#received.readUInt16BE(at + 2);
      if (this.#received.readUInt8(at) !== PacketType.answer || length < headerLength) {
        this.#socket.destroy(new Error('what listens there does not speak TDS.'));
        return;
      }
      if (at + length > this.#received.length) return;
      parts.push(this.#received.subarray(at + headerLength, at + length));
      if ((this.#received.readUInt8(at + 1) & PacketStatus.endOfMessage) !== 0) {
        this.#received = this.#received.subarray(at + length);
        this.#waiting?.resolve(Buffer.concat(parts));
        return;
      }
      at += length;
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#waiting?.reject(this.#failure);
  }
}

/** LOGIN7 with a user and a password only (MS-TDS 2.2.6.4). */
function login7(userName: string, password: string): Buffer {
  const fixed = Buffer.alloc(login7Fixed);
  const user = Buffer.from(userName, 'utf16le');
  const hidden = Buffer.from(password, 'utf16le').map((byte) => (((byte << 4) | (byte >> 4)) & 0xff) ^ 0xa5);
  fixed.writeUInt32LE(login7Fixed + user.length + hidden.length, 0);
  fixed.writeUInt32LE(0x74000004, 4);
  fixed.writeUInt16LE(login7Fixed, 40);
  fixed.writeUInt16LE(userName.length, 42);
  fixed.writeUInt16LE(login7Fixed + user.length, 44);
  fixed.writeUInt16LE(password.length, 46);
  return Buffer.concat([fixed, user, hidden]);
}

/** Kinds of the tokens of an answer without result sets; ends at one of another kind. */
function answerTokens(answer: Buffer): number[] {
  const kinds: number[] = [];
  const counted: ReadonlySet<number> = new Set([token.error, token.info, token.loginAck, token.environment]);
  for (let at = 0; at < answer.length; ) {
    const kind = answer.readUInt8(at);
    if (kind === token.done) at += 13;
    else if (counted.has(kind)) at += 3 + answer.readUInt16LE(at + 1);
    else return kinds;
    kinds.push(kind);
  }
  return kinds;
}
