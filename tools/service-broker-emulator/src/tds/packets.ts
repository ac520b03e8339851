import { TdsProtocolError } from './errors.ts';

/** Types of TDS packets a client may send (MS-TDS 2.2.3.1.1). */
export const PacketType = {
  sqlBatch: 0x01,
  rpc: 0x03,
  answer: 0x04,
  attention: 0x06,
  bulkLoad: 0x07,
  transactionManager: 0x0e,
  login7: 0x10,
  sspi: 0x11,
  prelogin: 0x12,
} as const;

const clientTypes: ReadonlySet<number> = new Set([
  PacketType.sqlBatch,
  PacketType.rpc,
  PacketType.attention,
  PacketType.bulkLoad,
  0x08,
  PacketType.transactionManager,
  PacketType.login7,
  PacketType.sspi,
  PacketType.prelogin,
]);

/** Bits of the status byte (MS-TDS 2.2.3.1.2). */
export const PacketStatus = {
  endOfMessage: 0x01,
  ignore: 0x02,
  resetConnection: 0x08,
  resetKeepingTransaction: 0x10,
} as const;

/** Bytes of a packet header. */
export const headerLength = 8;
/** Largest packet the protocol allows, header included. */
export const largestPacket = 32767;
/** Smallest packet size that may be agreed at login. */
export const smallestPacket = 512;
/** Packet size until another one is agreed, and for clients that ask for none. */
export const defaultPacket = 4096;

/**
 * What a packet counts at least against the limit of a message, in bytes: about what keeping it costs, so that a message
 * of endless empty packets ends too. Below the smallest packet size, so honest messages count their true length.
 */
const leastPacketCost = 256;

/** Most packets' worth of bytes that a batch of SQL may have. Source: Microsoft's "Maximum capacity specifications". */
export const batchPackets = 65_536;

/** One complete message of a client. */
export interface ClientMessage {
  readonly type: number;
  /** Joined payload of all packets. */
  readonly payload: Buffer;
  /** What the first packet asks for before the request runs. */
  readonly reset: 'none' | 'reset' | 'keep-transaction';
  /** The client gave up while it was sending: the message is to be discarded. */
  readonly ignored: boolean;
}

/**
 * Joins packets to messages, however the bytes were cut on their way. `push` calls `onMessage` once per complete
 * message.
 */
export class MessageAssembler {
  /** Largest message in bytes; a longer one is a protocol error. May be raised after login. */
  limit: number;
  /** Largest batch of SQL in bytes. */
  batchLimit = Number.POSITIVE_INFINITY;
  readonly #onMessage: (message: ClientMessage) => void;
  #held: Buffer | undefined;
  #type = 0;
  #reset: ClientMessage['reset'] = 'none';
  #parts: Buffer[] = [];
  #length = 0;
  #cost = 0;
  #inMessage = false;

  constructor(limit: number, onMessage: (message: ClientMessage) => void) {
    this.limit = limit;
    this.#onMessage = onMessage;
  }

  /** @throws {TdsProtocolError} when the bytes aren't TDS packets or a message is too long */
  push(chunk: Buffer): void {
    const data = this.#held === undefined ? chunk : Buffer.concat([this.#held, chunk]);
    let position = 0;
    this.#held = undefined;
    while (position < data.length) {
      const type = data.readUInt8(position);
      if (!clientTypes.has(type)) throw new TdsProtocolError(`A packet of unknown type 0x${type.toString(16)} came.`);
      if (data.length - position < headerLength) break;
      const length = data.readUInt16BE(position + 2);
      if (length < headerLength || length > largestPacket) {
        throw new TdsProtocolError(
          `A packet of ${length} bytes came; packets have ${headerLength} to ${largestPacket}.`,
        );
      }
      if (data.length - position < length) break;
      const status = data.readUInt8(position + 1);
      this.#packet(type, status, data.subarray(position + headerLength, position + length));
      position += length;
    }
    if (position < data.length) this.#held = data.subarray(position);
  }

  #packet(type: number, status: number, payload: Buffer): void {
    if (type === PacketType.attention) {
      // An attention cancels a message that is still on its way as well.
      this.#forget();
      this.#onMessage({ type, payload, reset: 'none', ignored: false });
      return;
    }
    if (!this.#inMessage) {
      this.#inMessage = true;
      this.#type = type;
      this.#reset =
        (status & PacketStatus.resetKeepingTransaction) !== 0
          ? 'keep-transaction'
          : (status & PacketStatus.resetConnection) !== 0
            ? 'reset'
            : 'none';
    } else if (type !== this.#type) {
      throw new TdsProtocolError(`A packet of type 0x${type.toString(16)} came inside a message of another type.`);
    }
    this.#length += payload.length;
    this.#cost += Math.max(payload.length, leastPacketCost);
    if (this.#cost > this.limit) {
      throw new TdsProtocolError(`A message of more than ${this.limit} bytes came, which is more than is allowed.`);
    }
    if (this.#length > this.batchLimit && type === PacketType.sqlBatch) {
      throw new TdsProtocolError(
        `A batch of more than ${this.batchLimit} bytes came, which is ${batchPackets} times the network packet size.`,
      );
    }
    this.#parts.push(payload);
    if ((status & PacketStatus.endOfMessage) === 0) return;
    const [only] = this.#parts;
    const whole = only !== undefined && this.#parts.length === 1 ? only : Buffer.concat(this.#parts, this.#length);
    const message = {
      type,
      payload: whole,
      reset: this.#reset,
      ignored: (status & PacketStatus.ignore) !== 0,
    };
    this.#forget();
    this.#onMessage(message);
  }

  #forget(): void {
    this.#parts = [];
    this.#length = 0;
    this.#cost = 0;
    this.#inMessage = false;
  }
}

/**
 * Cuts `payload[start, end)` into packets with headers, in one new buffer.
 *
 * @param lastStatus status byte of the last packet; all others have 0
 */
export function framePackets(
  payload: Buffer,
  start: number,
  end: number,
  options: { type: number; packetSize: number; sessionId: number; firstPacketId: number; lastStatus: number },
): Buffer {
  const room = options.packetSize - headerLength;
  const count = Math.max(1, Math.ceil((end - start) / room));
  const framed = Buffer.allocUnsafe(end - start + count * headerLength);
  let from = start;
  let to = 0;
  for (let index = 0; index < count; index += 1) {
    const length = Math.min(room, end - from);
    const total = length + headerLength;
    framed[to] = options.type;
    framed[to + 1] = index === count - 1 ? options.lastStatus : 0;
    framed[to + 2] = total >>> 8;
    framed[to + 3] = total;
    framed[to + 4] = options.sessionId >>> 8;
    framed[to + 5] = options.sessionId;
    framed[to + 6] = options.firstPacketId + index;
    framed[to + 7] = 0;
    payload.copy(framed, to + headerLength, from, from + length);
    from += length;
    to += total;
  }
  return framed;
}
