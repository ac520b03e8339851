import { Argument, type Command } from 'commander';
import { readCommandTree } from '../completion/command-tree.ts';
import { completionScript, type Shell, shells } from '../completion/completion-script.ts';
import { Output } from '../output.ts';
import type { CommandContext } from './command-context.ts';

/**
 * Adds `completion`.
 *
 * @param loadAll gives the program with every command
 */
export function addCompletionCommand(program: Command, context: CommandContext, loadAll: () => Promise<Command>): void {
  program
    .command('completion')
    .description('a script that completes commands and options in your shell')
    .addArgument(new Argument('<shell>', 'whose script').choices(shells))
    .option('--json', 'print the commands with their options and choices as JSON instead')
    .addHelpText(
      'after',
      `
The script is made of this version's commands: make it anew after an upgrade.
Exit code 0: printed; 2: wrong command line.

Examples:
  hartonomous completion bash > /etc/bash_completion.d/hartonomous
  hartonomous completion zsh > "\${fpath[1]}/_hartonomous"
  hartonomous completion pwsh >> $PROFILE`,
    )
    .action(async (shell: Shell, options: { readonly json?: boolean }) => {
      const output = new Output(context, options.json === true, false);
      context.useOutput(output);
      const tree = readCommandTree(await loadAll());
      for (const line of completionScript(shell, tree).split('\n')) output.line(line);
      output.document({ ok: true, shell, commands: tree });
    });
}
