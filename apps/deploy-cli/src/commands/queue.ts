import { peekedBytes, peekQueue, type QueueState, queueStates, type WaitingMessage } from '@hartonomous/operations';
import { queues } from '@hartonomous/provenance-schema';
import { Argument, type Command } from 'commander';
import { counted } from '../counted.ts';
import { exitCodes } from '../exit-codes.ts';
import { textTable } from '../lineage/text-table.ts';
import { shownBody } from '../shown-body.ts';
import { wholeNumber } from './arguments.ts';
import { type CommandContext, type CommonOptions, withCommonOptions, withDatabaseOptions } from './command-context.ts';
import { durationText } from './duration-text.ts';
import { addQueuePauseCommands } from './queue-pause.ts';
import { withDatabase } from './with-database.ts';

interface PeekOptions extends CommonOptions {
  readonly limit: string;
}

/** Adds `queue status|peek|pause|resume`. */
export function addQueueCommands(program: Command, context: CommandContext): void {
  const group = program
    .command('queue')
    .description('queues of messages: what waits in them, and whether they are worked on');
  const command = (text: string) => withCommonOptions(withDatabaseOptions(group.command(text)));

  command('status')
    .description('show what waits in each queue, who reads it, and what keeps messages from coming')
    .addHelpText(
      'after',
      `
"-" stands for what this login may not see; the lines below the table say why. Exit code 0: nothing keeps messages from coming
or being received; 1: something does, such as a pause, or could not be seen; 2: wrong command line or configuration;
3: SQL Server can't be reached or refuses the login.

Examples:
  hartonomous queue status
  hartonomous queue status --json | jq '.queues[] | select(.messages > 1000)'`,
    )
    .action((options: CommonOptions) =>
      withDatabase(context, options, async ({ client, output }) => {
        const states: QueueState[] = [];
        for await (const state of queueStates(client, context.signal)) states.push(state);
        const head = ['QUEUE', 'STATE', 'WAITING', 'OLDEST', 'RETRIES', 'DEAD', 'UNDELIVERED', 'READER'];
        for (const line of textTable(head, states.map(rowOf))) output.line(line);
        for (const { queue, workers } of states) {
          for (const { instance, program, version, state } of workers ?? []) {
            output.line(`  ${queue}: ${program} ${version} on ${instance}, ${state.toLowerCase()}`);
          }
        }
        const problems = states.flatMap((state) => state.problems);
        const unseen = states.flatMap((state) => state.unseen.map((each) => ({ ...each, queue: state.queue })));
        // One that is about the whole database comes with each queue.
        for (const { message, action } of new Map(problems.map((each) => [each.message, each])).values()) {
          output.line(`✗ ${message}`);
          output.detail(action);
        }
        for (const { queue, part, reason } of unseen) output.line(`! ${queue}, ${part}: not seen: ${reason}`);
        const ok = problems.length + unseen.length === 0;
        output.document({ ok, queues: states });
        context.finish(ok ? exitCodes.done : exitCodes.failed);
      }),
    );

  addQueuePauseCommands(group, context);

  command('peek')
    .description('show the messages that would be received next; takes none')
    .addArgument(new Argument('<queue>', 'the queue').choices(queues.map(({ name }) => name)))
    .option('--limit <number>', 'most messages, from 1 to 1000', '10')
    .addHelpText(
      'after',
      `
Needs SELECT on the queue, which the role HartonomousWorker has. Messages that a reader has in hand are shown, too. Of each body the
first ${peekedBytes} bytes are read.

Examples:
  hartonomous queue peek sync
  hartonomous queue peek ingestion --limit 100 --json`,
    )
    .action((name: string, options: PeekOptions) =>
      withDatabase(context, options, async ({ client, output }) => {
        const limit = wholeNumber('--limit', options.limit, 1, 1_000);
        const definition = queues.find((each) => each.name === name);
        if (definition === undefined) throw new TypeError(`${name} is a choice, and no queue.`);
        const messages = await peekQueue(client, definition, limit, context.signal);
        for (const message of messages) {
          const { enqueuedAt, messageType, conversationHandle, sequenceNumber, byteCount } = message;
          const when = enqueuedAt?.toISOString() ?? '-';
          output.line(`${when}  ${messageType}  ${conversationHandle} ${sequenceNumber}  ${byteCount} bytes`);
          if (byteCount > 0) output.line(`  ${shownBody(message.body, bodyText(message)).bodyText}`);
        }
        output.line(
          messages.length === 0 ? `${definition.queue} is empty.` : `${counted(messages.length, 'message')}.`,
        );
        const shown = messages.map(({ body, ...message }) => ({
          ...message,
          ...shownBody(body, bodyText({ ...message, body })),
          isBodyCut: message.byteCount > body.length,
        }));
        output.document({ ok: true, queue: definition.queue, messages: shown });
      }),
    );
}

function rowOf(state: QueueState): string[] {
  const { name, isOn, pauses, messages, oldestAgeMs, retries, pendingDeadLetters, undelivered, reader } = state;
  const number = (value: number | null) => (value === null ? '-' : String(value));
  const on = isOn === null ? '-' : isOn ? (pauses?.length ? 'PAUSED' : 'on') : 'OFF';
  const age = oldestAgeMs === null ? '-' : durationText(oldestAgeMs);
  return [name, on, number(messages), age, number(retries), number(pendingDeadLetters), number(undelivered), reader];
}

/** Bodies are UTF-16 in this product; others are shown as bytes. */
function bodyText({ body }: Pick<WaitingMessage, 'body'>): string {
  const bytes = Buffer.from(body);
  const text = bytes.toString('utf16le').replace(/^\uFEFF/, '');
  return text.startsWith('<') ? text : `0x${bytes.subarray(0, 64).toString('hex')}`;
}
