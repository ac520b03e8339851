import { embeddingModels } from '@hartonomous/embedding-providers';
import {
  backfillEmbeddings,
  type DatabaseModel,
  disableModel,
  enableModel,
  planModel,
  requireModel,
  retryEmbeddings,
  setPaused,
  syncVectors,
} from '@hartonomous/operations';
import type { Command } from 'commander';
import { counted } from '../counted.ts';
import { exitCodeOfDryRun } from '../exit-codes.ts';
import { embeddingSettingsSchema } from '../options.ts';
import { optionalWholeNumber } from './arguments.ts';
import {
  type CommandContext,
  type CommonOptions,
  withCommonOptions,
  withDatabaseOptions,
  withGraphOptions,
} from './command-context.ts';
import { addEmbeddingIndexCommand, tryIndexes } from './embeddings-index.ts';
import { addEmbeddingReadCommand } from './embeddings-read.ts';
import { addEmbeddingStatusCommand } from './embeddings-status.ts';
import { type DatabaseRun, type DatabaseWork, withDatabase } from './with-database.ts';

interface EnableOptions extends CommonOptions {
  readonly dimension?: string;
  readonly key?: string;
  readonly modelVersion?: string;
  readonly atomType?: readonly string[];
  readonly backfill: boolean;
  readonly index: boolean;
  readonly dryRun?: boolean;
}
interface DryRunOptions extends CommonOptions {
  readonly dryRun?: boolean;
}
interface RetryOptions extends DryRunOptions {
  readonly reason?: string;
  readonly refused?: boolean;
}

/** Adds `embeddings enable|disable|pause|resume|backfill|retry|index|read|status`. */
export function addEmbeddingCommands(program: Command, context: CommandContext): void {
  const group = program.command('embeddings').description('vectors of atoms: models, jobs, coverage');
  const command = (text: string) => withCommonOptions(withDatabaseOptions(group.command(text)));
  const withGraph = (text: string) => withGraphOptions(command(text));
  const run = (options: CommonOptions, work: DatabaseWork) => withDatabase(context, options, work);

  withGraph('enable <model>')
    .description('compute embeddings of a model for existing atoms, and for every change from now on')
    .option('--dimension <number>', 'fewer numbers than the model has')
    .option('--key <key>', 'name in the database, of a to z, 0 to 9 and _ (default: from the name)')
    .option('--model-version <text>', 'where the same name means other vectors than before (default: 1)')
    .option('--atom-type <types...>', 'types of atoms that get one (default: section paragraph)')
    .option('--no-backfill', 'skip existing atoms; hartonomous embeddings backfill does them later')
    .option('--no-index', 'leave the graph alone; hartonomous embeddings index creates the vector index later')
    .option('--dry-run', 'only show what would be done, with an estimate of tokens')
    .addHelpText(
      'after',
      `
Models: ${embeddingModels.map(({ name }) => name).join(', ')}.
lexical-hash-384 finds words and not meaning, and needs no server. The others need embedding-generator with the same model in its settings.
With a provider outside of the house, their texts leave it, but for confidential and restricted ones (settings of the generator).

Examples:
  hartonomous embeddings enable lexical-hash-384
  hartonomous embeddings enable text-embedding-3-large --dimension 1024 --dry-run
  hartonomous embeddings enable bge-m3 --atom-type section paragraph page`,
    )
    .action((name: string, options: EnableOptions) =>
      run(options, async ({ client, output, settings }) => {
        const dimension = optionalWholeNumber('--dimension', options.dimension, 1, 4_096);
        const { key, modelVersion: version, atomType: atomTypes, dryRun = false } = options;
        const choice = { name, dimension, key, version, atomTypes };
        const planned = await planModel(client, choice, context.signal);
        const model = dryRun ? planned : await enableModel(client, choice, context.signal);
        const { atomTypes: types, dimension: numbers } = planned;
        const what = `${planned.key}: ${name}, ${numbers} numbers, for ${types.join(', ')}`;
        output.line(dryRun ? `Would enable ${what}.` : `✓ Enabled ${what}.`);
        const id = 'id' in model ? model.id : planned.known?.id;
        if (dryRun && id === undefined && options.backfill) {
          output.line('How many atoms would get jobs is known once the model is there: enable it with --no-backfill.');
        }
        const isCounted = options.backfill && id !== undefined;
        const backfill = isCounted
          ? await fill({ client, output, settings }, { id, key: planned.key }, dryRun, context.signal)
          : null;
        const isBack = planned.known?.state === 'DISABLED' && id !== undefined && !dryRun;
        const synced = isBack ? await syncAgain({ client, output }, { id, key: planned.key }, context.signal) : 0;
        const indexes =
          dryRun || !options.index ? null : await tryIndexes({ client, output, settings }, context.signal);
        const { known: _, ...shown } = planned;
        if (dryRun) context.finish(exitCodeOfDryRun({ changes: true }));
        output.document({ ok: true, dryRun, model: shown, backfill, syncedAtoms: synced, indexes });
      }),
    );

  command('backfill <key>')
    .description('make jobs for atoms that have no embedding of a model and no job for one')
    .option('--dry-run', 'only count, with an estimate of tokens and, by Embedding:PricePerMillionTokens, of cost')
    .addHelpText(
      'after',
      '\nExamples:\n  hartonomous embeddings backfill bge_m3 --dry-run\n  hartonomous embeddings backfill bge_m3',
    )
    .action((key: string, options: DryRunOptions) =>
      run(options, async (work) => {
        const { client, output } = work;
        const { dryRun = false } = options;
        const model = await requireModel(client, key, context.signal);
        const backfill = await fill(work, model, dryRun, context.signal);
        if (dryRun) context.finish(exitCodeOfDryRun({ changes: backfill.jobs > 0 }));
        output.document({ ok: true, dryRun, backfill });
      }),
    );

  command('disable <key>')
    .description('stop making and doing jobs of a model; waiting jobs are deleted, vectors stay')
    .option('--dry-run', 'only look for the model')
    .addHelpText('after', '\nExamples:\n  hartonomous embeddings disable bge_m3 --dry-run')
    .action((key: string, options: DryRunOptions) =>
      run(options, async ({ client, output }) => {
        const { dryRun = false } = options;
        const model = await requireModel(client, key, context.signal);
        const deleted = dryRun ? 0 : await disableModel(client, model, context.signal);
        output.line(
          dryRun ? `Would disable ${key}.` : `✓ Disabled ${key}; deleted ${counted(deleted, 'waiting job')}.`,
        );
        if (dryRun) context.finish(exitCodeOfDryRun({ changes: true }));
        output.document({ ok: true, dryRun, key, deletedJobs: deleted });
      }),
    );

  for (const [name, isPaused, description] of [
    ['pause', true, 'keep making jobs of a model, but do none until it is resumed'],
    ['resume', false, 'do the jobs of a model again'],
  ] as const) {
    command(`${name} <key>`)
      .description(description)
      .option('--dry-run', 'only look for the model')
      .addHelpText('after', `\nExamples:\n  hartonomous embeddings ${name} bge_m3`)
      .action((key: string, options: DryRunOptions) =>
        run(options, async ({ client, output }) => {
          const { dryRun = false } = options;
          const model = await requireModel(client, key, context.signal);
          if (!dryRun) await setPaused(client, model, isPaused, context.signal);
          output.line(dryRun ? `Would ${name} ${key}.` : `✓ ${isPaused ? 'Paused' : 'Resumed'} ${key}.`);
          if (dryRun) context.finish(exitCodeOfDryRun({ changes: true }));
          output.document({ ok: true, dryRun, key });
        }),
      );
  }

  command('retry <key>')
    .description('retry dead or refused jobs of a model')
    .option('--reason <code>', 'only jobs with this error code, for example INPUT_REFUSED')
    .option('--refused', 'those that were refused for their classification, sooner than the generator looks at them')
    .option('--dry-run', 'only count them')
    .addHelpText('after', '\nExamples:\n  hartonomous embeddings retry bge_m3')
    .action((key: string, options: RetryOptions) =>
      run(options, async ({ client, output }) => {
        const { reason: code, refused: isRefused = false, dryRun: isDryRun = false } = options;
        const kind = isRefused ? 'refused' : 'dead';
        const model = await requireModel(client, key, context.signal);
        const jobs = await retryEmbeddings(client, model, { code, isRefused, isDryRun }, context.signal);
        output.line(
          isDryRun ? `${jobs} ${kind} jobs would be tried again.` : `✓ ${jobs} ${kind} jobs are tried again.`,
        );
        if (isDryRun) context.finish(exitCodeOfDryRun({ changes: jobs > 0 }));
        output.document({ ok: true, dryRun: isDryRun, key, jobs });
      }),
    );

  addEmbeddingIndexCommand(withGraph, run, context);
  addEmbeddingReadCommand(withGraph, run, context);
  addEmbeddingStatusCommand(command, run, context);
}

