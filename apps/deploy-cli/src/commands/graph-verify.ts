import type { Command } from 'commander';
import { graphConnection } from '../connection-settings.ts';
import { graphSettingsSchema } from '../options.ts';
import {
  type CommandContext,
  type CommonOptions,
  startCommand,
  withCommonOptions,
  withGraphOptions,
} from './command-context.ts';
import { runVerification } from './verify.ts';

/** Adds `graph verify` to the commands of the group `graph`. */
export function addGraphVerifyCommand(graph: Command, context: CommandContext): void {
  withCommonOptions(withGraphOptions(graph.command('verify')))
    .description('check that the graph has its schema; changes nothing')
    .addHelpText(
      'after',
      `
The same as hartonomous verify --skip-database. Exit code 0: all is there; 1: something is missing or differs, or a
migration was not applied; 2: wrong command line or configuration; 3: Neo4j can't be reached or refuses the login.

Examples:
  hartonomous graph verify
  hartonomous graph verify --neo4j-uri bolt://HART-DESKTOP:7687 --json`,
    )
    .action(async (options: CommonOptions) => {
      const { output, settings } = await startCommand(context, options);
      await runVerification(context, output, { graph: graphConnection(settings.get(graphSettingsSchema)) });
    });
}
