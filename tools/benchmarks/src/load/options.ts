import { Command, InvalidArgumentError } from 'commander';

/** How much load, for how long. */
export interface LoadOptions {
  /** Changes a second. */
  readonly rate: number;
  readonly minutes: number;
  readonly json: boolean;
}

function between(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isFinite(value) || value < least || value > most) {
      throw new InvalidArgumentError(`Give a number from ${least} to ${most}.`);
    }
    return value;
  };
}

/**
 * Reads the command line of `pnpm bench load`.
 *
 * @param argv arguments after `load`
 * @throws {CommanderError} for wrong options, and after `--help` (exit code 0)
 */
export function parseLoadArguments(
  argv: readonly string[],
  output: { readonly out: (text: string) => void; readonly error: (text: string) => void },
): LoadOptions {
  const command = new Command('bench load')
    .description('Holds a rate of changes for minutes, and says whether the worker keeps up and stays the same size.')
    .option('--rate <changes>', 'changes a second, from 1 to 2000', between(1, 2_000), 200)
    .option('--minutes <number>', 'how long, from 0.1 to 600', between(0.1, 600), 5)
    .option('--json', 'print the result as one JSON document', false)
    .addHelpText(
      'after',
      `
Each change updates a row and enqueues its message in one transaction, on a fixed timetable: a slow moment doesn't lower
the load. A line every ten seconds; a change counts from the moment at which it was due.
Exit codes: 0 the rate was held; 1 the worker fell behind, or something failed; 2 wrong options.

Examples:
  pnpm bench load
  pnpm bench load --rate 100 --minutes 30`,
    )
    .exitOverride()
    .configureOutput({ writeOut: output.out, writeErr: output.error });
  command.parse([...argv], { from: 'user' });
  return command.opts<LoadOptions>();
}
