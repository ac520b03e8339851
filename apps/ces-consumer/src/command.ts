import { ConfigLoaderError } from '@hartonomous/config-loader';
import type { WorkerCommand } from '@hartonomous/worker-host';
import { cesConsumer, workerDisplayName, workerName } from './ces-consumer.ts';
import type { Settings } from './options.ts';
import { loadSettings } from './settings.ts';

/** The worker as a command; its main.ts runs it. */
export const cesConsumerCommand: WorkerCommand<Settings> = {
  name: workerName,
  displayName: workerDisplayName,
  help: {
    summary: `Takes IngestionRequest messages off dbo.IngestionQueue and makes atoms of the files, with their provenance.
Enqueue files with: hartonomous ingest PATH...`,
    debugShows: 'each file as it is received',
    examples: [
      'DOTNET_ENVIRONMENT=Development ces-consumer',
      'ces-consumer --config /etc/hartonomous --environment Production --check',
      'ces-consumer --Ingestion:FileRoots:0=/srv/in --Ingestion:HttpsHosts:0=files.example.com --Worker:Readers=4',
    ],
  },
  load: loadSettings,
  isForPeople: (error) => error instanceof ConfigLoaderError,
  worker: cesConsumer,
  health: ({ Health }) => ({ host: Health.Host, port: Health.Port }),
  stop: ({ Worker }) => ({ deadlineMs: Worker.StopDeadlineMs }),
};
