import type { Command } from 'commander';

/** An option as it is completed. */
interface CompletedOption {
  /** With its dashes, for example `--queue`. */
  readonly flag: string;
  /** The only values that it takes; empty where it takes any, or none. */
  readonly choices: readonly string[];
}

/** A command as it is completed. */
export interface CompletedCommand {
  /** Words after `hartonomous`, for example `deadletter list`; empty for the program itself. */
  readonly path: string;
  readonly subcommands: readonly string[];
  readonly options: readonly CompletedOption[];
  /** The only values that its arguments take; empty where they take any. */
  readonly choices: readonly string[];
}

/** The program and every command below it, parents before their children. */
export function readCommandTree(program: Command): readonly CompletedCommand[] {
  return read(program, []);
}

function read(command: Command, path: readonly string[]): CompletedCommand[] {
  const options = command.options
    .filter(({ hidden }) => !hidden)
    .map(({ long, short, argChoices }) => ({ flag: long ?? short ?? '', choices: argChoices ?? [] }));
  return [
    {
      path: path.join(' '),
      subcommands: command.commands.map((sub) => sub.name()),
      options: [...options, { flag: '--help', choices: [] }],
      choices: command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
    },
    ...command.commands.flatMap((sub) => read(sub, [...path, sub.name()])),
  ];
}
