import { TdsProtocolError } from './errors.ts';
import { productVersion } from './product-version.ts';

/** Values of the ENCRYPTION option (MS-TDS 2.2.6.5). */
export const Encryption = { off: 0, on: 1, notSupported: 2, required: 3 } as const;

/** What the server side offers. */
export type EncryptionPolicy = 'none' | 'optional' | 'required';

/** What a connection does after the PRELOGIN exchange. */
export interface EncryptionAgreement {
  /** Byte of the answer. */
  readonly answer: number;
  /** Nothing encrypted, the LOGIN7 message only, or all that follows. */
  readonly scope: 'clear' | 'login-only' | 'session';
}

/**
 * What to answer to the client's ENCRYPTION byte. Mirroring the client is what all known drivers accept; where the
 * server requires encryption, a client that asked for none gets REQUIRED and decides itself.
 */
export function agreeOnEncryption(client: number, policy: EncryptionPolicy): EncryptionAgreement {
  if (policy === 'none') return { answer: Encryption.notSupported, scope: 'clear' };
  if (client === Encryption.on || client === Encryption.required) return { answer: Encryption.on, scope: 'session' };
  if (policy === 'required') return { answer: Encryption.required, scope: 'session' };
  if (client === Encryption.notSupported) return { answer: Encryption.notSupported, scope: 'clear' };
  return { answer: Encryption.off, scope: 'login-only' };
}

/**
 * The ENCRYPTION byte of a PRELOGIN message; OFF when the client sent none.
 *
 * @throws {TdsProtocolError} when the option list is broken
 */
export function readPreloginEncryption(payload: Buffer): number {
  for (let at = 0; at < payload.length; at += 5) {
    const token = payload.readUInt8(at);
    if (token === 0xff) return Encryption.off;
    if (at + 5 > payload.length) break;
    const offset = payload.readUInt16BE(at + 1);
    const length = payload.readUInt16BE(at + 3);
    if (offset + length > payload.length) break;
    if (token === 0x01) {
      if (length !== 1) break;
      return payload.readUInt8(offset);
    }
  }
  throw new TdsProtocolError('The PRELOGIN message is broken: its option list does not fit its length.');
}

/** The PRELOGIN answer: version, encryption, instance, thread id (empty) and MARS off, in the order all drivers take. */
export function preloginAnswer(encryption: number): Buffer {
  const version = Buffer.alloc(6);
  version.writeUInt8(productVersion.major, 0);
  version.writeUInt8(productVersion.minor, 1);
  version.writeUInt16BE(productVersion.build, 2);
  const options: readonly (readonly [number, Buffer])[] = [
    [0x00, version],
    [0x01, Buffer.of(encryption)],
    [0x02, Buffer.of(0)],
    [0x03, Buffer.alloc(0)],
    [0x04, Buffer.of(0)],
  ];
  const head = Buffer.alloc(options.length * 5 + 1);
  let offset = head.length;
  options.forEach(([token, data], index) => {
    head.writeUInt8(token, index * 5);
    head.writeUInt16BE(offset, index * 5 + 1);
    head.writeUInt16BE(data.length, index * 5 + 3);
    offset += data.length;
  });
  head.writeUInt8(0xff, head.length - 1);
  return Buffer.concat([head, ...options.map(([, data]) => data)]);
}
