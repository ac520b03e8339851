import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { FoundApiKey } from '@hartonomous/operations';
import { expect, test } from 'vitest';
import { ApiKeyIdentities, type ApiKeyStore } from './api-key-identities.ts';

const signal = AbortSignal.timeout(60_000);
const newKey = (prefix = randomBytes(6).toString('hex')) => `hk_${prefix}_${randomBytes(32).toString('base64url')}`;
const prefixOf = (key: string) => key.slice(3, 15);

/** Keys as a database has them, and how often it is asked. */
class Keys implements ApiKeyStore {
  readonly asked = { prefixes: 0, find: 0, noteUse: 0 };
  readonly #keys = new Map<
    string,
    { readonly text: string; readonly id: number; expiresAt: Date | null; isRevoked: boolean }
  >();

  add(text: string, expiresAt: Date | null = null): string {
    this.#keys.set(prefixOf(text), { text, id: this.#keys.size + 1, expiresAt, isRevoked: false });
    return text;
  }
  revoke(text: string): void {
    const key = this.#keys.get(prefixOf(text));
    if (key !== undefined) key.isRevoked = true;
  }
  async prefixes(): Promise<readonly string[]> {
    this.asked.prefixes += 1;
    return [...this.#keys.keys()];
  }
  async find(prefix: string): Promise<FoundApiKey | undefined> {
    this.asked.find += 1;
    await pause(5);
    const key = this.#keys.get(prefix);
    if (key === undefined || key.isRevoked || (key.expiresAt?.getTime() ?? Infinity) <= Date.now()) return undefined;
    const never = { createdAt: new Date(), createdBy: 'test', lastUsedAt: null, revokedAt: null };
    return {
      ...{ ...never, id: key.id, prefix, name: 'a key', tenantId: 7, role: 'viewer', expiresAt: key.expiresAt },
      matches: (text) => text === key.text,
    };
  }
  async noteUse(): Promise<void> {
    this.asked.noteUse += 1;
  }
}

test('a key is found, remembered, and asked for again after its time', async () => {
  const keys = new Keys();
  const key = keys.add(newKey());
  const identities = new ApiKeyIdentities(keys, 200);
  const identity = { tenantId: 7, role: 'viewer', subject: 'api-key:1' };
  for (let again = 0; again < 10; again += 1) expect(await identities.find(key, signal)).toEqual(identity);
  expect(keys.asked).toEqual({ prefixes: 1, find: 1, noteUse: 1 });
  keys.revoke(key);
  expect(await identities.find(key, signal)).toEqual(identity);
  await expect.poll(() => identities.find(key, signal), { timeout: 2_000 }).toBeUndefined();
  expect(keys.asked.noteUse).toBe(1);
});

test('where nothing is remembered, a key that is revoked is refused at once', async () => {
  const keys = new Keys();
  const key = keys.add(newKey());
  const identities = new ApiKeyIdentities(keys, 0);
  expect(await identities.find(key, signal)).toMatchObject({ tenantId: 7 });
  expect(await identities.find(key, signal)).toMatchObject({ tenantId: 7 });
  expect(keys.asked.find).toBe(2);
  keys.revoke(key);
  expect(await identities.find(key, signal)).toBeUndefined();
});

test('a key that expires is not remembered beyond that', async () => {
  const keys = new Keys();
  const key = keys.add(newKey(), new Date(Date.now() + 150));
  const identities = new ApiKeyIdentities(keys, 60_000);
  expect(await identities.find(key, signal)).toMatchObject({ tenantId: 7 });
  await pause(200);
  expect(await identities.find(key, signal)).toBeUndefined();
});

test('ten thousand guesses cost a few reads, and neither a key that is known nor a new one waits long', async () => {
  const keys = new Keys();
  const known = keys.add(newKey());
  const identities = new ApiKeyIdentities(keys, 5_000);
  expect(await identities.find(known, signal)).toBeDefined();
  const startedAt = performance.now();
  let refused = 0;
  for (let round = 0; round < 10; round += 1) {
    const guesses = Array.from({ length: 1_000 }, () => identities.find(newKey(), signal));
    const added = keys.add(newKey());
    expect(await identities.find(known, signal)).toBeDefined();
    for (const outcome of await Promise.allSettled(guesses)) {
      if (outcome.status === 'fulfilled') expect(outcome.value).toBeUndefined();
      refused += 1;
    }
    expect(await identities.find(added, signal)).toBeDefined();
  }
  expect(refused).toBe(10_000);
  const seconds = (performance.now() - startedAt) / 1_000;
  expect(keys.asked.find).toBe(11);
  expect(keys.asked.prefixes).toBeLessThanOrEqual(2 + seconds * 2);
  expect(await identities.find('hk_nonsense', signal)).toBeUndefined();
});

test('who knows the prefix of a key, or has a revoked one, has nobody asked for each request', async () => {
  const keys = new Keys();
  const valid = keys.add(newKey());
  const revoked = keys.add(newKey());
  keys.revoke(revoked);
  const identities = new ApiKeyIdentities(keys, 60_000);
  const together = Array.from({ length: 100 }, () => identities.find(newKey(prefixOf(valid)), signal));
  expect(new Set(await Promise.all(together))).toEqual(new Set([undefined]));
  expect(keys.asked.find).toBe(1);
  for (let again = 0; again < 1_000; again += 1) {
    expect(await identities.find(newKey(prefixOf(valid)), signal)).toBeUndefined();
    expect(await identities.find(revoked, signal)).toBeUndefined();
    expect(await identities.find(valid, signal)).toBeDefined();
  }
  expect(keys.asked.find).toBeLessThan(20);
});
