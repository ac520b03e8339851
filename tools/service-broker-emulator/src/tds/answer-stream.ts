import { ByteWriter } from './byte-writer.ts';
import { defaultPacket, framePackets, headerLength, PacketStatus, PacketType } from './packets.ts';

/**
 * Bytes of tokens that are collected before full packets go out. Smaller means more system calls per result set; larger
 * delays the first rows and lets each of many connections hold more memory.
 */
const flushAt = 32 * 1024;
/** A little more than `flushAt`, so that common rows never make the buffer grow. */
const capacity = flushAt + 16 * 1024;
/** A buffer grown beyond this by one huge value is given back after the answer. */
const largestKept = 1024 * 1024;

/** Collects the tokens of one connection's answers and sends them as packets of the agreed size, one write per flush. */
export class AnswerStream {
  out = new ByteWriter(capacity);
  /** Agreed packet size in bytes, header included. */
  packetSize = defaultPacket;
  /** @@SPID for the packet headers. */
  sessionId = 0;
  readonly #send: (packets: Buffer) => void;
  #packetId = 1;

  /** @param send takes whole packets, to be written at once */
  constructor(send: (packets: Buffer) => void) {
    this.#send = send;
  }

  /** Sends the full packets there are when enough has been collected. Call it only between two tokens. */
  flushIfFull(): void {
    const { out } = this;
    if (out.position < flushAt) return;
    const room = this.packetSize - headerLength;
    const sent = Math.floor(out.position / room) * room;
    if (sent === 0) return;
    this.#frame(sent, 0);
    out.buffer.copyWithin(0, sent, out.position);
    out.position -= sent;
  }

  /** Sends the rest with the end-of-message bit. */
  endMessage(): void {
    this.#frame(this.out.position, PacketStatus.endOfMessage);
    this.out.position = 0;
    this.#packetId = 1;
    if (this.out.buffer.length > largestKept) this.out = new ByteWriter(capacity);
  }

  #frame(end: number, lastStatus: number): void {
    const framed = framePackets(this.out.buffer, 0, end, {
      type: PacketType.answer,
      packetSize: this.packetSize,
      sessionId: this.sessionId,
      firstPacketId: this.#packetId,
      lastStatus,
    });
    this.#packetId = (this.#packetId + Math.max(1, Math.ceil(end / (this.packetSize - headerLength)))) & 0xff;
    this.#send(framed);
  }
}
