import type { DeadLetterFilter, ReplayState, StoredDeadLetter } from '@hartonomous/broker-client';
import { type DeadLetterQueue, describeReplay, replayDeadLetters, replayPreview } from '@hartonomous/operations';
import { workerQueues } from '@hartonomous/provenance-schema';
import { redactText } from '@hartonomous/redaction';
import { type Command, Option } from 'commander';
import { confirm } from '../confirm.ts';
import { counted } from '../counted.ts';
import { UsageError } from '../errors.ts';
import { type ExitCode, exitCodeOfDryRun, exitCodes } from '../exit-codes.ts';
import { printable } from '../lineage/printable.ts';
import { textTable } from '../lineage/text-table.ts';
import type { Output } from '../output.ts';
import { shownBody } from '../shown-body.ts';
import { bigIntId, wholeNumber } from './arguments.ts';
import { type CommandContext, withCommonOptions, withDatabaseOptions } from './command-context.ts';
import { addDeadLetterGroupsCommand } from './dead-letter-groups.ts';
import { type LetterWork, type QueueOptions, withLetters } from './dead-letter-work.ts';
import { sqlNow } from './sql-clock.ts';

interface FilterOptions extends QueueOptions {
  readonly state?: ReplayState;
  readonly reason?: string;
}
interface ListOptions extends FilterOptions {
  readonly limit: string;
  readonly after?: string;
}
interface ReplayOptions extends QueueOptions {
  readonly all?: boolean;
  readonly reason?: string;
  readonly sendBody?: boolean;
  readonly dryRun?: boolean;
}
interface PurgeOptions extends FilterOptions {
  readonly state: ReplayState;
  readonly olderThan: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

const millisecondsPerDay = 86_400_000;
/** Characters of a line of a preview: a value may be a whole text. */
const longestPreviewLine = 300;

/** Adds `deadletter groups|list|show|replay|purge`. */
export function addDeadLetterCommands(program: Command, context: CommandContext): void {
  const group = program.command('deadletter').description('messages that could not be processed');
  const queue = () =>
    new Option('--queue <name>', workerQueues.map(({ name, description }) => `${name}: ${description}`).join('; '))
      .choices(workerQueues.map(({ name }) => name))
      .default('sync');
  const command = (text: string) => withCommonOptions(withDatabaseOptions(group.command(text))).addOption(queue());
  const state = () => new Option('--state <state>', 'only these').choices(['PENDING', 'REPLAYED', 'DISCARDED']);

  addDeadLetterGroupsCommand(command('groups').addOption(state()), context);
  command('list')
    .description('list dead letters, the oldest first')
    .addOption(state())
    .option('--reason <code>', 'only letters with this reason code')
    .option('--limit <number>', 'most letters, from 1 to 10000', '100')
    .option('--after <id>', 'only letters after this one, for the next page')
    .addHelpText(
      'after',
      `
Exit code 0: listed, also where there are none; 2: wrong command line or configuration; 3: SQL Server can't be reached or
refuses the login. hartonomous deadletter groups counts them by reason.

Examples:
  hartonomous deadletter list --state PENDING
  hartonomous deadletter list --queue ingestion --reason SOURCE_UNAVAILABLE --limit 20`,
    )
    .action(async (options: ListOptions) => {
      const limit = wholeNumber('--limit', options.limit, 1, 10_000);
      const after = options.after === undefined ? {} : { afterId: letterId(options.after) };
      await withLetters(context, options, async ({ output, letters, queue: { subjectOf } }) => {
        const found = await letters.list({ ...filterOf(options), ...after, limit, signal: context.signal });
        printLetters(output, found, subjectOf);
        output.line(`${counted(found.length, 'dead letter')}.`);
        output.document({ ok: true, deadLetters: found.map(jsonOf) });
      });
    });

  command('show <id>')
    .description('show a dead letter with its body')
    .addHelpText(
      'after',
      `
Exit code 0: shown; 1: there is no such letter; 2: wrong command line or configuration; 3: SQL Server can't be reached or
refuses the login.

Examples:
  hartonomous deadletter show 17
  hartonomous deadletter show 3 --queue embedding --json`,
    )
    .action(async (text: string, options: QueueOptions) => {
      const id = letterId(text);
      await withLetters(context, options, async ({ output, letters }) => {
        const letter = await letters.show(id, { signal: context.signal });
        if (letter === undefined) {
          const message = `There is no dead letter ${id} of the queue ${options.queue}.`;
          const others = workerQueues.map(({ name }) => name).filter((name) => name !== options.queue);
          const action = `Each queue counts its own: --queue ${others.join(' or --queue ')}, or hartonomous deadletter list.`;
          output.failure({ code: 'DEAD_LETTER_NOT_FOUND', message, action, kind: 'failed' });
          context.finish(exitCodes.failed);
          return;
        }
        for (const [name, value] of Object.entries(jsonOf(letter))) output.line(`${name}: ${value ?? '-'}`);
        output.document({ ok: true, deadLetter: jsonOf(letter) });
      });
    });

  command('replay [ids...]')
    .description('put PENDING dead letters back into the queue')
    .option('--all', 'all PENDING letters')
    .option('--reason <code>', 'with --all: only letters with this reason code')
    .option('--send-body', 'send the body as it is, for letters that name no known entity')
    .option('--dry-run', 'only show what would be done, and what the graph would get')
    .addHelpText(
      'after',
      `
A sync message only says which entity changed; what it becomes in the graph is what SQL has at that time: --dry-run shows
it as it is now, node, properties and edges. An ingestion message is sent again as it is. A replayed letter stays in the
list with when and how often; if its message fails again, that is a new letter.
Exit code 0: all were replayed (with --dry-run: there is nothing to replay); 10: a dry run, and all could be replayed;
1: at least one could not; 2: wrong command line or configuration; 3: SQL Server can't be reached or refuses the login.

Examples:
  hartonomous deadletter replay 17 18 --dry-run
  hartonomous deadletter replay --all --reason GRAPH_DATA_INVALID
  hartonomous deadletter replay --queue ingestion --all --reason SOURCE_UNAVAILABLE`,
    )
    .action(async (texts: readonly string[], options: ReplayOptions) => {
      if ((options.all === true) === texts.length > 0) {
        throw new UsageError('Say what to replay.', 'Give ids, or --all.');
      }
      const ids = options.all === true ? undefined : texts.map(letterId);
      await withLetters(context, options, async (work) => {
        context.finish(await replay(work, ids, options, context.signal));
      });
    });

  command('purge')
    .description('delete dead letters for good')
    .addOption(state().default('REPLAYED'))
    .option('--reason <code>', 'only letters with this reason code')
    .requiredOption('--older-than <days>', 'only letters that are older than so many days; 0 for all')
    .option('--dry-run', 'only count them')
    .option('--yes', 'delete without asking')
    .addHelpText(
      'after',
      `
What is deleted is gone: body and reason are nowhere else. It asks first, or needs --yes.
Exit code 0: deleted (with --dry-run: there are none); 10: a dry run, and there are some; 2: wrong command line or
configuration, or nobody to ask; 3: SQL Server can't be reached or refuses the login.

Examples:
  hartonomous deadletter purge --older-than 90 --dry-run
  hartonomous deadletter purge --queue ingestion --state DISCARDED --older-than 30 --yes`,
    )
    .action(async (options: PurgeOptions) => {
      const days = wholeNumber('--older-than', options.olderThan, 0, 36_500);
      await withLetters(context, options, async ({ output, client, letters }) => {
        const { dryRun = false } = options;
        const call = { signal: context.signal };
        const now = await sqlNow(client, context.signal);
        const filter = { ...filterOf(options), before: new Date(now.getTime() - days * millisecondsPerDay) };
        const found = await letters.count(filter, call);
        const question = `Delete ${counted(found, 'dead letter')} for good`;
        const isWanted = dryRun || found === 0 || (await confirm(context, output, question, options.yes === true));
        if (!isWanted) return;
        const count = dryRun ? found : await letters.purge(filter, call);
        output.line(`${counted(count, 'dead letter')} ${dryRun ? 'would be' : count === 1 ? 'was' : 'were'} deleted.`);
        output.document({ ok: true, dryRun, deleted: count });
        if (dryRun) context.finish(exitCodeOfDryRun({ changes: count > 0 }));
      });
    });
}

async function replay(
  { output, client, queue }: LetterWork,
  ids: readonly bigint[] | undefined,
  { reason, sendBody = false, dryRun = false }: ReplayOptions,
  signal: AbortSignal,
): Promise<ExitCode> {
  const results: object[] = [];
  let ok = true;
  for await (const result of replayDeadLetters(client, { queue, ids, reason, sendBody, dryRun, signal })) {
    const isDone = result.outcome === 'replayed' || result.outcome === 'planned';
    ok &&= isDone;
    output.line(`${isDone ? '✓' : '✗'} ${result.id}: ${describeReplay(result)}`);
    if (result.outcome === 'planned')
      for (const line of replayPreview(result.plan)) output.detail(printable(line, longestPreviewLine));
    const { id, outcome, plan } = result;
    const error = result.outcome === 'failed' ? { error: result.error } : {};
    results.push({ id: id.toString(), outcome, ...(plan === undefined ? {} : { plan }), ...error });
  }
  output.line(`${counted(results.length, 'dead letter')}${dryRun ? '; nothing was changed.' : '.'}`);
  output.document({ ok, dryRun, deadLetters: results });
  if (dryRun) return exitCodeOfDryRun({ changes: results.length > 0, blocked: !ok });
  return ok ? exitCodes.done : exitCodes.failed;
}

/** A table, and below each row why it is there: the reason may be as long as it likes. */
function printLetters(
  output: Output,
  letters: readonly StoredDeadLetter[],
  subjectOf: DeadLetterQueue['subjectOf'],
): void {
  const [head, ...rows] = textTable(
    ['id', 'dead-lettered', 'state', 'subject'],
    letters.map((letter) => {
      const { id, deadLetteredAt, replayState, replayCount } = letter;
      const replays = replayCount === 0 ? '' : ` (${counted(replayCount, 'time')})`;
      return [`${id}`, deadLetteredAt.toISOString(), `${replayState}${replays}`, subjectOf(letter)];
    }),
  );
  if (head === undefined || rows.length === 0) return;
  output.line(head);
  for (const [place, row] of rows.entries()) {
    output.line(row);
    const { reasonCode, reasonText } = letters[place] ?? { reasonCode: '', reasonText: '' };
    output.line(`    ${printable(`${reasonCode}: ${redactText(reasonText)}`, 1_000)}`);
  }
}

function jsonOf({ fields, messageBody, ...letter }: StoredDeadLetter) {
  return {
    ...letter,
    // It may repeat the message.
    reasonText: redactText(letter.reasonText),
    id: letter.id.toString(),
    deadLetteredAt: letter.deadLetteredAt.toISOString(),
    enqueuedAt: letter.enqueuedAt?.toISOString() ?? null,
    receivedAt: letter.receivedAt.toISOString(),
    replayedAt: letter.replayedAt?.toISOString() ?? null,
    ...Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [`${name.charAt(0).toLowerCase()}${name.slice(1)}`, value]),
    ),
    ...shownBody(messageBody, messageBody?.toString('utf16le') ?? null),
  };
}

function filterOf({ state, reason }: FilterOptions): DeadLetterFilter {
  return { ...(state === undefined ? {} : { state }), ...(reason === undefined ? {} : { reasonCode: reason }) };
}

function letterId(text: string): bigint {
  return bigIntId(text, 'the id of a dead letter', 'Take one from deadletter list.');
}
