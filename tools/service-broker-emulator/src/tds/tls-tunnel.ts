import { Duplex } from 'node:stream';
import { TdsProtocolError } from './errors.ts';
import { defaultPacket, framePackets, headerLength, largestPacket, PacketStatus, PacketType } from './packets.ts';

/** TLS record types: change cipher spec, alert, handshake, application data. */
const firstTlsRecord = 0x14;
const lastTlsRecord = 0x17;

/**
 * The stream that a TLSSocket runs over when TLS is inside TDS (MS-TDS 3.3.5.2): handshake records travel as payload of
 * PRELOGIN packets, later ones bare. The first byte from the client shows which it is, and answers go out
 * in the form the client used last; ODBC changes over in the middle of the handshake.
 */
export class TlsTunnel extends Duplex {
  readonly #send: (bytes: Buffer, done: (error?: Error | null) => void) => void;
  #wrapped = true;
  #held: Buffer | undefined;
  #flight: Buffer[] = [];
  #detached = false;

  /** @param send writes bytes to the network and calls back when they may be followed by more */
  constructor(send: (bytes: Buffer, done: (error?: Error | null) => void) => void) {
    super();
    this.#send = send;
  }

  /** From now on the stream leads nowhere: the connection went on in clear after an encrypted login. */
  detach(): void {
    this.#detached = true;
  }

  /** Takes bytes from the network. @throws {TdsProtocolError} when they are neither TLS records nor packets of them */
  receive(chunk: Buffer): void {
    if (!this.#wrapped) {
      this.push(chunk);
      return;
    }
    const data = this.#held === undefined ? chunk : Buffer.concat([this.#held, chunk]);
    this.#held = undefined;
    let position = 0;
    while (position < data.length) {
      const first = data.readUInt8(position);
      if (first >= firstTlsRecord && first <= lastTlsRecord) {
        this.#wrapped = false;
        this.push(data.subarray(position));
        return;
      }
      if (first !== PacketType.prelogin) throw new TdsProtocolError('The client broke off the TLS handshake.');
      if (data.length - position < headerLength) break;
      const length = data.readUInt16BE(position + 2);
      if (length < headerLength || length > largestPacket) {
        throw new TdsProtocolError('A packet of the TLS handshake has an impossible length.');
      }
      if (data.length - position < length) break;
      if (length > headerLength) this.push(data.subarray(position + headerLength, position + length));
      position += length;
    }
    if (position < data.length) this.#held = data.subarray(position);
  }

  override _read(): void {
    // Data is pushed as it comes from the network.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    if (this.#detached) {
      callback();
    } else if (this.#wrapped) {
      // All records of one flight must make one message, which is what tedious reads per flight of its own.
      if (this.#flight.length === 0) setImmediate(() => this.#sendFlight());
      this.#flight.push(chunk);
      callback();
    } else {
      this.#send(chunk, callback);
    }
  }

  override _final(callback: (error?: Error | null) => void): void {
    callback();
  }

  #sendFlight(): void {
    const payload = Buffer.concat(this.#flight);
    this.#flight = [];
    if (this.#detached) return;
    const framed = framePackets(payload, 0, payload.length, {
      type: PacketType.prelogin,
      packetSize: defaultPacket,
      sessionId: 0,
      firstPacketId: 1,
      lastStatus: PacketStatus.endOfMessage,
    });
    this.#send(framed, (error) => {
      if (error) this.destroy(error);
    });
  }
}
