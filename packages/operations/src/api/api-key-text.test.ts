import { expect, test } from 'vitest';
import { apiKeyPrefix, isApiKey, newApiKey } from './api-key-text.ts';

test('a new key is found by its prefix and known by its hash, and no other key is', () => {
  const { key, prefix, hash } = newApiKey();
  expect(apiKeyPrefix(key)).toBe(prefix);
  expect(hash).toHaveLength(32);
  expect(isApiKey(key, hash)).toBe(true);
  expect(isApiKey(`${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`, hash)).toBe(false);
  expect(isApiKey(key, hash.subarray(1))).toBe(false);
  expect(newApiKey().key).not.toBe(key);
});

test.each(['', 'hk_', 'hk_0123456789ab_short', 'eyJhbGciOiJSUzI1NiJ9.e30.c2ln', `HK_0123456789ab_${'a'.repeat(43)}`])(
  '%j is not a key',
  (text) => {
    expect(apiKeyPrefix(text)).toBeUndefined();
  },
);
