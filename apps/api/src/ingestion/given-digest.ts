import { DigestMismatchError, InvalidRequestError } from '../errors.ts';

const sha256Bytes = 32;

/**
 * The SHA-256 that a request gives for its bytes, in `Repr-Digest` or `Content-Digest` (RFC 9530): `sha-256=:BASE64:`.
 *
 * @returns undefined where neither header is there
 * @throws InvalidRequestError for a header without a SHA-256: what was to be checked would not be
 */
export function givenDigest(header: (name: string) => string | undefined): Buffer | undefined {
  for (const name of ['Repr-Digest', 'Content-Digest']) {
    const value = header(name);
    if (value === undefined) continue;
    const base64 = /(?:^|,)\s*sha-256=:(?<base64>[A-Za-z0-9+/]{43}=):/.exec(value)?.groups?.base64;
    const digest = Buffer.from(base64 ?? '', 'base64');
    if (digest.length === sha256Bytes) return digest;
    const detail = 'must have a SHA-256, as in sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:';
    throw new InvalidRequestError([{ in: 'header', pointer: `/${name}`, detail }]);
  }
  return undefined;
}

/** @throws DigestMismatchError */
export function checkDigest(given: Buffer | undefined, found: Buffer): void {
  if (given !== undefined && !given.equals(found)) throw new DigestMismatchError(found.toString('hex'));
}
