import { fileURLToPath } from 'node:url';
import {
  bindConfiguration,
  ConfigLoaderError,
  programFolder,
  programVersion,
  readConfiguration,
} from '@hartonomous/config-loader';
import type { WorkerCommand } from '@hartonomous/worker-host';
import { startApi } from './api-worker.ts';
import { type Settings, settingsSchema } from './options.ts';

/** Folder of the program, with its appsettings files. */
export const folder = programFolder(import.meta.url);

/** The API as a command. */
export const apiCommand: WorkerCommand<Settings> = {
  name: 'hartonomous-api',
  version: () => programVersion(folder),
  displayName: 'Hartonomous API',
  help: {
    summary: 'Answers HTTP requests about entities, lineage and search, and takes files in.',
    debugShows: 'each request',
    examples: [
      'DOTNET_ENVIRONMENT=Development hartonomous-api',
      'hartonomous-api --config /etc/hartonomous --environment Production --check',
      'Neo4j__Password=... hartonomous-api --Api:Port=8090 --log-level debug',
    ],
  },
  async load({ configFolder, environment, settings }, env) {
    const configuration = await readConfiguration({
      folder: configFolder ?? fileURLToPath(folder),
      env,
      args: settings,
      ...(environment === undefined ? {} : { environment }),
    });
    return {
      settings: bindConfiguration(configuration, settingsSchema),
      environment: configuration.environment,
      warnings: configuration.warnings,
    };
  },
  isForPeople: (error) => error instanceof ConfigLoaderError,
  worker: (settings) => ({
    name: 'hartonomous-api',
    displayName: 'Hartonomous API',
    namespace: 'hartonomous',
    start: (context) => startApi(settings, context),
  }),
  health: ({ Health }) => ({ host: Health.Host, port: Health.Port }),
  stop: ({ Api }) => ({ deadlineMs: Api.StopDeadlineMs }),
};
