import type { SecretClient } from '@azure/keyvault-secrets';
import { z } from 'zod';
import { given } from '../given.ts';
import { azureFailure, restErrorOf } from './azure-failure.ts';
import type { AzureOptions } from './azure-options.ts';
import { azurePackage } from './azure-package.ts';
import type { AzureSettings } from './azure-settings.ts';
import type { TokenCredential } from './token-credential.ts';

/**
 * Secrets read at a time. Too few: a vault of fifty costs seconds. Too many: services that start together come near the limit of their
 * vault.
 */
export const secretsAtATime = 8;

/** A secret that can't be had although its vault answers, and why. */
export interface UnreadableSecret {
  readonly reason: string;
}

/** Reads secrets of vaults, each secret once. */
export class VaultReader {
  readonly #settings: AzureSettings;
  readonly #credential: TokenCredential;
  readonly #options: AzureOptions;
  readonly #signal: AbortSignal;
  readonly #clients = new Map<string, Promise<SecretClient>>();
  readonly #secrets = new Map<string, Promise<string | UnreadableSecret>>();

  constructor(settings: AzureSettings, credential: TokenCredential, options: AzureOptions, signal: AbortSignal) {
    this.#settings = settings;
    this.#credential = credential;
    this.#options = options;
    this.#signal = signal;
  }

  /** Names of a vault's enabled secrets. */
  async names(vault: string): Promise<readonly string[]> {
    const client = await this.#client(vault);
    const names: string[] = [];
    await this.#translated(vault, async () => {
      for await (const { name, enabled } of client.listPropertiesOfSecrets({ abortSignal: this.#signal })) {
        if (enabled !== false) names.push(name);
      }
    });
    return names;
  }

  /** The value of a secret, of its latest version where none is given. */
  read(vault: string, name: string, version?: string): Promise<string | UnreadableSecret> {
    const id = JSON.stringify([vault, name.toLowerCase(), version]);
    const reading = this.#secrets.get(id) ?? this.#read(vault, name, version);
    this.#secrets.set(id, reading);
    return reading;
  }

  async #read(vault: string, name: string, version: string | undefined): Promise<string | UnreadableSecret> {
    const client = await this.#client(vault);
    return await this.#translated(vault, async () => {
      try {
        const { value } = await client.getSecret(name, { abortSignal: this.#signal, ...given('version', version) });
        return value ?? { reason: 'the secret has no value' };
      } catch (error) {
        const { status } = restErrorOf(error);
        if (status === 404) return { reason: 'there is no such secret' };
        if (status === 403 && isDisabled(error)) return { reason: 'the secret is disabled' };
        throw error;
      }
    });
  }

  async #translated<T>(vault: string, action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      if (this.#signal.aborted) throw error;
      const { UseManagedIdentity: useManagedIdentity } = this.#settings.Azure;
      throw azureFailure(error, { service: 'Key Vault', address: vault, useManagedIdentity });
    }
  }

  #client(vault: string): Promise<SecretClient> {
    const client = this.#clients.get(vault) ?? this.#connect(vault);
    this.#clients.set(vault, client);
    return client;
  }

  async #connect(vault: string): Promise<SecretClient> {
    const { SecretClient } = await azurePackage('@azure/keyvault-secrets', () => import('@azure/keyvault-secrets'));
    const { Azure, KeyVault } = this.#settings;
    const { ca } = this.#options;
    return new SecretClient(vault, this.#credential, {
      disableChallengeResourceVerification: !KeyVault.VerifyChallengeResource,
      retryOptions: { maxRetries: Azure.MaxRetries, retryDelayInMs: Azure.RetryDelayMs },
      ...(ca === undefined ? {} : { tlsOptions: { ca } }),
    });
  }
}

/** What the SDK hangs on its errors: the body of the answer, `innererror` in its own spelling. */
const disabledSchema = z.object({
  details: z.object({ error: z.object({ innerError: z.object({ code: z.literal('SecretDisabled') }) }) }),
});

/** Key Vault says "disabled" and "no role" with the same status and code; only the inner code differs. */
function isDisabled(error: unknown): boolean {
  return disabledSchema.safeParse(error).success;
}
