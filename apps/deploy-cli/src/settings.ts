import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  bindConfiguration,
  type Configuration,
  type EnvironmentVariables,
  programFolder,
  readConfiguration,
} from '@hartonomous/config-loader';
import type { z } from 'zod';
import { UsageError } from './errors.ts';

/** Where settings come from besides the environment; the names are those of the command line's options. */
export interface SettingsOptions {
  /** Folder of the appsettings files. */
  readonly config?: string | undefined;
  /** Instead of DOTNET_ENVIRONMENT. */
  readonly environment?: string | undefined;
  readonly connectionString?: string | undefined;
  readonly neo4jUri?: string | undefined;
  readonly neo4jUser?: string | undefined;
  readonly neo4jPassword?: string | undefined;
  readonly database?: string | undefined;
  /** Leaves App Configuration and Key Vault out. */
  readonly offline?: boolean | undefined;
}

/** The settings of a run, checked part by part: a command asks only for what it uses. */
export class Settings {
  /** Where everything came from. */
  readonly configuration: Configuration;

  constructor(configuration: Configuration) {
    this.configuration = configuration;
  }

  /** @throws ConfigurationError with every problem of this part */
  get<Schema extends z.ZodType>(schema: Schema): z.output<Schema> {
    return bindConfiguration(this.configuration, schema);
  }
}

/** This app's own folder. */
const appFolder = fileURLToPath(programFolder(import.meta.url));

/**
 * Reads the settings: appsettings files, above them environment variables, App Configuration and Key Vault where
 * they are enabled, above all options of the command line. The
 * files are in `config`, else in the working directory, else the ones that come with this app (for development).
 *
 * @throws UsageError when `config` has no appsettings.json
 * @throws AzureUnavailableError, AzureIdentityError, AzureAccessError when Azure is enabled and can't be read
 */
export async function readSettings(options: SettingsOptions, env: EnvironmentVariables): Promise<Settings> {
  const given: [string, string | undefined][] = [
    ['ConnectionStrings:HartonomousDb', options.connectionString],
    ['Neo4j:Uri', options.neo4jUri],
    ['Neo4j:Username', options.neo4jUser],
    ['Neo4j:Password', options.neo4jPassword],
    ['Neo4j:Database', options.database],
  ];
  const configuration = await readConfiguration({
    folder: await settingsFolder(options.config),
    env,
    // As command line arguments they win over Azure too.
    args: given.flatMap(([key, value]) => (value === undefined ? [] : [`--${key}=${value}`])),
    ...(options.offline === true ? { azure: false as const } : {}),
    ...(options.environment === undefined ? {} : { environment: options.environment }),
  });
  return new Settings(configuration);
}

async function settingsFolder(config: string | undefined): Promise<string> {
  if (config === undefined) return (await hasSettings(process.cwd())) ? process.cwd() : appFolder;
  if (await hasSettings(config)) return config;
  throw new UsageError(
    `There is no appsettings.json in ${config}.`,
    'Give --config the folder that holds appsettings.json, or leave it out to use environment variables.',
  );
}

async function hasSettings(folder: string): Promise<boolean> {
  try {
    await access(join(folder, 'appsettings.json'));
    return true;
  } catch {
    // Absent or not readable: where it matters, the caller says so.
    return false;
  }
}
