import { ConfigLoaderError } from '@hartonomous/config-loader';
import type { WorkerCommand } from '@hartonomous/worker-host';
import { neo4jSyncWorker, workerDisplayName, workerName } from './neo4j-sync-worker.ts';
import type { Settings } from './options.ts';
import { loadSettings } from './settings.ts';

/** The worker as a command; its main.ts runs it. */
export const neo4jSyncCommand: WorkerCommand<Settings> = {
  name: workerName,
  displayName: workerDisplayName,
  help: {
    summary: `Takes Neo4jSyncRequest messages off dbo.Neo4jSyncQueue and brings the graph in Neo4j to the state SQL Server has.`,
    examples: [
      'DOTNET_ENVIRONMENT=Development neo4j-sync-worker',
      'neo4j-sync-worker --config /etc/hartonomous --environment Production --check',
      'Neo4j__Password=... neo4j-sync-worker --Neo4j:Uri=bolt://graph:7687 --Worker:Readers=5 --log-level debug',
    ],
  },
  load: loadSettings,
  isForPeople: (error) => error instanceof ConfigLoaderError,
  worker: neo4jSyncWorker,
  health: ({ Health }) => ({ host: Health.Host, port: Health.Port }),
  stop: ({ Worker }) => ({ deadlineMs: Worker.StopDeadlineMs }),
};
