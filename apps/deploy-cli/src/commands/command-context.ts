import type { EnvironmentVariables } from '@hartonomous/config-loader';
import { type Command, Option } from 'commander';
import type { ExitCode } from '../exit-codes.ts';
import { Output, type Terminal, type TextSink } from '../output.ts';
import { readSettings, type Settings, type SettingsOptions } from '../settings.ts';

/** What a command gets from the process that it runs in. */
export interface CommandContext {
  readonly env: EnvironmentVariables;
  readonly stdout: Terminal;
  readonly stderr: TextSink;
  /** Aborted when the process is asked to stop. */
  readonly signal: AbortSignal;
  /** Asks the person at the terminal; undefined where there is none. */
  readonly ask?: ((question: string) => Promise<string>) | undefined;
  /** Keeps the process alive after a stop signal, until disposed of: for what has to be completed or undone. */
  readonly holdStop?: (() => Disposable) | undefined;
  /** Told how the command ended. */
  readonly finish: (code: ExitCode) => void;
  /** Called with the command's output as soon as its form is known, so that errors have the same form. */
  readonly useOutput: (output: Output) => void;
}

/** Options that every command has. */
export interface CommonOptions extends SettingsOptions {
  readonly json?: boolean;
  readonly verbose?: boolean;
}

/** A command that is being run. */
export interface CommandRun {
  readonly output: Output;
  readonly settings: Settings;
}

/** Makes output and settings of a command from its options, and prints what its settings warn of. */
export async function startCommand(context: CommandContext, options: CommonOptions): Promise<CommandRun> {
  const run = await prepareCommand(context, options);
  for (const warning of run.settings.configuration.warnings) run.output.warning(warning);
  return run;
}

/** {@link startCommand} for a command that has its own place for warnings. */
export async function prepareCommand(context: CommandContext, options: CommonOptions): Promise<CommandRun> {
  const output = new Output(context, options.json === true, options.verbose === true);
  context.useOutput(output);
  return { output, settings: await readSettings(options, context.env) };
}

/** Adds the options that every command has. */
export function withCommonOptions(command: Command): Command {
  return command
    .option('--config <dir>', 'folder with appsettings.json (default: working directory, else the built-in one)')
    .option('--environment <name>', 'picks appsettings.<name>.json (default: DOTNET_ENVIRONMENT, else Production)')
    .option('--json', 'print one JSON document instead of text')
    .option('--verbose', 'say more');
}

/** Adds the options that say where SQL Server is. */
export function withDatabaseOptions(command: Command): Command {
  return command.option(
    '--connection-string <text>',
    'ADO.NET connection string of SQL Server; other users of this machine can see it in the process list: prefer the ' +
      'environment variable ConnectionStrings__HartonomousDb where it holds a password',
  );
}

/** Adds the options that say where Neo4j is. */
export function withGraphOptions(command: Command): Command {
  return command
    .option('--neo4j-uri <uri>', 'for example bolt://localhost:7687 (setting Neo4j:Uri)')
    .option('--neo4j-user <name>', 'user name (setting Neo4j:Username)')
    .addOption(
      new Option(
        '--neo4j-password <password>',
        'password; other users of this machine can see it in the process list: prefer the environment variable ' +
          'Neo4j__Password or appsettings.json',
      ),
    )
    .option('--database <name>', 'database of Neo4j (setting Neo4j:Database; default neo4j)');
}
