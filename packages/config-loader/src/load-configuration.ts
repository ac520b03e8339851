import { join } from 'node:path';
import type { z } from 'zod';
import { bindConfiguration } from './bind.ts';
import { commandLineSource } from './command-line-source.ts';
import { Configuration } from './configuration.ts';
import type { ConfigurationSource } from './configuration-source.ts';
import { type EnvironmentVariables, environmentName, environmentSource } from './environment-source.ts';
import { readJsonSource } from './json-source.ts';

/** Options of {@link loadConfiguration} and {@link readConfiguration}. */
export interface LoadOptions {
  /** Folder of the appsettings files. @default the working directory */
  readonly folder?: string;
  /** @default process.env */
  readonly env?: EnvironmentVariables;
  /** Command line arguments without node and script. @default none */
  readonly args?: readonly string[];
  /** Environment name; picks `appsettings.{environment}.json`. @default see {@link environmentName} */
  readonly environment?: string;
  /** Sources below the appsettings files: an app's own defaults. */
  readonly before?: readonly ConfigurationSource[];
  /** Sources between environment variables and command line: App Configuration and Key Vault have their place here. */
  readonly between?: readonly ConfigurationSource[];
}

/** A configuration with its typed form. */
export interface LoadedConfiguration<T> {
  /** Typed and deeply frozen. */
  readonly settings: T;
  /** Where everything came from. */
  readonly configuration: Configuration;
}

/**
 * Reads the sources in .NET's order, lowest precedence first: `appsettings.json`, `appsettings.{environment}.json`,
 * environment variables, `between`, command line. Problems of a source are kept in it and reported by the binding.
 */
export async function readConfiguration(options: LoadOptions = {}): Promise<Configuration> {
  const { folder = process.cwd(), env = process.env, args = [], before = [], between = [] } = options;
  const commandLine = commandLineSource(args);
  const environment = options.environment ?? environmentName(env, commandLine);
  const files = await Promise.all(
    ['appsettings.json', `appsettings.${environment}.json`].map((file) => readJsonSource(join(folder, file))),
  );
  return new Configuration(environment, [...before, ...files, environmentSource(env), ...between, commandLine]);
}

/**
 * Reads the configuration and checks it against a schema.
 *
 * @param schema a zod object; see {@link bindConfiguration} for how text becomes what it asks for
 * @throws ConfigurationError with every problem at once
 */
export async function loadConfiguration<Schema extends z.ZodType>(
  schema: Schema,
  options: LoadOptions = {},
): Promise<LoadedConfiguration<z.output<Schema>>> {
  const configuration = await readConfiguration(options);
  return { settings: bindConfiguration(configuration, schema), configuration };
}
