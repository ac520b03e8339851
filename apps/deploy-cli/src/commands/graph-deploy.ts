import { resolve } from 'node:path';
import type { DeployEvent, DeployStep } from '@hartonomous/graph-sync';
import type { Command } from 'commander';
import { exitCodes } from '../exit-codes.ts';
import { deployGraph, type GraphDeployment } from '../graph/deploy-graph.ts';
import { type GraphSettings, graphSettingsSchema } from '../options.ts';
import type { Output } from '../output.ts';
import {
  type CommandContext,
  type CommonOptions,
  startCommand,
  withCommonOptions,
  withGraphOptions,
} from './command-context.ts';

interface GraphDeployOptions extends CommonOptions {
  readonly skipBackup?: boolean;
  readonly backupDir: string;
}

/** The lines of runbook R5, which operators compare with what they see. */
const titles: Readonly<Record<DeployStep, string>> = {
  connection: 'Testing Neo4j Connection',
  backup: 'Backing up existing constraints and indexes',
  constraints: 'Creating Constraints (idempotent)',
  indexes: 'Creating Indexes (idempotent)',
  referenceNodes: 'Initializing Reference Data (idempotent)',
  verification: 'Verifying Deployment',
};

const counted: Readonly<Partial<Record<DeployStep, string>>> = {
  constraints: 'constraints',
  indexes: 'indexes',
  referenceNodes: 'reference nodes',
};

/** Adds `graph deploy`. */
export function addGraphCommands(program: Command, context: CommandContext): void {
  const graph = program.command('graph').description('the graph in Neo4j');
  withCommonOptions(withGraphOptions(graph.command('deploy')))
    .description('create missing constraints, indexes and reference nodes; running it again changes nothing')
    .option('--skip-backup', 'write no file with the constraints and indexes that are there')
    .option('--backup-dir <dir>', 'folder for that file', '.hartonomous/neo4j-backups')
    .addHelpText(
      'after',
      `
Nothing is ever dropped. Neo4j Community lacks one kind of constraint; the deployment says which one it left out and
what keeps the rule instead.

Examples:
  hartonomous graph deploy
  Neo4j__Password=... hartonomous graph deploy --neo4j-uri bolt://HART-DESKTOP:7687 --neo4j-user neo4j --verbose
  hartonomous graph deploy --skip-backup --json`,
    )
    .action(async (options: GraphDeployOptions) => {
      const { output, settings } = await startCommand(context, options);
      const deployment = await deployGraph({
        connection: graphConnection(settings.get(graphSettingsSchema)),
        backupFolder: options.skipBackup === true ? null : resolve(options.backupDir),
        onProgress: (event) => printStep(output, event),
        signal: context.signal,
      });
      printEnd(output, deployment);
      output.document({ ok: deployment.report.complete, ...deployment });
      context.finish(deployment.report.complete ? exitCodes.done : exitCodes.failed);
    });
}

/** The settings in the words of graph-sync. */
export function graphConnection({ Neo4j }: GraphSettings) {
  return { uri: Neo4j.Uri, username: Neo4j.Username, password: Neo4j.Password.reveal(), database: Neo4j.Database };
}

function printStep(output: Output, event: DeployEvent): void {
  const { step, number, state } = event;
  if (state === 'started') {
    output.text(`[${number}/6] ${titles[step]}... `);
    return;
  }
  // Whether it succeeded is in the report, which comes after it.
  if (step === 'verification') return;
  const { count, total, leftOut } = event;
  const what = counted[step];
  if (state === 'skipped') output.line('skipped');
  else output.line(what === undefined ? '✓' : `Created/Verified ${count} of ${total} ${what}`);
  for (const item of leftOut) output.detail(item);
}

function printEnd(output: Output, { report, backupFile, uri, database, version, edition }: GraphDeployment): void {
  output.line(report.complete ? '✓' : '✗');
  for (const { type, name, state, detail } of report.items) {
    if (state === 'missing') output.detail(`${type} ${name} is missing`);
    else if (state === 'different') output.detail(`${type} ${name} ${detail}`);
    else output.verbose(`${type} ${name}: ${state}`);
  }
  output.verbose(`database ${database} at ${uri}, Neo4j ${version} (${edition})`);
  if (backupFile !== null) output.verbose(`backup: ${backupFile}`);
  if (report.complete) output.line('✓ Neo4j Schema Deployment Complete!');
  else {
    output.line('✗ The graph differs from its schema; a deployment drops nothing.');
    output.line('Drop or rename the items above that are not as they should be, and run the command again.');
  }
}
