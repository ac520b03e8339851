import { ConfigLoaderError, programFolder, programVersion } from '@hartonomous/config-loader';
import { runCommand, type WorkerCommand } from '@hartonomous/worker-host';
import type { QueueWorker } from './definition.ts';
import { loadSettings } from './load-settings.ts';
import type { QueueWorkerSettings } from './options.ts';
import { startQueueWorker } from './queue-worker.ts';

/** A declared worker as a command. */
export function queueWorkerCommand<Settings extends QueueWorkerSettings>(
  worker: QueueWorker<Settings>,
): WorkerCommand<Settings> {
  const { displayName, namespace, help, queue, folder } = worker;
  const name = queue.reader.program;
  return {
    name,
    version: () => programVersion(programFolder(folder.href)),
    displayName,
    help,
    load: (commandLine, env) => loadSettings(worker, commandLine, env),
    isForPeople: (error) => error instanceof ConfigLoaderError,
    worker: (settings) => ({
      name,
      displayName,
      ...(namespace === undefined ? {} : { namespace }),
      start: (context) => startQueueWorker(worker, settings, context),
    }),
    health: ({ Health }) => ({ host: Health.Host, port: Health.Port }),
    stop: ({ Worker }) => ({ deadlineMs: Worker.StopDeadlineMs }),
    namespace,
    applicationInsights: ({ ApplicationInsights }) => ApplicationInsights.ConnectionString.reveal(),
  };
}

/** What {@link runQueueWorker} takes of a process. */
export type WorkerProcessHost = Pick<NodeJS.Process, 'argv' | 'env' | 'stdout' | 'stderr' | 'exit' | 'exitCode'>;

/**
 * Runs a worker as a program: does what the command line asks for, until it is asked to stop, and sets the exit code.
 *
 * @param host the process itself
 */
export async function runQueueWorker<Settings extends QueueWorkerSettings>(
  worker: QueueWorker<Settings>,
  host: WorkerProcessHost,
): Promise<void> {
  const { argv, env, stdout, stderr } = host;
  // A reader that has seen enough (`--check | head`), or a full disk: the log goes another way, and the exit code has still to be right.
  for (const stream of [stdout, stderr]) stream.on('error', () => undefined);
  const forceExit = (code: number) => host.exit(code);
  host.exitCode = await runCommand(queueWorkerCommand(worker), argv.slice(2), { env, stdout, stderr, forceExit });
}
