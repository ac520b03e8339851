import { type FoundAtom, type GraphConnection, searchAtoms, similarAtoms } from '@hartonomous/graph-sync';
import { openGraph } from '@hartonomous/operations';
import type { Command } from 'commander';
import { graphConnection } from '../connection-settings.ts';
import { printable } from '../lineage/printable.ts';
import { graphSettingsSchema } from '../options.ts';
import { bigIntId, fraction, tenantNumber, wholeNumber } from './arguments.ts';
import {
  type CommandContext,
  type CommonOptions,
  startCommand,
  withCommonOptions,
  withGraphOptions,
} from './command-context.ts';

interface SearchOptions extends CommonOptions {
  readonly tenant: string;
  readonly limit: string;
  readonly offset: string;
}

interface SimilarOptions extends CommonOptions {
  readonly tenant: string;
  readonly limit: string;
  readonly minScore: string;
}

/** Characters of a text that a line shows. */
const shownText = 100;
const mostResults = 1_000;
const mostOffset = 100_000;

/** Adds `search` and `similar`. */
export function addSearchCommands(program: Command, context: CommandContext): void {
  withCommonOptions(withGraphOptions(withTenantOptions(program.command('search <text>'))))
    .description("find a tenant's atoms by the words of their text, the best first")
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
      await printAtoms(context, options, `text ${JSON.stringify(text)}`, (connection) =>
        searchAtoms(connection, { tenantId, text, limit, offset }, context.signal),
      );
    });

  withCommonOptions(withGraphOptions(withTenantOptions(program.command('similar <atom>'))))
    .description("find a tenant's atoms that mean nearly the same as one, by their embeddings, the nearest first")
    .option('--min-score <number>', '0 (opposite) to 1 (the same); 0.5 is unrelated', '0')
    .addHelpText(
      'after',
      `
Examples:
  hartonomous similar 12345
  hartonomous similar 12345 --tenant 7 --limit 5 --min-score 0.8 --json`,
    )
    .action(async (atom: string, options: SimilarOptions) => {
      const tenantId = tenantNumber(options.tenant);
      const limit = wholeNumber('--limit', options.limit, 1, mostResults);
      const minimumScore = fraction('--min-score', options.minScore);
      const to = bigIntId(atom, 'the id of an atom', 'Take one from dbo.Atom or from search.');
      await printAtoms(context, options, `atom ${to}`, (connection) =>
        similarAtoms(connection, { tenantId, to, limit, minimumScore }, context.signal),
      );
    });
}

function withTenantOptions(command: Command): Command {
  return command
    .option('--tenant <id>', 'whose atoms', '0')
    .option('--limit <number>', `most results, 1 to ${mostResults}`, '20');
}

async function printAtoms(
  context: CommandContext,
  options: CommonOptions,
  what: string,
  find: (connection: GraphConnection) => Promise<readonly FoundAtom[]>,
): Promise<void> {
  const { output, settings } = await startCommand(context, options);
  await using graph = await openGraph(graphConnection(settings.get(graphSettingsSchema)), context.signal);
  const atoms = await find(graph);
  for (const { id, score, atomType, text } of atoms) {
    const shown = text === null ? '-' : printable(text.replaceAll(/\s+/gu, ' '), shownText);
    output.line(`${score.toFixed(3)}  ${id}  ${printable(atomType ?? '-')}  ${shown}`);
  }
  if (atoms.length === 0) output.line(`Nothing was found for ${what}.`);
  // JSON has no 64-bit integers.
  output.document({ ok: true, atoms: atoms.map(({ id, ...atom }) => ({ id: `${id}`, ...atom })) });
}
