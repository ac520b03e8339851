import { endLeaks } from '@hartonomous/operations';
import { exitCodeOfDryRun } from '../exit-codes.ts';
import { databaseSettingsSchema } from '../options.ts';
import { wholeNumber } from './arguments.ts';
import { type CommandContext, type CommonOptions, startCommand } from './command-context.ts';

/** Conversations between two lines of progress: each costs a round trip, so this is about a line a second. */
const progressEvery = 500;

interface LeakOptions extends CommonOptions {
  readonly dryRun?: boolean;
  readonly limit?: string;
}

/** `doctor --end-leaked-conversations`. */
export async function endLeakedConversations(context: CommandContext, options: LeakOptions): Promise<void> {
  const limit = wholeNumber('--limit', options.limit ?? '1000', 1, 100_000);
  const isDryRun = options.dryRun === true;
  const { output, settings } = await startCommand(context, options);
  let told = 0;
  const queues = await endLeaks({
    database: settings.get(databaseSettingsSchema).ConnectionStrings.HartonomousDb,
    limit,
    isDryRun,
    onCounted: (queue, found) => {
      told = 0;
      const more = found === limit ? ' (as many as --limit; there may be more)' : '';
      output.line(`${queue}: ${found} leaked conversations${more}.`);
    },
    onProgress: (queue, ended, found) => {
      if (ended < told + progressEvery) return;
      told = ended;
      output.line(`${queue}: ${ended} of ${found} ended`);
    },
    signal: context.signal,
  });
  for (const { queue, found, ended } of queues) {
    if (isDryRun || found === 0) continue;
    const left = found === ended ? '' : `; ${found - ended} were in a reader's hands or gone, and are left alone`;
    output.line(`✓ ${queue}: ${ended} of ${found} ended${left}.`);
  }
  if (isDryRun) {
    output.line('Nothing was changed.');
    context.finish(exitCodeOfDryRun({ changes: queues.some(({ found }) => found > 0) }));
  }
  output.document({ ok: true, dryRun: isDryRun, queues });
}
