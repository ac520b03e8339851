import { type NothingSeen, type WorkSeen, watchWork } from '@hartonomous/operations';
import type { Command } from 'commander';
import { UsageError } from '../errors.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { databaseSettingsSchema } from '../options.ts';
import { StopRequest } from '../stop-request.ts';
import { watchLine } from '../watch/watch-line.ts';
import { watchScreen } from '../watch/watch-screen.ts';
import { optionalWholeNumber, wholeNumber } from './arguments.ts';
import { type CommandContext, type CommonOptions, withCommonOptions, withDatabaseOptions } from './command-context.ts';
import { withDatabase } from './with-database.ts';

interface WatchCommandOptions extends CommonOptions {
  readonly interval: string;
  readonly window: string;
  readonly count?: string;
  readonly once?: boolean;
}

/** A day between two samples isn't watching; an hour of a window shows nothing that happens now. */
const mostIntervalSeconds = 86_400;
const mostWindowSeconds = 3_600;
const mostLooks = 1_000_000_000;

/** Adds `watch`. */
export function addWatchCommand(program: Command, context: CommandContext): void {
  withCommonOptions(withDatabaseOptions(program.command('watch')))
    .description('watch queues and workers: what waits, how fast it drains, what fails')
    .option('--interval <seconds>', 'between two samples, from 1 to 86400', '2')
    .option('--window <seconds>', 'that rates and errors are of, from 1 to 3600', '60')
    .option('--count <number>', 'end after this many samples (default: run until Ctrl-C)')
    .option('--once', 'look once; the same as --count 1')
    .addHelpText(
      'after',
      `
On a terminal the view is redrawn with each sample; elsewhere each sample is one line, and with --json one line of JSON. DEPTH is what waits
in the queue, OLDEST since when, RATE what ended well in the window, ERRORS what failed in it, RETRY what waits for another try, DEAD
dead letters that nobody has replayed, UNDELIV what is stuck on its way to the queue. "-" stands for what is not seen or not recorded;
lines below say what was not seen, and why. While SQL Server is unavailable, or doesn't respond within 5 seconds, that is shown, and
watching goes on.

Exit code 0: ended by Ctrl-C, or all samples taken and the last one found no problem; 1: with --count or --once, the last sample found
something wrong, or could not see a part; 2: wrong command line or configuration; 3: SQL Server can't be reached or refuses the
login, at the start or in the last sample.

Examples:
  hartonomous watch
  hartonomous watch --interval 10 --window 300 >> watch.log
  hartonomous watch --json --once | jq '.queues[] | {name, messages, perSecond}'`,
    )
    .action((options: WatchCommandOptions) => {
      const intervalMs = 1_000 * wholeNumber('--interval', options.interval, 1, mostIntervalSeconds);
      const windowSeconds = wholeNumber('--window', options.window, 1, mostWindowSeconds);
      const count = optionalWholeNumber('--count', options.count, 1, mostLooks);
      if (count !== undefined && options.once === true)
        throw new UsageError('--count and --once exclude each other.', 'Give one of them.');
      return withDatabase(context, options, async ({ client, output, settings }) => {
        const { signal, stdout } = context;
        const looks = options.once === true ? 1 : count;
        const title = titleOf(settings.get(databaseSettingsSchema).ConnectionStrings.HartonomousDb);
        let made = 0;
        try {
          for await (const seen of watchWork(client, { intervalMs, windowSeconds, signal })) {
            made += 1;
            if (output.isJson) output.jsonLine({ ok: exitCodeOfLook(seen) === exitCodes.done, ...seen });
            else if (stdout.isTTY === true) output.frame(watchScreen(seen, { title, intervalMs }), stdout);
            else output.line(watchLine(seen));
            if (made === looks) {
              context.finish(exitCodeOfLook(seen));
              return;
            }
          }
        } catch (error) {
          const isInterrupted =
            signal.reason instanceof StopRequest && signal.reason.exitCode === exitCodes.interrupted;
          if (!isInterrupted) throw error;
          context.finish(exitCodes.done);
        }
      });
    });
}

function titleOf({ database, server }: { readonly database?: string | undefined; readonly server: { host: string } }) {
  return `${database ?? ''} on ${server.host}`;
}

function exitCodeOfLook(seen: WorkSeen | NothingSeen): ExitCode {
  if ('failure' in seen) return exitCodes.unreachable;
  const isWell = seen.unseen.length === 0 && seen.queues.every(({ problems }) => problems.length === 0);
  return isWell ? exitCodes.done : exitCodes.failed;
}
