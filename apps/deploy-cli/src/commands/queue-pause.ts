import {
  awaitPaused,
  type PauseScope,
  pauseQueue,
  type QueuePause,
  queuePauses,
  resumeQueue,
} from '@hartonomous/operations';
import { type WorkerQueue, workerQueues } from '@hartonomous/provenance-schema';
import { Argument, type Command } from 'commander';
import { counted } from '../counted.ts';
import { UsageError } from '../errors.ts';
import { exitCodeOfDryRun, exitCodes } from '../exit-codes.ts';
import { longestOperatorName, operatorName } from '../operator-name.ts';
import { optionalWholeNumber, wholeNumber } from './arguments.ts';
import { type CommandContext, type CommonOptions, withCommonOptions, withDatabaseOptions } from './command-context.ts';
import { durationText } from './duration-text.ts';
import { withDatabase } from './with-database.ts';

interface PauseOptions extends CommonOptions {
  readonly reason: string;
  readonly owner?: string;
  readonly instance?: string;
  readonly except?: string;
  readonly minutes?: string;
  readonly wait: string;
  readonly dryRun?: boolean;
}

interface ResumeOptions extends CommonOptions {
  readonly owner?: string;
  readonly dryRun?: boolean;
}

/** Characters of dbo.QueuePause.Reason. */
const longestReason = 1_000;
/** A year, the longest pause that ends by itself. */
const mostMinutes = 525_600;
/** Seconds that workers may be waited for: an hour, as long as a file may take. */
const mostWaitSeconds = 3_600;

