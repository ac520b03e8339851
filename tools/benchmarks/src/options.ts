import { Command, Option } from 'commander';
import { z } from 'zod';

const benchmarkOptionsSchema = z.strictObject({
  /** Less work and fewer repetitions. */
  quick: z.boolean().default(false),
  /** Names of results, or beginnings of them; empty = everything. */
  only: z.array(z.string().min(1)).default([]),
  /** Print the names and what they mean; measure nothing. */
  list: z.boolean().default(false),
  /** Print JSON instead of the table. */
  json: z.boolean().default(false),
  /** READ_COMMITTED_SNAPSHOT of the worker's database: on, as `hartonomous database deploy` makes new ones. */
  readCommittedSnapshot: z.enum(['on', 'off']).default('on'),
  /** Folder for CPU profiles of the measured processes. */
  profile: z.string().min(1).optional(),
});

export type BenchmarkOptions = z.output<typeof benchmarkOptionsSchema>;

/**
 * Reads the command line.
 *
 * @param argv arguments without `node` and the script
 * @throws {CommanderError} for wrong options, and after `--help` (exit code 0)
 */
export function parseArguments(
  argv: readonly string[],
  output: { readonly out: (text: string) => void; readonly error: (text: string) => void },
): BenchmarkOptions {
  const command = new Command('bench')
    .description('Measures the parts on this machine, prints a table and writes bench-results/latest.json.')
    .option('--quick', 'less work and fewer repetitions: a look, not a record')
    .option('--only <names...>', 'only these results, or all whose names begin so; what their ratios need runs too')
    .option('--list', 'print the names and what they mean, and end')
    .option('--json', 'print the results as JSON instead of a table')
    .addOption(
      new Option(
        '--read-committed-snapshot <setting>',
        "the setting of the worker's database; new ones that `hartonomous database deploy` makes have it on",
      )
        .choices(['on', 'off'])
        .default('on'),
    )
    .option('--profile <folder>', 'write CPU profiles of the measured processes there (slower, so not for the record)')
    .addHelpText(
      'after',
      `
Examples:
  pnpm bench
  pnpm bench --quick
  pnpm bench --only drain latency
  pnpm bench --only drain-200k --read-committed-snapshot off
  pnpm bench --only emulator-enqueue
  pnpm bench --only emulator-start sqlite --json
  pnpm bench --only emulator-enqueue-single --profile ./profiles
  pnpm bench load --rate 200 --minutes 5        (see pnpm bench load --help)

A value is the median of its repetitions. Compare ratios: they are of the same machine in the same run, which values of
different runs are not. Exit codes: 0 measured; 1 a benchmark failed; 2 wrong options.`,
    )
    .exitOverride()
    .configureOutput({ writeOut: output.out, writeErr: output.error });
  command.parse([...argv], { from: 'user' });
  return benchmarkOptionsSchema.parse(command.opts());
}
