import { searchAtoms } from '@hartonomous/graph-sync';
import { openGraph } from '@hartonomous/operations';
import type { Command } from 'commander';
import { graphConnection } from '../connection-settings.ts';
import { graphSettingsSchema } from '../options.ts';
import { tenantNumber, wholeNumber } from './arguments.ts';
import {
  type CommandContext,
  type CommonOptions,
  startCommand,
  withCommonOptions,
  withGraphOptions,
} from './command-context.ts';
import { foundAtomLine } from './found-atom-line.ts';

interface SearchOptions extends CommonOptions {
  readonly tenant: string;
  readonly limit: string;
  readonly offset: string;
}

const mostResults = 1_000;
const mostOffset = 100_000;

/** Adds `search`. */
export function addSearchCommand(program: Command, context: CommandContext): void {
  withCommonOptions(withGraphOptions(program.command('search <text>')))
    .description("find a tenant's atoms by the words of their text, best first")
    .option('--tenant <id>', 'whose atoms', '0')
    .option('--limit <number>', `most results, 1 to ${mostResults}`, '20')
    .option('--offset <number>', 'results to leave out at the front, for the next page', '0')
    .addHelpText(
      'after',
      `
An atom is found that has all the words, in any order. Nothing in the text is syntax: quotes, stars and the like don't
matter. Scores can be compared within one search only.

Examples:
  hartonomous search 'service broker'
  hartonomous search invoice --tenant 7 --limit 50 --offset 50
  hartonomous search --json -- '--dry-run' | jq '.atoms[].id'`,
    )
    .action(async (text: string, options: SearchOptions) => {
      const tenantId = tenantNumber(options.tenant);
      const limit = wholeNumber('--limit', options.limit, 1, mostResults);
      const offset = wholeNumber('--offset', options.offset, 0, mostOffset);
      const { output, settings } = await startCommand(context, options);
      await using graph = await openGraph(graphConnection(settings.get(graphSettingsSchema)), context.signal);
      const atoms = await searchAtoms(graph, { tenantId, text, limit, offset }, context.signal);
      for (const atom of atoms) output.line(foundAtomLine(atom));
      if (atoms.length === 0) output.line(`Nothing was found for text ${JSON.stringify(text)}.`);
      output.document({ ok: true, atoms });
    });
}
