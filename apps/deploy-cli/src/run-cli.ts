import type { EnvironmentVariables } from '@hartonomous/config-loader';
import { programFolder, programVersion } from '@hartonomous/config-loader/program';
import type { Failure } from '@hartonomous/operations';
import { escapeControls, hiddenSecret, redactText } from '@hartonomous/redaction';
import { Command, CommanderError, Help } from 'commander';
import { addCommands } from './commands/command-groups.ts';
import { type ExitCode, exitCodeOf, exitCodes } from './exit-codes.ts';
import { Output, type Terminal, type TextSink } from './output.ts';
import { withRunbookOptions } from './runbook-options.ts';
import { StopRequest } from './stop-request.ts';
import { wrapHelp } from './wrap-help.ts';

/** What the command line runs in. */
export interface CliHost {
  readonly env: EnvironmentVariables;
  readonly stdout: Terminal;
  readonly stderr: TextSink;
  /** Abort it with a {@link StopRequest} to stop the command after what it is doing. */
  readonly signal: AbortSignal;
  /** Asks the person at the terminal and gives the answer; leave it out where there is none. */
  readonly ask?: (question: string) => Promise<string>;
  /** Keeps the process from ending by force until what it gives is disposed of; leave it out where nothing ends it by force. */
  readonly holdStop?: () => Disposable;
  /** Called with the exit code as soon as a command has one; closing connections comes after that, and a silent server delays it. */
  readonly onFinish?: (code: ExitCode) => void;
}

/** Columns of help when the output isn't a terminal or doesn't know its size (0), and the minimum for narrower ones: words would be cut. */
const usualColumns = 80;
const leastColumns = 40;

/** Below the help of a command that has no exit codes of its own kind. */
const usualExitCodes = `
Exit code 0: done; 1: something failed, is missing or differs; 2: wrong command line or configuration, or nobody to ask;
3: a server can't be reached or refuses the login; 10: a dry run that would change something.`;

/** What is said when a command ends on request. */
export const stoppedMessage = 'Stopped on request; what was done stays, run the command again to complete it.';

/**
 * Runs the command line `hartonomous`.
 *
 * @param args without node and script
 * @returns the exit code; every error is printed here and none is thrown
 */
export async function runCli(args: readonly string[], host: CliHost): Promise<ExitCode> {
  // What follows `--` is text.
  const end = args.indexOf('--');
  const isJson = (end === -1 ? args : args.slice(0, end)).includes('--json');
  let output = new Output(host, isJson, false);
  let exitCode: ExitCode = exitCodes.done;
  const context = {
    ...host,
    finish: (code: ExitCode) => {
      exitCode = code;
      host.onFinish?.(code);
    },
    useOutput: (chosen: Output) => {
      output = chosen;
    },
  };
  let help = '';
  let usageError = '';
  const columns = Math.max(leastColumns, host.stdout.columns || usualColumns);
  const program = new Command('hartonomous')
    .description('Deploys and verifies the database objects and the graph schema; sends files in.')
    .version(programVersion(programFolder(import.meta.url)), '--version', 'the version, and the commit of an artifact')
    .configureHelp({ subcommandTerm: commandTerm })
    // What follows a command's name is that command's: ingest and ingest status have options of the same names.
    .enablePositionalOptions()
    .exitOverride()
    // Messages repeat arguments, and these may be names of files.
    .configureOutput({
      writeOut: (text) => {
        help += text;
        host.stdout.write(escapeControls(wrapHelp(text, columns), { keepLineFeeds: true }));
      },
      writeErr: (text) => {
        usageError += withoutValues(text);
      },
    })
    .addHelpText('afterAll', ({ command }) => {
      const isGroup = command.commands.length > 0 && command.registeredArguments.length === 0;
      return isGroup || /^Exit codes? |\. Exit code 0/m.test(help) ? '' : usualExitCodes;
    })
    .showHelpAfterError('(add --help for the options and examples)')
    .addHelpText(
      'after',
      `
Examples:
  hartonomous database deploy
  hartonomous graph deploy
  hartonomous verify
  hartonomous doctor
  hartonomous lineage 12345
  hartonomous reconcile
  hartonomous ingest docs --recursive --wait
  hartonomous search 'service broker'
  hartonomous config explain Neo4j:Uri`,
    );
  try {
    await addCommands(program, context, args);
    await program.parseAsync(withRunbookOptions(args), { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return exitCodes.done;
      if (isJson) output.failure(usageFailure(error));
      else host.stderr.write(escapeControls(usageError, { keepLineFeeds: true }));
      return exitCodes.usage;
    }
    return await report(error, output, host.signal);
  }
}

/** What commander says of a command line, without what it repeats of it: a connection string in the wrong place, a misspelt option's value. */
function withoutValues(text: string): string {
  return redactText(text.replaceAll(/(unknown option '[^'=]*=)[^']*/g, `$1${hiddenSecret}`));
}

/** A command line that can't be understood, for programs. Without a command commander has only help to show. */
function usageFailure({ message, code }: CommanderError): Failure {
  const said = code === 'commander.help' ? 'A command is missing.' : withoutValues(message.replace(/^error: /, ''));
  return { code: 'USAGE', message: said, action: 'Add --help for the options and examples.', kind: 'usage' };
}

/** A command in the list of commands: of the first level its name alone, because its options aren't loaded then. */
function commandTerm(this: Help, command: Command): string {
  return command.parent?.parent === null ? command.name() : Help.prototype.subcommandTerm.call(this, command);
}

async function report(error: unknown, output: Output, signal: AbortSignal): Promise<ExitCode> {
  if (signal.aborted && signal.reason instanceof StopRequest) {
    output.failure({ code: 'STOPPED', message: stoppedMessage, action: null, kind: 'failed' });
    return signal.reason.exitCode;
  }
  const { failureOf } = await import('./failure-of.ts');
  const failure = failureOf(error);
  if (failure === undefined) {
    output.unexpected(error);
    return exitCodes.failed;
  }
  output.failure(failure);
  return exitCodeOf(failure.kind);
}
