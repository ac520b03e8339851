import type { ConfigurationSource } from '../configuration-source.ts';
import type { EnvironmentVariables } from '../environment-source.ts';
import { AzureIdentityError, AzureUnavailableError } from '../errors.ts';
import { AppConfigurationReader } from './app-configuration-reader.ts';
import { readAppConfigurationSources } from './app-configuration-source.ts';
import type { AzureOptions } from './azure-options.ts';
import { type AzureSettings, runbookSecretKeys } from './azure-settings.ts';
import { createCredential } from './credential.ts';
import { readKeyVaultSource } from './key-vault-source.ts';
import { LastGoodCache } from './last-good-cache.ts';
import { VaultReader } from './vault-reader.ts';

/** What {@link readAzureSources} works with. */
export interface AzureContext {
  readonly settings: AzureSettings;
  readonly environment: string;
  readonly env: EnvironmentVariables;
  readonly options: AzureOptions;
}

/**
 * Reads what the settings ask for, lowest precedence first: App Configuration without label, with the environment's
 * label, Key Vault. With Azure:LastGoodCache the values of last time stand in while Azure is away; never when it
 * refuses: a right that was taken away counts at once.
 *
 * @throws AzureUnavailableError, AzureIdentityError, AzureAccessError
 */
export async function readAzureSources(context: AzureContext): Promise<readonly ConfigurationSource[]> {
  const cache = LastGoodCache.of(context.settings, context.environment);
  let sources: readonly ConfigurationSource[];
  try {
    sources = await readWithin(context);
  } catch (error) {
    const isAway = error instanceof AzureUnavailableError || error instanceof AzureIdentityError;
    if (!isAway || cache === undefined) throw error;
    const remembered = await cache.load(error.message);
    if (typeof remembered !== 'string') return remembered;
    // The outage is what a caller acts on; why the cache didn't help belongs to its story.
    error.message += ` It did not this time: ${remembered}.`;
    throw error;
  }
  const isWhole = sources.every(({ problems }) => problems.length === 0);
  const warning = isWhole ? await cache?.save(sources) : undefined;
  const [first, ...rest] = sources;
  if (warning === undefined || first === undefined) return sources;
  return [{ ...first, warnings: [warning] }, ...rest];
}

async function readWithin({
  settings,
  environment,
  env,
  options,
}: AzureContext): Promise<readonly ConfigurationSource[]> {
  const { Azure, AzureAppConfiguration, KeyVault } = settings;
  const deadline = AbortSignal.timeout(Azure.TimeoutSeconds * 1_000);
  const signal = options.signal === undefined ? deadline : AbortSignal.any([options.signal, deadline]);
  const service = AzureAppConfiguration.Enabled ? 'App Configuration' : 'Key Vault';
  const work = async (): Promise<readonly ConfigurationSource[]> => {
    const credential = await createCredential(settings, env, options);
    const vaults = new VaultReader(settings, credential, options, signal);
    const reading: Promise<readonly ConfigurationSource[]>[] = [];
    if (AzureAppConfiguration.Enabled) {
      const reader = await AppConfigurationReader.connect(settings, credential, environment, options);
      reading.push(readAppConfigurationSources(settings, reader, vaults, signal));
    }
    if (KeyVault.Enabled && KeyVault.VaultUri !== undefined) {
      const secretKeys = { ...(options.secretKeys ?? runbookSecretKeys), ...KeyVault.SecretKeys };
      reading.push(readKeyVaultSource(KeyVault.VaultUri, secretKeys, vaults).then((source) => [source]));
    }
    return (await Promise.all(reading)).flat();
  };
  try {
    return await orAborted(work(), signal);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!deadline.aborted) throw error;
    const address = (AzureAppConfiguration.Enabled ? AzureAppConfiguration.Endpoint : KeyVault.VaultUri) ?? '';
    throw new AzureUnavailableError(
      service,
      address,
      `not everything was read within ${Azure.TimeoutSeconds} s (Azure:TimeoutSeconds)`,
      error,
    );
  }
}

/** The result of `work`, or the signal's reason: not all of the SDKs' waits end with the signal. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
