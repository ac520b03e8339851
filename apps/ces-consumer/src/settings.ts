import { fileURLToPath } from 'node:url';
import { bindConfiguration, readConfiguration } from '@hartonomous/config-loader';
import type { CommandHost, CommandLine, LoadedSettings } from '@hartonomous/worker-host';
import { type Settings, settingsSchema } from './options.ts';

/** This app's own folder, the same from src/ and from dist/. */
const appFolder = fileURLToPath(new URL('../', import.meta.url));

/**
 * Reads and checks the settings.
 *
 * @throws ConfigurationError with every problem at once
 * @throws AzureUnavailableError, AzureIdentityError, AzureAccessError when Azure is enabled and can't be read
 */
export async function loadSettings(
  { configFolder, environment, settings }: CommandLine,
  env: CommandHost['env'],
): Promise<LoadedSettings<Settings>> {
  const configuration = await readConfiguration({
    folder: configFolder ?? appFolder,
    env,
    args: settings,
    ...(environment === undefined ? {} : { environment }),
  });
  return {
    settings: bindConfiguration(configuration, settingsSchema),
    environment: configuration.environment,
    warnings: configuration.warnings,
  };
}
