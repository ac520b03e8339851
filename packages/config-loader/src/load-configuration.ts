import { join } from 'node:path';
import type { z } from 'zod';
import type { AzureOptions } from './azure/azure-options.ts';
import { type AzureSettings, azureSettingsSchema } from './azure/azure-settings.ts';
import { bindConfiguration } from './bind.ts';
import { commandLineSource } from './command-line-source.ts';
import { Configuration } from './configuration.ts';
import type { ConfigurationSource } from './configuration-source.ts';
import { readCredentialsSource } from './credentials-source.ts';
import { chooseEnvironment, describeEnvironment, type EnvironmentChoice } from './environment-choice.ts';
import { readEnvironmentFile } from './environment-file.ts';
import { type EnvironmentVariables, environmentSource } from './environment-source.ts';
import { ConfigLoaderError, ConfigurationError } from './errors.ts';
import { readJsonSource } from './json-source.ts';

/** Options of {@link loadConfiguration} and {@link readConfiguration}. */
export interface LoadOptions {
  /** Folder of the appsettings files. @default the working directory */
  readonly folder?: string;
  /** @default process.env */
  readonly env?: EnvironmentVariables;
  /** Command line arguments without node and script. @default none */
  readonly args?: readonly string[];
  /** Environment name; picks `appsettings.{environment}.json`. @default see {@link chooseEnvironment} */
  readonly environment?: string;
  /** Sources below the appsettings files: an app's own defaults. */
  readonly before?: readonly ConfigurationSource[];
  /** Sources above the environment variables and credentials, below App Configuration and Key Vault. */
  readonly between?: readonly ConfigurationSource[];
  /** How Azure is read where the settings enable it; false: not at all. */
  readonly azure?: AzureOptions | false;
}

/** A configuration with its typed form. */
export interface LoadedConfiguration<T> {
  /** Typed and deeply frozen. */
  readonly settings: T;
  /** Where everything came from. */
  readonly configuration: Configuration;
}

/** The sources below and above Azure, and what they say about Azure. */
interface LocalSources {
  readonly environment: EnvironmentChoice;
  readonly below: readonly ConfigurationSource[];
  readonly commandLine: ConfigurationSource;
}

/**
 * Reads the sources in .NET's order, lowest precedence first: `appsettings.json`, `appsettings.{environment}.json`,
 * environment variables, credentials of systemd, `between`, App Configuration, Key Vault, command line. The two in Azure are read where the
 * other sources enable them (`AzureAppConfiguration:Enabled`, `KeyVault:Enabled`), and only then their SDKs are loaded.
 * Problems of a source, wrong Azure settings among them, are kept in it and reported by the binding.
 *
 * @throws AzureUnavailableError, AzureIdentityError, AzureAccessError when Azure is enabled and can't be read
 * @throws AzurePackageMissingError when Azure is enabled and a package for it isn't installed
 */
export async function readConfiguration(options: LoadOptions = {}): Promise<Configuration> {
  const { env = process.env, azure = {} } = options;
  const local = await readLocalSources(options);
  const { environment, below, commandLine } = local;
  const note = describeEnvironment(environment);
  const withAzure = (sources: readonly ConfigurationSource[]) =>
    new Configuration(environment.name, [...below, ...sources, commandLine], note);
  if (azure === false) return withAzure([]);
  const settings = azureSettingsOf(local);
  if (settings instanceof ConfigurationError) {
    const { problems } = settings;
    return withAzure([{ kind: 'other', name: 'Azure (wrong settings)', entries: [], problems }]);
  }
  if (!settings.AzureAppConfiguration.Enabled && !settings.KeyVault.Enabled) return withAzure([]);
  const { readAzureSources } = await import('./azure/azure-sources.ts');
  try {
    return withAzure(await readAzureSources({ settings, environment: environment.name, env, options: azure }));
  } catch (error) {
    // If Azure was not meant to be read at all, the environment is wrong.
    if (error instanceof ConfigLoaderError) error.message += ` ${note}`;
    throw error;
  }
}

/** What the sources besides Azure say about Azure; no settings when they are wrong. */
export async function readAzureSettings(
  options: LoadOptions,
): Promise<{ readonly environment: string; readonly settings: AzureSettings | undefined }> {
  const local = await readLocalSources(options);
  const settings = azureSettingsOf(local);
  return {
    environment: local.environment.name,
    settings: settings instanceof ConfigurationError ? undefined : settings,
  };
}

async function readLocalSources(options: LoadOptions): Promise<LocalSources> {
  const { folder = process.cwd(), env = process.env, args = [], before = [], between = [] } = options;
  const commandLine = commandLineSource(args);
  const environment = chooseEnvironment(env, commandLine, options.environment);
  const [shared, own, credentials] = await Promise.all([
    readJsonSource(join(folder, 'appsettings.json')),
    readEnvironmentFile(folder, environment),
    readCredentialsSource(env),
  ]);
  const below = [...before, shared, own, environmentSource(env), credentials, ...between];
  return { environment, below, commandLine };
}

function azureSettingsOf({ environment, below, commandLine }: LocalSources): AzureSettings | ConfigurationError {
  // The sources' own problems are reported with all others; here only what is wrong with the Azure settings counts.
  const sources = [...below, commandLine].map((source) => ({ ...source, problems: [] }));
  try {
    return bindConfiguration(new Configuration(environment.name, sources), azureSettingsSchema);
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
}

/**
 * Reads the configuration and checks it against a schema.
 *
 * @param schema a zod object; see {@link bindConfiguration} for how text becomes what it asks for
 * @throws ConfigurationError with every problem at once
 * @throws AzureUnavailableError, AzureIdentityError, AzureAccessError when Azure is enabled and can't be read
 */
export async function loadConfiguration<Schema extends z.ZodType>(
  schema: Schema,
  options: LoadOptions = {},
): Promise<LoadedConfiguration<z.output<Schema>>> {
  const configuration = await readConfiguration(options);
  return { settings: bindConfiguration(configuration, schema), configuration };
}
