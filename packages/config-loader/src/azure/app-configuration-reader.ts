import type { AppConfigurationClient, ConfigurationSetting } from '@azure/app-configuration';
import { given } from '../given.ts';
import { azureFailure, restErrorOf } from './azure-failure.ts';
import type { AzureOptions } from './azure-options.ts';
import { azurePackage } from './azure-package.ts';
import type { AzureSettings } from './azure-settings.ts';
import type { TokenCredential } from './token-credential.ts';

/** Stands for "no label" in label filters. */
const noLabel = '\0';

/** Reads key-values of one App Configuration store, and detects changes. */
export class AppConfigurationReader {
  /** Labels to read, lowest precedence first; `null`: without label. */
  readonly labels: readonly (string | null)[];
  readonly #settings: AzureSettings;
  readonly #client: AppConfigurationClient;

  private constructor(settings: AzureSettings, client: AppConfigurationClient, environment: string) {
    this.#settings = settings;
    this.#client = client;
    this.labels = [null, settings.AzureAppConfiguration.Label ?? environment];
  }

  static async connect(
    settings: AzureSettings,
    credential: TokenCredential,
    environment: string,
    { ca }: AzureOptions,
  ): Promise<AppConfigurationReader> {
    const { AppConfigurationClient } = await azurePackage(
      '@azure/app-configuration',
      () => import('@azure/app-configuration'),
    );
    const { Azure, AzureAppConfiguration } = settings;
    const client = new AppConfigurationClient(AzureAppConfiguration.Endpoint ?? '', credential, {
      retryOptions: { maxRetries: Azure.MaxRetries, retryDelayInMs: Azure.RetryDelayMs },
      ...(ca === undefined ? {} : { tlsOptions: { ca } }),
    });
    return new AppConfigurationReader(settings, client, environment);
  }

  get host(): string {
    return new URL(this.#endpoint).host;
  }

  get #endpoint(): string {
    return this.#settings.AzureAppConfiguration.Endpoint ?? '';
  }

  /** All key-values with the prefix and this label. */
  async list(label: string | null, signal?: AbortSignal): Promise<readonly ConfigurationSetting[]> {
    const found: ConfigurationSetting[] = [];
    await this.#translated(signal, async () => {
      for await (const setting of this.#client.listConfigurationSettings({
        ...this.#selector(label),
        ...given('abortSignal', signal),
      })) {
        found.push(setting);
      }
    });
    return found;
  }

  /**
   * A text that changes when the settings change: the ETags of the sentinel, or without one those of all pages.
   * Comparing whole texts notices deletions too.
   */
  async version(signal?: AbortSignal): Promise<string> {
    const { Sentinel, KeyPrefix } = this.#settings.AzureAppConfiguration;
    const etags = await Promise.all(
      this.labels.map((label) =>
        Sentinel === undefined ? this.#pageEtags(label, signal) : this.#etag(KeyPrefix + Sentinel, label, signal),
      ),
    );
    return JSON.stringify(etags);
  }

  async #etag(key: string, label: string | null, signal: AbortSignal | undefined): Promise<string | null> {
    return await this.#translated(signal, async () => {
      try {
        const id = { key, ...(label === null ? {} : { label }) };
        const { etag } = await this.#client.getConfigurationSetting(id, given('abortSignal', signal));
        return etag ?? null;
      } catch (error) {
        // A sentinel that isn't there (yet) is a state like others.
        if (restErrorOf(error).status === 404) return null;
        throw error;
      }
    });
  }

  async #pageEtags(label: string | null, signal: AbortSignal | undefined): Promise<readonly (string | undefined)[]> {
    const etags: (string | undefined)[] = [];
    await this.#translated(signal, async () => {
      const pages = this.#client
        .listConfigurationSettings({ ...this.#selector(label), ...given('abortSignal', signal) })
        .byPage();
      for await (const { etag } of pages) etags.push(etag);
    });
    return etags;
  }

  #selector(label: string | null): { readonly keyFilter: string; readonly labelFilter: string } {
    const { KeyPrefix } = this.#settings.AzureAppConfiguration;
    return { keyFilter: `${escapeFilter(KeyPrefix)}*`, labelFilter: label === null ? noLabel : escapeFilter(label) };
  }

  async #translated<T>(signal: AbortSignal | undefined, action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      if (signal?.aborted === true) throw error;
      const { UseManagedIdentity: useManagedIdentity } = this.#settings.Azure;
      throw azureFailure(error, { service: 'App Configuration', address: this.#endpoint, useManagedIdentity });
    }
  }
}

function escapeFilter(text: string): string {
  return text.replace(/[\\*,]/g, '\\$&');
}
