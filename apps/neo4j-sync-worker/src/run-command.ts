import { inspect } from 'node:util';
import { ConfigLoaderError, type EnvironmentVariables } from '@hartonomous/config-loader';
import {
  createLogger,
  type ExitCode,
  exitCodes,
  readLoggingOptions,
  runWorker,
  WorkerHostError,
} from '@hartonomous/worker-host';
import { type CommandLine, helpText, parseCommandLine } from './command-line.ts';
import { SettingsFolderError, UsageError } from './errors.ts';
import { neo4jSyncWorker, workerDisplayName, workerName } from './neo4j-sync-worker.ts';
import { type LoadedSettings, loadSettings } from './settings.ts';

/** Exit code for a command line that can't be understood, as shells and argument parsers use it. */
export const usageExitCode = 2;

/** What a process gives to {@link runCommand}. */
export interface CommandHost {
  readonly env: EnvironmentVariables;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  /** See `RunWorkerOptions.forceExit` of worker-host. */
  readonly forceExit: (code: ExitCode) => void;
}

/**
 * Does what the command line asks for; for the worker that is until it is asked to stop.
 *
 * @param args without node and script
 * @returns the exit code; never rejects for what a user can put right
 */
export async function runCommand(args: readonly string[], host: CommandHost): Promise<number> {
  try {
    const commandLine = parseCommandLine(args);
    if (commandLine.action === 'help') {
      host.stdout.write(helpText);
      return exitCodes.clean;
    }
    const loaded = await loadSettings(commandLine, host.env);
    if (commandLine.action === 'check') return showSettings(loaded, host);
    return await run(commandLine, loaded, host);
  } catch (error) {
    if (error instanceof UsageError) {
      host.stderr.write(`neo4j-sync-worker: ${error.message}\n`);
      return usageExitCode;
    }
    const isForPeople =
      error instanceof ConfigLoaderError || error instanceof SettingsFolderError || error instanceof WorkerHostError;
    if (!isForPeople) throw error;
    host.stderr.write(`neo4j-sync-worker: ${error.message}\n`);
    return exitCodes.failed;
  }
}

async function run(commandLine: CommandLine, loaded: LoadedSettings, host: CommandHost): Promise<number> {
  const { settings, environment, warnings } = loaded;
  const logger = createLogger(readLoggingOptions(host.env, commandLine.logging), { name: workerName });
  for (const warning of warnings) logger.warn(warning);
  if (settings === null) {
    logger.warn('Neo4j:Enabled is False, so there is nothing to sync to: messages stay in Neo4jSyncQueue. Stopping');
    return exitCodes.clean;
  }
  logger.debug({ environment }, `${workerDisplayName} is configured for ${environment}`);
  return await runWorker(neo4jSyncWorker(settings), {
    logger,
    health: { host: settings.Health.Host, port: settings.Health.Port },
    stop: { deadlineMs: settings.Worker.StopDeadlineMs },
    forceExit: host.forceExit,
  });
}

function showSettings({ settings, environment, warnings }: LoadedSettings, host: CommandHost): ExitCode {
  host.stdout.write(`The configuration is valid (environment ${environment}).\n`);
  for (const warning of warnings) host.stdout.write(`Warning: ${warning}.\n`);
  // Secrets print as ***: that is how config-loader's Secret shows itself.
  host.stdout.write(`${inspect(settings, { depth: null, breakLength: 120 })}\n`);
  return exitCodes.clean;
}
