import {
  type Verification,
  type VerificationOptions,
  type VerificationProgress,
  type VerificationSubject,
  verifyDeployment,
} from '@hartonomous/operations';
import type { Command } from 'commander';
import { graphConnection } from '../connection-settings.ts';
import { UsageError } from '../errors.ts';
import { exitCodeOf } from '../exit-codes.ts';
import { databaseSettingsSchema, graphSettingsSchema, graphSwitchSchema } from '../options.ts';
import type { Output } from '../output.ts';
import {
  type CommandContext,
  type CommonOptions,
  startCommand,
  withCommonOptions,
  withDatabaseOptions,
  withGraphOptions,
} from './command-context.ts';

interface VerifyOptions extends CommonOptions {
  readonly skipDatabase?: boolean;
  readonly skipGraph?: boolean;
}

const servers: Readonly<Record<VerificationSubject, string>> = { database: 'SQL Server', graph: 'Neo4j' };

/** Adds `verify`. */
export function addVerifyCommand(program: Command, context: CommandContext): void {
  withCommonOptions(withGraphOptions(withDatabaseOptions(program.command('verify'))))
    .description('check that database and graph are as they should be; changes nothing')
    .option('--skip-database', 'leave SQL Server out')
    .option('--skip-graph', 'leave Neo4j out')
    .addHelpText(
      'after',
      `
Every line that begins with ✗ says what to do. Exit code 0: all is there; 1: something is missing or differs;
2: wrong command line or configuration; 3: a server can't be reached or refuses the login.

Examples:
  hartonomous verify
  hartonomous verify --skip-graph --connection-string 'Server=localhost;Database=Hartonomous;Integrated Security=True'
  hartonomous verify --json | jq '.subjects[].checks[] | select(.ok | not)'`,
    )
    .action(async (options: VerifyOptions) => {
      if (options.skipDatabase === true && options.skipGraph === true) {
        throw new UsageError(
          'With --skip-database and --skip-graph nothing is left to verify.',
          'Leave one of them out.',
        );
      }
      const { output, settings } = await startCommand(context, options);
      const withGraph = options.skipGraph !== true && settings.get(graphSwitchSchema).Neo4j.Enabled;
      if (options.skipGraph !== true && !withGraph) output.line('Neo4j:Enabled is false: the graph is not verified.');
      await runVerification(context, output, {
        ...(options.skipDatabase === true
          ? {}
          : { database: settings.get(databaseSettingsSchema).ConnectionStrings.HartonomousDb }),
        ...(withGraph ? { graph: graphConnection(settings.get(graphSettingsSchema)) } : {}),
      });
    });
}

/** Verifies the subjects, prints each check as it is made, and ends the command with what was found. */
export async function runVerification(
  context: CommandContext,
  output: Output,
  subjects: Pick<VerificationOptions, 'database' | 'graph'>,
): Promise<void> {
  const verification = await verifyDeployment({
    ...subjects,
    onProgress: (progress) => printProgress(output, progress),
    signal: context.signal,
  });
  printSummary(output, verification);
  output.document({ ...verification, exitCode: exitCodeOf(verification.outcome) });
  context.finish(exitCodeOf(verification.outcome));
}

function printProgress(output: Output, progress: VerificationProgress): void {
  switch (progress.type) {
    case 'subject':
      output.line(`${progress.subject === 'database' ? 'Database' : 'Graph'} ${progress.target}`);
      return;
    case 'check': {
      const { ok, message, action } = progress.check;
      output.line(`  ${ok ? '✓' : '✗'} ${message}`);
      if (action !== null) output.detail(action);
      return;
    }
    case 'figure':
      output.line(`    ${progress.name}: ${progress.value}`);
      return;
    case 'note':
      output.line(`    ${progress.text}`);
      return;
    case 'failure': {
      const { code, message, action } = progress.failure;
      output.line(`  ✗ ${code}: ${message}`);
      if (action !== null) output.detail(action);
    }
  }
}

function printSummary(output: Output, { ok, subjects }: Verification): void {
  const checks = subjects.flatMap((subject) => subject.checks);
  const cutShort = subjects.filter(({ failure }) => failure !== null).map(({ subject }) => servers[subject]);
  const right = checks.filter((check) => check.ok).length;
  output.line();
  if (ok) output.line(`✓ ${right} checks passed.`);
  else if (cutShort.length === 0) output.line(`✗ ${right} of ${checks.length} checks passed.`);
  else {
    // How many checks there would have been is not known, so "2 of 2" would be a lie.
    output.line(
      `✗ Incomplete: ${cutShort.join(' and ')} could not be checked to the end (see above). ` +
        `${right} ${right === 1 ? 'check' : 'checks'} passed, ${checks.length - right} failed.`,
    );
  }
}
