import type { EnvironmentVariables } from '@hartonomous/config-loader';
import { type ExitCode, exitCodes, failureOf } from '@hartonomous/operations';
import { escapeControls } from '@hartonomous/redaction';
import { Command, CommanderError } from 'commander';
import { addApiKeyCommands } from './commands/api-key.ts';
import { addConfigCommands } from './commands/config.ts';
import { addDatabaseCommands } from './commands/database-deploy.ts';
import { addDeadLetterCommands } from './commands/dead-letter.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addEmbeddingCommands } from './commands/embeddings.ts';
import { addGraphDeployCommand } from './commands/graph-deploy.ts';
import { addGraphShowCommand } from './commands/graph-show.ts';
import { addGraphVerifyCommand } from './commands/graph-verify.ts';
import { addIngestCommands } from './commands/ingest.ts';
import { addLineageCommand } from './commands/lineage.ts';
import { addQueueCommands } from './commands/queue.ts';
import { addReconcileCommand } from './commands/reconcile.ts';
import { addSearchCommands } from './commands/search.ts';
import { addServiceCommands } from './commands/service.ts';
import { addStatementCommands } from './commands/statements.ts';
import { addTenantCommands } from './commands/tenant.ts';
import { addVerifyCommand } from './commands/verify.ts';
import { Output, type TextSink } from './output.ts';
import { withRunbookOptions } from './runbook-options.ts';

/** What the command line runs in. */
export interface CliHost {
  readonly env: EnvironmentVariables;
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  /** Abort it with a {@link StopRequest} to stop the command after what it is doing. */
  readonly signal: AbortSignal;
}

/** What is said when a command ends on request. */
export const stoppedMessage = 'Stopped on request; what was done stays, run the command again to complete it.';

/** Reason of the signal when the process is asked to stop. */
export class StopRequest {
  readonly exitCode: ExitCode;
  constructor(exitCode: ExitCode) {
    this.exitCode = exitCode;
  }
}

/**
 * Runs the command line `hartonomous`.
 *
 * @param args without node and script
 * @returns the exit code; every error is printed here and none is thrown
 */
export async function runCli(args: readonly string[], host: CliHost): Promise<ExitCode> {
  let output = new Output(host, args.includes('--json'), false);
  let exitCode: ExitCode = exitCodes.done;
  const context = {
    ...host,
    finish: (code: ExitCode) => {
      exitCode = code;
    },
    useOutput: (chosen: Output) => {
      output = chosen;
    },
  };
  const program = new Command('hartonomous')
    .description('Deploys and verifies the database objects and the graph schema; sends files in.')
    // What follows a command's name is that command's: ingest and ingest status have options of the same names.
    .enablePositionalOptions()
    .exitOverride()
    // Messages repeat arguments, and these may be names of files.
    .configureOutput({
      writeOut: (text) => host.stdout.write(escapeControls(text, { keepLineFeeds: true })),
      writeErr: (text) => host.stderr.write(escapeControls(text, { keepLineFeeds: true })),
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
  addApiKeyCommands(program, context);
  addDatabaseCommands(program, context);
  addDeadLetterCommands(program, context);
  addDoctorCommand(program, context);
  addEmbeddingCommands(program, context);
  const graph = program.command('graph').description('the graph in Neo4j');
  addGraphDeployCommand(graph, context);
  addGraphVerifyCommand(graph, context);
  addGraphShowCommand(graph, context);
  addIngestCommands(program, context);
  addLineageCommand(program, context);
  addQueueCommands(program, context);
  addReconcileCommand(program, context);
  addSearchCommands(program, context);
  addServiceCommands(program, context);
  addStatementCommands(program, context);
  addTenantCommands(program, context);
  addVerifyCommand(program, context);
  addConfigCommands(program, context);
  try {
    await program.parseAsync(withRunbookOptions(args), { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    return report(error, output, host.signal);
  }
}

function report(error: unknown, output: Output, signal: AbortSignal): ExitCode {
  if (signal.aborted && signal.reason instanceof StopRequest) {
    output.failure({ code: 'STOPPED', message: stoppedMessage, action: null, exitCode: signal.reason.exitCode });
    return signal.reason.exitCode;
  }
  const failure = failureOf(error);
  if (failure === undefined) {
    output.unexpected(error);
    return exitCodes.failed;
  }
  output.failure(failure);
  return failure.exitCode;
}