/** Adds `queue pause` and `queue resume`. */
export function addQueuePauseCommands(group: Command, context: CommandContext): void {
  const command = (text: string) => withCommonOptions(withDatabaseOptions(group.command(text)));

  command('pause')
    .description('stop the workers of a queue from receiving; its messages wait')
    .addArgument(queueArgument())
    .requiredOption('--reason <text>', 'why it is paused; shown in health and queue status')
    .option('--owner <name>', 'who is to be asked (default: you, as USER@HOST)')
    .option('--minutes <number>', 'end it by itself after so many minutes (default: until "queue resume")')
    .option('--instance <name>', 'pause one worker alone; queue status --json names them')
    .option('--except <name>', 'pause all workers but one')
    .option('--wait <seconds>', 'how long to wait for workers to finish their work in progress, from 0 to 3600', '30')
    .option('--dry-run', 'show what would be paused; change nothing')
    .addHelpText(
      'after',
      `
Workers read it within about a second, finish what they have in hand and say so. Their /health/ready is 503 then and names owner and
reason, as do queue status and doctor. Purges and the work beside a queue (files, embedding jobs) pause, too. Another pause of the same
owner replaces this one. Needs EXECUTE on dbo.sp_PauseQueue, which db_owner has.

Exit code 0: all workers have nothing in hand; 1: it is asked for, and one has not finished yet; 2: wrong command line or
configuration; 3: SQL Server can't be reached or refuses the login; 10: a dry run that would change something.

Examples:
  hartonomous queue pause sync --reason 'Neo4j is moved'
  hartonomous queue pause ingestion --reason 'disk is full' --minutes 60 --wait 0
  hartonomous queue pause sync --reason 'looking into it' --instance web1-4711`,
    )
    .action((name: string, options: PauseOptions) => {
      const scope = scopeOf(options);
      const minutes = optionalWholeNumber('--minutes', options.minutes, 1, mostMinutes);
      const timeoutMs = 1_000 * wholeNumber('--wait', options.wait, 0, mostWaitSeconds);
      const owner = options.owner ?? operatorName();
      const { reason } = options;
      if (owner.trim() === '' || reason.trim() === '')
        throw new UsageError('--owner and --reason must not be empty.', 'Give a name and a sentence.');
      if (owner.length > longestOperatorName || reason.length > longestReason)
        throw new UsageError(
          '--owner or --reason is too long.',
          `Give at most ${longestOperatorName} and ${longestReason} characters.`,
        );
      return withDatabase(context, options, async ({ client, output }) => {
        const { signal } = context;
        const queue = queueNamed(name);
        const { dryRun = false } = options;
        const before = dryRun ? await queuePauses(client, queue, signal) : [];
        if (!dryRun) {
          const seconds = minutes === undefined ? undefined : minutes * 60;
          await pauseQueue(client, queue, { owner, reason, scope, seconds }, signal);
        }
        const wait = { timeoutMs: dryRun ? 0 : timeoutMs, signal };
        const { isReached, workers } = await awaitPaused(client, queue, scope, wait);
        output.line(
          `${dryRun ? 'Would pause' : '✓ Paused:'} ${queue.queue}, by ${owner}${minutes === undefined ? '' : `, for ${durationText(minutes * 60_000)}`}: ${reason}`,
        );
        for (const { instance, version, state } of workers) output.detail(`${instance}, ${version}: ${state}`);
        if (workers.length === 0) output.detail('No worker that this is for was seen within the last minute.');
        if (!isReached && !dryRun) {
          output.line('! Not all workers have finished their work in progress. They receive nothing new.');
          output.detail(`See: hartonomous queue status`);
        }
        const ok = isReached || dryRun;
        output.document({ ok, dryRun, queue: queue.queue, owner, reason, scope, minutes: minutes ?? null, workers });
        if (dryRun) {
          const isThere = minutes === undefined && before.some((each) => isSame(each, { owner, reason, scope }));
          context.finish(exitCodeOfDryRun({ changes: !isThere }));
        } else context.finish(ok ? exitCodes.done : exitCodes.failed);
      });
    });

  command('resume')
    .description('let the workers of a queue continue')
    .addArgument(queueArgument())
    .option('--owner <name>', 'remove the pause of that owner only (default: all pauses)')
    .option('--dry-run', 'show which pauses would be removed; change nothing')
    .addHelpText(
      'after',
      `
Needs EXECUTE on dbo.sp_ResumeQueue, which db_owner has. Workers go on within about a second.

Examples:
  hartonomous queue resume sync
  hartonomous queue resume ingestion --owner anna@web1`,
    )
    .action((name: string, options: ResumeOptions) =>
      withDatabase(context, options, async ({ client, output }) => {
        const { signal } = context;
        const queue = queueNamed(name);
        const { owner, dryRun = false } = options;
        const pauses = await queuePauses(client, queue, signal);
        const taken = pauses.filter((pause) => owner === undefined || pause.owner === owner);
        if (!dryRun) await resumeQueue(client, queue, owner, signal);
        for (const pause of taken) {
          const { pausedAt } = pause;
          output.line(
            `${dryRun ? 'Would take back' : '✓ Taken back:'} the pause by ${pause.owner} since ${pausedAt.toISOString()}: ${pause.reason}`,
          );
        }
        const left = pauses.filter((pause) => !taken.includes(pause));
        for (const pause of left) output.line(`! Still paused by ${pause.owner}: ${pause.reason}`);
        if (pauses.length === 0) output.line(`${queue.queue} was not paused.`);
        else if (left.length > 0)
          output.detail(`${counted(left.length, 'pause')} of others: hartonomous queue resume ${name}`);
        output.document({ ok: true, dryRun, queue: queue.queue, resumed: taken, left });
        if (dryRun) context.finish(exitCodeOfDryRun({ changes: taken.length > 0 }));
      }),
    );
}

/** Whether a pause without an end is what is asked for already. */
function isSame(
  { owner, reason, scope, instance, expiresAt }: QueuePause,
  asked: Pick<QueuePause, 'owner' | 'reason'> & { readonly scope: PauseScope },
): boolean {
  const askedInstance = asked.scope.kind === 'ALL' ? null : asked.scope.instance;
  const isFor = scope === asked.scope.kind && instance === askedInstance;
  return isFor && owner === asked.owner && reason === asked.reason && expiresAt === null;
}

function queueArgument(): Argument {
  return new Argument('<queue>', 'the queue').choices(workerQueues.map(({ name }) => name));
}

function queueNamed(name: string): WorkerQueue {
  const found = workerQueues.find((each) => each.name === name);
  if (found === undefined) throw new TypeError(`${name} is a choice, and no queue of workers.`);
  return found;
}

function scopeOf({ instance, except }: PauseOptions): PauseScope {
  if (instance !== undefined && except !== undefined)
    throw new UsageError('--instance and --except exclude each other.', 'Give one of them, or none for all workers.');
  if (instance !== undefined) return { kind: 'ONLY', instance };
  return except === undefined ? { kind: 'ALL' } : { kind: 'EXCEPT', instance: except };
}
