import { type BrokerClient, DeadLetterTable } from '@hartonomous/broker-client';
import { type DeadLetterQueue, deadLetterQueueOf, openSqlServer } from '@hartonomous/operations';
import type { WorkerQueueName } from '@hartonomous/provenance-schema';
import { databaseSettingsSchema } from '../options.ts';
import type { Output } from '../output.ts';
import { type CommandContext, type CommonOptions, startCommand } from './command-context.ts';

/** Options of every command on dead letters. */
export interface QueueOptions extends CommonOptions {
  readonly queue: WorkerQueueName;
}

/** What a command on the dead letters of a queue works with. */
export interface LetterWork {
  readonly output: Output;
  readonly client: BrokerClient;
  readonly letters: DeadLetterTable;
  readonly queue: DeadLetterQueue;
}

/** Opens the dead letters of the queue that the options name. */
export async function withLetters(
  context: CommandContext,
  options: QueueOptions,
  work: (work: LetterWork) => Promise<void>,
): Promise<void> {
  const { output, settings } = await startCommand(context, options);
  await using client = await openSqlServer(settings.get(databaseSettingsSchema).ConnectionStrings.HartonomousDb, {
    signal: context.signal,
  });
  const queue = deadLetterQueueOf(options.queue);
  await work({ output, client, letters: new DeadLetterTable(client, queue), queue });
}
