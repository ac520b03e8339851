import { resolve } from 'node:path';
import { deployGraph, planGraph } from '@hartonomous/operations';
import type { Command } from 'commander';
import { graphConnection } from '../connection-settings.ts';
import { exitCodes } from '../exit-codes.ts';
import { graphSettingsSchema } from '../options.ts';
import {
  type CommandContext,
  type CommonOptions,
  startCommand,
  withCommonOptions,
  withGraphOptions,
} from './command-context.ts';
import { printEnd, printStep } from './graph-deploy-output.ts';
import { printPlan } from './graph-plan-output.ts';

interface GraphDeployOptions extends CommonOptions {
  readonly skipBackup?: boolean;
  readonly backupDir: string;
  readonly dryRun?: boolean;
}

const planExitCodes = { none: exitCodes.done, pending: exitCodes.pending, blocked: exitCodes.failed } as const;

/** Adds `graph deploy` to the commands of the group `graph`. */
export function addGraphDeployCommand(graph: Command, context: CommandContext): void {
  withCommonOptions(withGraphOptions(graph.command('deploy')))
    .description('create missing constraints, indexes and reference nodes; running it again changes nothing')
    .option('--dry-run', 'only show what would be done; exit code 10 if that is anything, 1 if something is in the way')
    .option('--skip-backup', 'write no file with the constraints and indexes that are there')
    .option('--backup-dir <dir>', 'folder for that file', '.hartonomous/neo4j-backups')
    .addHelpText(
      'after',
      `
Nothing is ever dropped. Neo4j Community lacks one kind of constraint; the deployment says which one it left out and
what keeps the rule instead. The backup is a .cypher file that cypher-shell -f runs, any number of times.
The options of Deploy-Neo4jSchema.ps1 are understood, too: -Neo4jUri, -Neo4jUser, -Neo4jPassword, -Database, -SkipBackup,
-Verbose.

Examples:
  hartonomous graph deploy --dry-run
  hartonomous graph deploy
  Neo4j__Password=... hartonomous graph deploy --neo4j-uri bolt://HART-DESKTOP:7687 --neo4j-user neo4j --verbose
  hartonomous graph deploy --neo4j-uri neo4j+s://graph.example.org:7687 --skip-backup --json`,
    )
    .action(async (options: GraphDeployOptions) => {
      const { output, settings } = await startCommand(context, options);
      const connection = graphConnection(settings.get(graphSettingsSchema));
      if (options.dryRun === true) {
        const plan = await planGraph({ connection, signal: context.signal });
        printPlan(output, plan);
        output.document({ ok: plan.outcome !== 'blocked', dryRun: true, ...plan });
        context.finish(planExitCodes[plan.outcome]);
        return;
      }
      const deployment = await deployGraph({
        connection,
        backupFolder: options.skipBackup === true ? null : resolve(options.backupDir),
        onProgress: (event) => printStep(output, event),
        signal: context.signal,
      });
      printEnd(output, deployment);
      output.document({ ok: deployment.report.complete, ...deployment });
      context.finish(deployment.report.complete ? exitCodes.done : exitCodes.failed);
    });
}
