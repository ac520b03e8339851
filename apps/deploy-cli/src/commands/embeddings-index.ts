import { createModelIndexes, failureOf, type ModelIndexes, openGraph } from '@hartonomous/operations';
import type { Command } from 'commander';
import { graphConnection } from '../connection-settings.ts';
import { exitCodeOfDryRun, exitCodes } from '../exit-codes.ts';
import { graphSettingsSchema, graphSwitchSchema } from '../options.ts';
import type { Output } from '../output.ts';
import type { CommandContext, CommonOptions } from './command-context.ts';
import type { DatabaseRun, DatabaseWork } from './with-database.ts';

interface IndexOptions extends CommonOptions {
  readonly dryRun?: boolean;
}

/** Adds `embeddings index`. */
export function addEmbeddingIndexCommand(
  command: (text: string) => Command,
  run: (options: CommonOptions, work: DatabaseWork) => Promise<void>,
  context: CommandContext,
): void {
  command('index')
    .description('create the vector indexes of the models in use that the graph lacks; enabling a model does it too')
    .option('--dry-run', 'only compare')
    .addHelpText(
      'after',
      `
Exit code 0: all are there as they should be; 1: one is missing or is built otherwise; 2: wrong command line or
configuration; 3: a server can't be reached or refuses the login; 10: a dry run that would create one.

Examples:
  hartonomous embeddings index --dry-run
  hartonomous embeddings index`,
    )
    .action(({ dryRun = false, ...options }: IndexOptions) =>
      run(options, async (work) => {
        const indexes = await indexesOf(work, dryRun, context.signal);
        const isWell = printIndexes(work.output, indexes);
        work.output.document({ ok: isWell, dryRun, ...indexes });
        if (!dryRun) context.finish(isWell ? exitCodes.done : exitCodes.failed);
        else {
          const states = new Set(indexes.items.map(({ state }) => state));
          context.finish(exitCodeOfDryRun({ changes: states.has('missing'), blocked: states.has('different') }));
        }
      }),
    );
}

/**
 * Creates the indexes after a model was enabled. Where the graph is away, it says what to do: the model is enabled all the same,
 * and vectors go to the graph without an index, too.
 *
 * @returns `null` when nothing was created because of that
 */
export async function tryIndexes(work: DatabaseRun, signal: AbortSignal): Promise<ModelIndexes | null> {
  if (!work.settings.get(graphSwitchSchema).Neo4j.Enabled) return null;
  try {
    const indexes = await indexesOf(work, false, signal);
    printIndexes(work.output, indexes);
    return indexes;
  } catch (error) {
    const failure = signal.aborted ? undefined : failureOf(error);
    if (failure === undefined) throw error;
    work.output.warning(
      `the graph has no vector index for the model yet, and similar doesn't work without it (${failure.code}: ${failure.message}). ` +
        'Create it when the graph is there: hartonomous embeddings index',
    );
    return null;
  }
}

async function indexesOf(
  { client, settings }: DatabaseRun,
  isDryRun: boolean,
  signal: AbortSignal,
): Promise<ModelIndexes> {
  await using graph = await openGraph(graphConnection(settings.get(graphSettingsSchema)), signal);
  return await createModelIndexes(client, graph, isDryRun, signal);
}

/** @returns whether all are as they should be */
function printIndexes(output: Output, { items, others, created }: ModelIndexes): boolean {
  for (const { name, state, detail } of items) {
    const isRight = state === 'found';
    const what = created.includes(name) ? 'created' : state;
    output.line(`${isRight ? '✓' : '✗'} index ${name}: ${what}${detail === null ? '' : ` (${detail})`}`);
    if (state === 'different')
      output.detail(`To build it anew: DROP INDEX ${name}, then hartonomous embeddings index.`);
  }
  for (const name of others)
    output.line(`! index ${name} is of a model that isn't in use. If nobody needs it: DROP INDEX ${name}`);
  if (items.length === 0) output.line('No model is in use, so that there is nothing to index.');
  return items.every(({ state }) => state === 'found');
}
