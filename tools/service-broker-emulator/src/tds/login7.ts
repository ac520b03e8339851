import type { LoginRequest } from '../engine/session-contract.ts';
import { TdsProtocolError } from './errors.ts';

/** A decoded LOGIN7 message. */
export interface Login7 {
  readonly request: LoginRequest;
  /** As sent, for example 0x74000004. */
  readonly tdsVersion: number;
  /** Packet size the client asks for; 0 = the server's choice. */
  readonly packetSize: number;
  /** Windows authentication was asked for. */
  readonly integratedSecurity: boolean;
  /** Ids of the requested features, in order. */
  readonly features: readonly number[];
}

const fixedLength = 94;

/** Feature ids of the LOGIN7 extension (MS-TDS 2.2.6.4). */
export const LoginFeature = { federatedAuthentication: 0x02, utf8Support: 0x0a } as const;

/**
 * Decodes a LOGIN7 message.
 *
 * @throws {TdsProtocolError} when an offset or length points outside the message
 */
export function readLogin7(payload: Buffer): Login7 {
  if (payload.length < fixedLength || payload.readUInt32LE(0) > payload.length) throw brokenLogin();
  const flags2 = payload.readUInt8(25);
  const flags3 = payload.readUInt8(27);
  return {
    request: {
      hostName: readText(payload, 36),
      userName: readText(payload, 40),
      password: readPassword(payload, 44),
      ...((flags3 & 0x01) === 0 ? {} : { newPassword: readPassword(payload, 86) }),
      applicationName: readText(payload, 48),
      language: readText(payload, 64),
      database: readText(payload, 68),
      odbc: (flags2 & 0x02) !== 0,
    },
    tdsVersion: payload.readUInt32LE(4),
    packetSize: payload.readUInt32LE(8),
    integratedSecurity: (flags2 & 0x80) !== 0,
    features: (flags3 & 0x10) === 0 ? [] : readFeatures(payload),
  };
}

function slice(payload: Buffer, pairAt: number, unitSize: number): Buffer {
  const offset = payload.readUInt16LE(pairAt);
  const length = payload.readUInt16LE(pairAt + 2) * unitSize;
  if (length === 0) return Buffer.alloc(0);
  if (offset + length > payload.length) throw brokenLogin();
  return payload.subarray(offset, offset + length);
}

function readText(payload: Buffer, pairAt: number): string {
  return slice(payload, pairAt, 2).toString('utf16le');
}

/** Undoes the client's obfuscation: nibbles swapped, then XOR 0xA5. */
function readPassword(payload: Buffer, pairAt: number): string {
  const clear = Buffer.from(slice(payload, pairAt, 2));
  for (let i = 0; i < clear.length; i += 1) {
    const byte = clear.readUInt8(i) ^ 0xa5;
    clear.writeUInt8(((byte << 4) | (byte >> 4)) & 0xff, i);
  }
  return clear.toString('utf16le');
}

function readFeatures(payload: Buffer): number[] {
  const pointer = slice(payload, 56, 1);
  if (pointer.length < 4) throw brokenLogin();
  const features: number[] = [];
  let at = pointer.readUInt32LE(0);
  while (at < payload.length) {
    const id = payload.readUInt8(at);
    if (id === 0xff) return features;
    if (at + 5 > payload.length) break;
    features.push(id);
    at += 5 + payload.readUInt32LE(at + 1);
  }
  throw brokenLogin();
}

function brokenLogin(): TdsProtocolError {
  return new TdsProtocolError(
    'The login packet used to open the connection is structurally invalid; the connection has been closed. ' +
      'Please contact the vendor of the client library.',
    17832,
  );
}
