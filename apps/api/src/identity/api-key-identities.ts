import type { BrokerClient } from '@hartonomous/broker-client';
import { apiKeyPrefix, apiKeyPrefixes, type FoundApiKey, findApiKey, noteApiKeyUse } from '@hartonomous/operations';
import { ApiKeyPrefixes, type ApiKeyPrefixesOptions } from './api-key-prefixes.ts';
import type { Identity } from './identity.ts';

/** Most keys that are remembered; only those that are in the database ever are. */
const maxRemembered = 10_000;
/**
 * Milliseconds that it is remembered what a prefix has in the database, for keys that don't fit it: who knows the prefix of a key, which
 * isn't secret, or has one that was revoked, can't have SQL asked for each request.
 */
const refusedMs = 1_000;

/** Where keys are. */
export interface ApiKeyStore {
  /** Of all keys. */
  prefixes(): Promise<readonly string[]>;
  /** undefined: it is revoked, expired, or gone. */
  find(prefix: string): Promise<FoundApiKey | undefined>;
  noteUse(id: number, signal: AbortSignal): Promise<void>;
}

/** The keys of a database. */
export function apiKeysOf(client: BrokerClient): ApiKeyStore {
  return {
    // Neither is for one request alone, which may be given up.
    prefixes: () => apiKeyPrefixes(client, {}),
    find: (prefix) => findApiKey(client, prefix, {}),
    noteUse: (id, signal) => noteApiKeyUse(client, id, { signal }),
  };
}

/** What was found under a prefix. */
interface Look {
  /** undefined: revoked, expired, or gone. */
  readonly key: FoundApiKey | undefined;
  readonly at: number;
  /** Whether it was noted that the key is used. */
  isNoted: boolean;
}

/** Finds who an API key belongs to, and remembers it for a while. */
export class ApiKeyIdentities {
  readonly #keys: ApiKeyStore;
  readonly #rememberMs: number;
  readonly #prefixes: ApiKeyPrefixes;
  readonly #looks = new Map<string, Look>();
  /** Looks under way: one for all who ask for the same prefix. */
  readonly #looking = new Map<string, Promise<Look>>();

  /** @param rememberMs milliseconds that a key is trusted without asking SQL again, also one that is revoked meanwhile */
  constructor(keys: ApiKeyStore, rememberMs: number, options: ApiKeyPrefixesOptions = {}) {
    this.#keys = keys;
    this.#rememberMs = rememberMs;
    this.#prefixes = new ApiKeyPrefixes(() => keys.prefixes(), options);
  }

  /** @returns undefined for a key that isn't valid @throws BrokerError, BusyError */
  async find(text: string, signal: AbortSignal): Promise<Identity | undefined> {
    const prefix = apiKeyPrefix(text);
    if (prefix === undefined) return undefined;
    const known = this.#looks.get(prefix);
    if (known !== undefined) {
      const ageMs = performance.now() - known.at;
      const fits = known.key?.matches(text) === true;
      if (fits && ageMs < this.#rememberMs && !isExpired(known.key)) return await this.#identityOf(known, signal);
      if (!fits && ageMs < refusedMs) return undefined;
    }
    if (!(await this.#prefixes.has(prefix))) return undefined;
    const look = await this.#look(prefix);
    return look.key?.matches(text) === true ? await this.#identityOf(look, signal) : undefined;
  }

  async #identityOf(look: Look, signal: AbortSignal): Promise<Identity | undefined> {
    if (look.key === undefined) return undefined;
    const { id, tenantId, role } = look.key;
    if (!look.isNoted) {
      look.isNoted = true;
      await this.#keys.noteUse(id, signal);
    }
    return { tenantId, role, subject: `api-key:${id}` };
  }

  #look(prefix: string): Promise<Look> {
    const underWay = this.#looking.get(prefix);
    if (underWay !== undefined) return underWay;
    const looking = this.#lookNow(prefix).finally(() => this.#looking.delete(prefix));
    this.#looking.set(prefix, looking);
    return looking;
  }

  async #lookNow(prefix: string): Promise<Look> {
    const at = performance.now();
    const look = { key: await this.#keys.find(prefix), at, isNoted: false };
    this.#looks.delete(prefix);
    const oldest = this.#looks.keys().next().value;
    if (this.#looks.size >= maxRemembered && oldest !== undefined) this.#looks.delete(oldest);
    this.#looks.set(prefix, look);
    return look;
  }
}

/** It may expire before it would be forgotten. */
function isExpired(key: FoundApiKey | undefined): boolean {
  return key?.expiresAt != null && key.expiresAt.getTime() <= Date.now();
}
