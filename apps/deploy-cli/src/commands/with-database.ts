import type { BrokerClient } from '@hartonomous/broker-client';
import { openSqlServer } from '@hartonomous/operations';
import { databaseSettingsSchema } from '../options.ts';
import type { Output } from '../output.ts';
import type { Settings } from '../settings.ts';
import { type CommandContext, type CommonOptions, startCommand } from './command-context.ts';

/** What a command does with the database. */
export type DatabaseWork = (run: DatabaseRun) => Promise<void>;

/** See {@link DatabaseWork}. */
export interface DatabaseRun {
  readonly client: BrokerClient;
  readonly output: Output;
  readonly settings: Settings;
}

/** Opens the database for a command, and closes it. */
export async function withDatabase(context: CommandContext, options: CommonOptions, work: DatabaseWork): Promise<void> {
  const { output, settings } = await startCommand(context, options);
  const database = settings.get(databaseSettingsSchema).ConnectionStrings.HartonomousDb;
  await using client = await openSqlServer(database, { signal: context.signal });
  await work({ client, output, settings });
}