/** A model that was out of use may have vectors, which the graph has lost meanwhile. */
async function syncAgain(
  { client, output }: Pick<DatabaseRun, 'client' | 'output'>,
  model: Pick<DatabaseModel, 'id' | 'key'>,
  signal: AbortSignal,
): Promise<number> {
  const atoms = await syncVectors(client, model, Number.MAX_SAFE_INTEGER, signal);
  if (atoms > 0)
    output.line(`✓ ${counted(atoms, 'atom')} with earlier vectors enqueued: these will be in the graph again.`);
  return atoms;
}

/** Characters of a token: in English, and in code or Chinese. */
const charactersPerToken = { most: 4, least: 1.5 };
/** Atoms between two lines of progress. */
const progressAtoms = 50_000;

async function fill(
  { client, output, settings }: DatabaseRun,
  model: Pick<DatabaseModel, 'id' | 'key'>,
  dryRun: boolean,
  signal: AbortSignal,
) {
  let [jobs, characters, said] = [0, 0, 0];
  for await (const state of backfillEmbeddings(client, model, dryRun, signal)) {
    ({ jobs, characters } = state);
    if (jobs - said < progressAtoms) continue;
    said = jobs;
    output.line(`  ${counted(jobs, 'job')}, up to atom ${state.lastAtomId}`);
  }
  const least = Math.ceil(characters / charactersPerToken.most);
  const most = Math.ceil(characters / charactersPerToken.least);
  const { PricePerMillionTokens: price } = settings.get(embeddingSettingsSchema).Embedding;
  const costOf = (tokens: number) => (tokens * price) / 1_000_000;
  const money = price === 0 ? '' : `, at a cost of ${costOf(least).toFixed(2)} to ${costOf(most).toFixed(2)}`;
  const done = dryRun ? `${counted(jobs, 'job')} would be made` : `✓ ${counted(jobs, 'job')} made`;
  output.line(`${done}, about ${least} to ${most} tokens${money}.`);
  const estimatedCost = price === 0 ? null : { least: costOf(least), most: costOf(most) };
  return { jobs, characters, estimatedTokens: { least, most }, estimatedCost };
}
