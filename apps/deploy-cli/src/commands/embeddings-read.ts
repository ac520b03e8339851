import { readModel } from '@hartonomous/operations';
import type { Command } from 'commander';
import { exitCodeOfDryRun } from '../exit-codes.ts';
import type { CommandContext, CommonOptions } from './command-context.ts';
import { tryIndexes } from './embeddings-index.ts';
import type { DatabaseWork } from './with-database.ts';

interface ReadOptions extends CommonOptions {
  readonly force?: boolean;
  readonly dryRun?: boolean;
}

/** Adds `embeddings read`. */
export function addEmbeddingReadCommand(
  command: (text: string) => Command,
  run: (options: CommonOptions, work: DatabaseWork) => Promise<void>,
  context: CommandContext,
): void {
  command('read <key>')
    .description('make searches use the vectors of a model by default')
    .option('--force', 'also where atoms still lack a vector, which searches then miss')
    .option('--dry-run', 'only check whether it could be done')
    .addHelpText(
      'after',
      `
Searches switch to a model by themselves, once, when all atoms that can have a vector have one. This switches back, or sooner.

Examples:
  hartonomous embeddings read bge_m3 --dry-run
  hartonomous embeddings read bge_m3 --force`,
    )
    .action((key: string, { force = false, dryRun = false, ...options }: ReadOptions) =>
      run(options, async (work) => {
        const result = await readModel(work.client, key, { isForced: force, isDryRun: dryRun }, context.signal);
        const { status, wasRead, enqueued } = result;
        const { eligible, embedded, excused } = status;
        const coverage = `${embedded} of ${eligible - excused} atoms that can have a vector, of ${eligible} eligible ones`;
        if (wasRead) work.output.line(`Searches read ${key} already (${coverage}).`);
        else if (dryRun) work.output.line(`Would have searches read ${key} (${coverage}).`);
        else
          work.output.line(`✓ Searches read ${key} (${coverage}), once the sync worker has written that to the graph.`);
        if (enqueued > 1) work.output.detail(`${enqueued} atoms were enqueued: their vectors come to the graph.`);
        if (!wasRead && !dryRun && enqueued === 0)
          work.output.detail('No atom has a vector of it, so that the graph does not know it yet.');
        const indexes = dryRun || wasRead ? null : await tryIndexes(work, context.signal);
        if (dryRun) context.finish(exitCodeOfDryRun({ changes: !wasRead }));
        work.output.document({ ok: true, dryRun, key, wasRead, isFull: result.isFull, ...status, enqueued, indexes });
      }),
    );
}
