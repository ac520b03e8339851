import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { escapeControls, redactText } from '@hartonomous/redaction';
import { type CommandHelp, type CommandLine, helpText, parseCommandLine } from './command-line.ts';
import { SettingsFolderError, UsageError, WorkerHostError } from './errors.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { openInsights } from './insights.ts';
import { createLogger, type Logger } from './logging.ts';
import { type HealthOptions, readLoggingOptions, type StopOptions } from './options.ts';
import { runWorker } from './run-worker.ts';
import type { WorkerDefinition } from './worker-host.ts';

/** What a process gives to {@link runCommand}. */
export interface CommandHost {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  /** See `RunWorkerOptions.forceExit`. */
  readonly forceExit: (code: ExitCode) => void;
}

/** What was read for a run. */
export interface LoadedSettings<Settings> {
  /** Or, where the settings switch the worker off, the reason: it is logged, and the worker ends with exit code 0. */
  readonly settings: Settings | { readonly nothingToDo: string };
  readonly environment: string;
  /** What the operator should know although it works, for example that remembered values are used. */
  readonly warnings: readonly string[];
}

/** A worker as a command. */
export interface WorkerCommand<Settings extends object> {
  readonly help: Omit<CommandHelp, 'name'>;
  /** Stable name of the worker and of the command, for example `neo4j-sync-worker`. */
  readonly name: string;
  /** What `--version` answers, for example `0.1.0`. */
  readonly version: () => string;
  /** Name for people, for example `Neo4j Sync Worker`. */
  readonly displayName: string;
  /**
   * Reads and checks the settings. A folder that `--config` names has been looked at before. Secrets must print as `***`
   * (`--check` shows the result).
   */
  readonly load: (commandLine: CommandLine, env: CommandHost['env']) => Promise<LoadedSettings<Settings>>;
  /** Whether an error of `load` is one that its reader can put right: then its message is printed, and no stack. */
  readonly isForPeople: (error: unknown) => boolean;
  /** The worker that these settings ask for. */
  readonly worker: (settings: Settings, logger: Logger) => WorkerDefinition;
  readonly health?: (settings: Settings) => Partial<HealthOptions>;
  readonly stop?: (settings: Settings) => Partial<StopOptions>;
  /** What the worker belongs to, for telemetry (`service.namespace`). */
  readonly namespace?: string | undefined;
  /** Connection string of Application Insights; empty or undefined: `APPLICATIONINSIGHTS_CONNECTION_STRING`, or none. */
  readonly applicationInsights?: (settings: Settings) => string | undefined;
}

/**
 * Does what the command line asks for: `--help`, `--version`, `--check`, or the worker's work until it is asked to stop. The whole
 * `main.ts` of an app is
 *
 * ```ts
 * process.exitCode = await runCommand(command, process.argv.slice(2), {
 *   env: process.env, stdout: process.stdout, stderr: process.stderr, forceExit: (code) => process.exit(code),
 * });
 * ```
 *
 * @param args without node and script
 * @returns the exit code; never rejects
 */
export async function runCommand<Settings extends object>(
  command: WorkerCommand<Settings>,
  args: readonly string[],
  host: CommandHost,
): Promise<ExitCode> {
  const { name, help } = command;
  try {
    const commandLine = parseCommandLine(args, name);
    if (commandLine.action === 'help') {
      host.stdout.write(helpText({ name, ...help }));
      return exitCodes.clean;
    }
    if (commandLine.action === 'version') {
      host.stdout.write(`${name} ${command.version()}\n`);
      return exitCodes.clean;
    }
    if (commandLine.configFolder !== undefined) await requireSettings(commandLine.configFolder);
    const loaded = await command.load(commandLine, host.env);
    if (commandLine.action === 'check') return showSettings(loaded, host);
    return await run(command, commandLine, loaded, host);
  } catch (error) {
    const isUsage = error instanceof UsageError;
    const isKnown = isUsage || error instanceof WorkerHostError || isOfInsights(error) || command.isForPeople(error);
    host.stderr.write(`${safe(`${name}: ${isKnown ? messageOf(error) : defectText(error)}`)}\n`);
    return isUsage ? exitCodes.usage : exitCodes.failed;
  }
}

async function run<Settings extends object>(
  command: WorkerCommand<Settings>,
  commandLine: CommandLine,
  { settings, environment, warnings }: LoadedSettings<Settings>,
  host: CommandHost,
): Promise<ExitCode> {
  const connectionString = 'nothingToDo' in settings ? undefined : command.applicationInsights?.(settings);
  const { name: serviceName, namespace: serviceNamespace } = command;
  const service = { serviceName, ...(serviceNamespace === undefined ? {} : { serviceNamespace }) };
  await using insights = await openInsights(connectionString, host.env, service);
  const logger = createLogger(readLoggingOptions(host.env, commandLine.logging), {
    name: command.name,
    ...(insights === undefined ? {} : { also: insights.also }),
  });
  insights?.announce(logger);
  for (const warning of warnings) logger.warn(warning);
  if ('nothingToDo' in settings) {
    logger.warn(`${settings.nothingToDo} Stopping`);
    return exitCodes.clean;
  }
  logger.debug({ environment }, `${command.displayName} is configured for ${environment}`);
  return await runWorker(command.worker(settings, logger), {
    logger,
    health: command.health?.(settings) ?? {},
    stop: command.stop?.(settings) ?? {},
    version: command.version(),
    env: host.env,
    forceExit: host.forceExit,
    ...(insights === undefined ? {} : { telemetry: insights.telemetry }),
  });
}

function showSettings({ settings, environment, warnings }: LoadedSettings<object>, host: CommandHost): ExitCode {
  host.stdout.write(`The configuration is valid (environment ${safe(environment)}).\n`);
  for (const warning of warnings) host.stdout.write(`Warning: ${safe(warning)}.\n`);
  host.stdout.write(
    'nothingToDo' in settings
      ? `${settings.nothingToDo}\n`
      : `${safe(inspect(settings, { depth: null, breakLength: 120 }))}\n`,
  );
  return exitCodes.clean;
}

/** Lines without secrets and without anything that acts on a terminal: values of settings and texts of servers are in them. */
function safe(text: string): string {
  return escapeControls(redactText(text), { keepLineFeeds: true });
}

async function requireSettings(folder: string): Promise<void> {
  try {
    await access(join(folder, 'appsettings.json'));
  } catch {
    // Absent or unreadable: either way there are no settings to be had from that folder.
    throw new SettingsFolderError(folder);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Of an error that nobody expected: its stack, and not its fields, where drivers and clients keep requests with their keys. */
function defectText(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `this is a defect, please report it.\n${stack}`;
}

/** By its code: the class comes with the package, which is loaded only where it is used. */
function isOfInsights(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'APPLICATION_INSIGHTS_CONNECTION_STRING_INVALID';
}
