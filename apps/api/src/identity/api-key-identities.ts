import type { BrokerClient } from '@hartonomous/broker-client';
import { checkApiKey } from '@hartonomous/operations';
import type { Identity } from './identity.ts';

/** Most keys that are remembered; a flood of made-up ones isn't remembered at all. */
const maxRemembered = 1_000;

/** Finds who an API key belongs to, and remembers it for a while. */
export class ApiKeyIdentities {
  readonly #client: BrokerClient;
  readonly #rememberMs: number;
  readonly #known = new Map<string, { readonly identity: Identity; readonly until: number }>();

  /** @param rememberMs milliseconds that a key is trusted without asking SQL again, also one that is revoked meanwhile */
  constructor(client: BrokerClient, rememberMs: number) {
    this.#client = client;
    this.#rememberMs = rememberMs;
  }

  /** @returns undefined for a key that isn't valid @throws BrokerError */
  async find(key: string, signal: AbortSignal): Promise<Identity | undefined> {
    const known = this.#known.get(key);
    if (known !== undefined && known.until > performance.now()) return known.identity;
    this.#known.delete(key);
    const found = await checkApiKey(this.#client, key, { signal });
    if (found === undefined) return undefined;
    const identity = { tenantId: found.tenantId, role: found.role, subject: `api-key:${found.id}` };
    // It may expire before it would be forgotten.
    const untilExpiry = (found.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY) - Date.now();
    const oldest = this.#known.keys().next().value;
    if (this.#known.size >= maxRemembered && oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(key, { identity, until: performance.now() + Math.min(this.#rememberMs, untilExpiry) });
    return identity;
  }
}
