import { exportDatabase } from '@hartonomous/operations';
import type { Command } from 'commander';
import { counted } from '../counted.ts';
import { exitCodes } from '../exit-codes.ts';
import { databaseSettingsSchema } from '../options.ts';
import {
  type CommandContext,
  type CommonOptions,
  startCommand,
  withCommonOptions,
  withDatabaseOptions,
} from './command-context.ts';

interface DatabaseExportOptions extends CommonOptions {
  readonly force?: boolean;
}

/** Adds `database export`. */
export function addDatabaseExportCommand(database: Command, context: CommandContext): void {
  withCommonOptions(withDatabaseOptions(database.command('export')))
    .description('write the objects of the database as a folder of T-SQL; the database is only read')
    .argument('<folder>', 'new or empty folder')
    .option('--force', 'write into a folder that has something in it; files of the same names are overwritten')
    .addHelpText(
      'after',
      `
One file per object, in the layout of the SQL project: Tables/Atom.sql, ServiceBroker/Queues/Neo4jSyncQueue.sql. Rows,
permissions, members of roles (but those of users without login) and the options of the database are left out; objects of
kinds that the SQL project doesn't have are listed. The login needs VIEW DEFINITION on the database.

Examples:
  hartonomous database export ./deployed
  hartonomous database export ./deployed --force --json
  hartonomous database export ./deployed --config C:\\Hartonomous --environment Production`,
    )
    .action(async (folder: string, options: DatabaseExportOptions) => {
      const { output, settings } = await startCommand(context, options);
      const exported = await exportDatabase({
        connection: settings.get(databaseSettingsSchema).ConnectionStrings.HartonomousDb,
        folder,
        force: options.force === true,
        signal: context.signal,
      });
      for (const path of exported.files) output.verbose(path);
      if (exported.leftOut.length > 0) {
        output.line('Left out:');
        for (const { object, reason } of exported.leftOut) output.line(`  - ${object}: ${reason}`);
      }
      output.line(`✓ ${counted(exported.files.length, 'object')} of database ${exported.database} in ${folder}.`);
      output.document({ ok: true, ...exported });
      context.finish(exitCodes.done);
    });
}
