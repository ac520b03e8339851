import { fileURLToPath } from 'node:url';
import { readConfiguration } from '@hartonomous/config-loader';
import type { CommandHost, CommandLine, LoadedSettings } from '@hartonomous/worker-host';
import type { QueueWorker } from './definition.ts';
import type { QueueWorkerSettings } from './options.ts';

/**
 * Reads and checks a worker's settings.
 *
 * @throws ConfigurationError with every problem at once
 * @throws AzureUnavailableError, AzureIdentityError, AzureAccessError when Azure is enabled and can't be read
 */
export async function loadSettings<Settings extends QueueWorkerSettings>(
  { folder, nothingToDo, bind }: QueueWorker<Settings>,
  { configFolder, environment, settings }: CommandLine,
  env: CommandHost['env'],
): Promise<LoadedSettings<Settings>> {
  const configuration = await readConfiguration({
    folder: configFolder ?? fileURLToPath(folder),
    env,
    args: settings,
    ...(environment === undefined ? {} : { environment }),
  });
  const reason = nothingToDo(configuration);
  return {
    settings: reason === undefined ? bind(configuration) : { nothingToDo: reason },
    environment: configuration.environment,
    warnings: configuration.warnings,
  };
}
