import type { Command } from 'commander';
import type { CommandContext } from './command-context.ts';
import { addGraphDeployCommand } from './graph-deploy.ts';
import { addGraphShowCommand } from './graph-show.ts';
import { addGraphVerifyCommand } from './graph-verify.ts';

/** Adds `graph deploy`, `graph verify` and `graph show`. */
export function addGraphCommands(program: Command, context: CommandContext): void {
  const graph = program.command('graph').description('the graph in Neo4j');
  addGraphDeployCommand(graph, context);
  addGraphVerifyCommand(graph, context);
  addGraphShowCommand(graph, context);
}
