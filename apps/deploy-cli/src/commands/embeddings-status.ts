import { embeddingStatus, listModels, requireModel, type UsageSums } from '@hartonomous/operations';
import type { Command } from 'commander';
import type { CommandContext, CommonOptions } from './command-context.ts';
import type { DatabaseWork } from './with-database.ts';

/** Adds `embeddings status`. */
export function addEmbeddingStatusCommand(
  command: (text: string) => Command,
  run: (options: CommonOptions, work: DatabaseWork) => Promise<void>,
  context: CommandContext,
): void {
  command('status [key]')
    .description('show the models: coverage, jobs, tokens, last error')
    .addHelpText(
      'after',
      `
Eligible are atoms of the model's types that have text. Of these, some can't have a vector for now: what has no content is skipped, what may
not go to the provider is refused, what failed is dead. Once all others have one, searches read the model; embeddings read switches
by hand. Tokens are those that the vectors that are there have cost; what was asked of the provider counts replaced and removed ones
too, and its cost is by the price in the generator's settings. It counts all atoms, which takes a while in a large database.

Examples:
  hartonomous embeddings status
  hartonomous embeddings status bge_m3 --json`,
    )
    .action((key: string | undefined, options: CommonOptions) =>
      run(options, async ({ client, output }) => {
        const { signal } = context;
        const models = key === undefined ? await listModels(client, signal) : [await requireModel(client, key, signal)];
        const shown = [];
        if (models.length === 0) output.line('No model. Enable one: hartonomous embeddings enable MODEL.');
        for (const model of models) {
          const status = await embeddingStatus(client, model, signal);
          const {
            eligible,
            embedded,
            excused,
            pending,
            running,
            dead,
            refused,
            oldestAgeSeconds,
            tokens,
            lastError,
            today,
            total,
          } = status;
          output.line(
            `${model.key}: ${model.name}, version ${model.version}, ${model.dimension} numbers, ${model.state}${model.isRead ? ', read by searches' : ''}`,
          );
          output.line(
            `  ${percent(embedded, eligible - excused)} of atoms that can have a vector: ${embedded} of ${eligible - excused}; ` +
              `${percent(embedded, eligible)} of eligible ones: ${embedded} of ${eligible}`,
          );
          const age = oldestAgeSeconds === null ? '' : `, the oldest for ${oldestAgeSeconds} s`;
          output.line(
            `  jobs: ${pending} pending, ${running} running, ${dead} dead, ${refused} refused${age}; tokens: ${tokens}`,
          );
          if (total.requests > 0)
            output.line(`  asked of the provider today (UTC): ${sums(today)}; ever: ${sums(total)}`);
          if (status.isCapReached) output.line("  ! the day's cap is reached: jobs wait until 00:00 UTC");
          if (lastError !== null) output.line(`  last error: ${lastError.code}: ${lastError.text ?? '-'}`);
          shown.push({ ...model, ...status });
        }
        output.document({ ok: true, models: shown });
      }),
    );
}

function sums({ requests, tokens, cost }: UsageSums): string {
  return `${requests} requests, ${tokens} tokens${cost === 0 ? '' : `, cost ${cost.toFixed(2)}`}`;
}

/** Rounded down: 100 % is all of them. */
function percent(part: number, whole: number): string {
  return whole === 0 ? 'none' : `${Math.floor((1_000 * part) / whole) / 10} %`;
}
