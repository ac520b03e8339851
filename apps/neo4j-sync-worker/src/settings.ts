import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bindConfiguration, type EnvironmentVariables, readConfiguration } from '@hartonomous/config-loader';
import type { CommandLine } from './command-line.ts';
import { SettingsFolderError } from './errors.ts';
import { graphSwitchSchema, type Settings, settingsSchema } from './options.ts';

/** The settings of a run. */
export interface LoadedSettings {
  /** `null` when Neo4j:Enabled is False: then there is nothing to do, and the rest may be absent. */
  readonly settings: Settings | null;
  readonly environment: string;
  /** What the operator should know although it works, for example that Azure is away and remembered values are used. */
  readonly warnings: readonly string[];
}

/** This app's own folder, the same from src/ and from dist/. */
const appFolder = fileURLToPath(new URL('../', import.meta.url));

/**
 * Reads and checks the settings.
 *
 * @throws ConfigurationError with every problem at once
 * @throws AzureUnavailableError, AzureIdentityError, AzureAccessError when Azure is enabled and can't be read
 * @throws SettingsFolderError when the folder that was asked for has no appsettings.json
 */
export async function loadSettings(commandLine: CommandLine, env: EnvironmentVariables): Promise<LoadedSettings> {
  const { configFolder, environment, settings } = commandLine;
  if (configFolder !== undefined) await requireSettings(configFolder);
  const configuration = await readConfiguration({
    folder: configFolder ?? appFolder,
    env,
    args: settings,
    ...(environment === undefined ? {} : { environment }),
  });
  const { Neo4j } = bindConfiguration(configuration, graphSwitchSchema);
  return {
    settings: Neo4j.Enabled ? bindConfiguration(configuration, settingsSchema) : null,
    environment: configuration.environment,
    warnings: configuration.warnings,
  };
}

async function requireSettings(folder: string): Promise<void> {
  try {
    await access(join(folder, 'appsettings.json'));
  } catch {
    // Absent or unreadable: either way there are no settings to be had from that folder.
    throw new SettingsFolderError(folder);
  }
}
