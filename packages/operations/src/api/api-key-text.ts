import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A key as it is shown once, and what is kept of it. */
export interface NewApiKey {
  /** The whole secret. */
  readonly key: string;
  readonly prefix: string;
  /** SHA-256, 32 bytes. */
  readonly hash: Buffer;
}

const prefixBytes = 6;
/** As many as a hash of SHA-256 has: guessing either is as hard. */
const secretBytes = 32;

const keyPattern = /^hk_(?<prefix>[0-9a-f]{12})_[\w-]{43}$/;

/** Makes a key: `hk_`, twelve digits that it is found by, and 256 random bits. */
export function newApiKey(): NewApiKey {
  const prefix = randomBytes(prefixBytes).toString('hex');
  const key = `hk_${prefix}_${randomBytes(secretBytes).toString('base64url')}`;
  return { key, prefix, hash: hashOf(key) };
}

/** The part of a key that it is found by; undefined for a text that isn't a key. */
export function apiKeyPrefix(key: string): string | undefined {
  return keyPattern.exec(key)?.groups?.prefix;
}

/** Whether a key is the one with this hash; takes as long for any other. */
export function isApiKey(key: string, hash: Uint8Array): boolean {
  const given = hashOf(key);
  return hash.length === given.length && timingSafeEqual(given, hash);
}

function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
