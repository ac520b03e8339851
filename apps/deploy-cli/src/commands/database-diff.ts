import { diffDatabase, type ObjectDiff } from '@hartonomous/operations';
import type { Command } from 'commander';
import { counted } from '../counted.ts';
import { exitCodeOfDryRun } from '../exit-codes.ts';
import { databaseSettingsSchema } from '../options.ts';
import type { Output } from '../output.ts';
import {
  type CommandContext,
  type CommonOptions,
  startCommand,
  withCommonOptions,
  withDatabaseOptions,
} from './command-context.ts';

/** Adds `database diff`. */
export function addDatabaseDiffCommand(database: Command, context: CommandContext): void {
  withCommonOptions(withDatabaseOptions(database.command('diff')))
    .description('how the database differs from the SQL project, as T-SQL that fixes it; changes nothing')
    .addHelpText(
      'after',
      `
The output is a script: differences are comments, and below them stands what a deployment would run, or, where a
deployment stops, the statement that loses nothing. Where only a person can tell, there is the comment alone.
Exit code 0: nothing differs; 10: a deployment would settle all of it; 1: at least one object needs a person; 2: wrong
command line or configuration; 3: SQL Server can't be reached or refuses the login.

Examples:
  hartonomous database diff
  hartonomous database diff > fix.sql
  hartonomous database diff --json | jq '.objects[] | select(.by == "person")'`,
    )
    .action(async (options: CommonOptions) => {
      const { output, settings } = await startCommand(context, options);
      const connection = settings.get(databaseSettingsSchema).ConnectionStrings.HartonomousDb;
      const { database: name, exists, objects, notCompared } = await diffDatabase(connection, context.signal);
      if (!exists) output.line(`-- There is no database ${name}: hartonomous database deploy creates it.`);
      for (const object of objects) printDiff(output, object);
      for (const rule of notCompared)
        output.line(`-- Not compared, as the login may not see its text (VIEW DEFINITION): ${rule}`);
      const people = objects.filter(({ by }) => by === 'person').length;
      output.line(
        objects.length === 0
          ? `-- Nothing ${notCompared.length === 0 ? '' : 'that could be compared '}differs: database ${name} is as in the SQL project.`
          : `-- ${counted(objects.length, 'object')} of database ${name} differ; ${people} of them a deployment leaves to you.`,
      );
      output.document({ ok: objects.length === 0, database: name, exists, objects, notCompared });
      context.finish(exitCodeOfDryRun({ changes: objects.length > 0, blocked: people > 0 }));
    });
}

function printDiff(output: Output, { object, by, differences, statements }: ObjectDiff): void {
  const who = {
    deploy: 'hartonomous database deploy does this',
    migration: 'a migration does this: hartonomous database deploy',
    person: 'a deployment stops here',
  };
  output.line(`-- ${object} (${who[by]})`);
  for (const difference of differences) output.line(`--   ${difference}`);
  for (const statement of statements) {
    for (const line of statement.split('\n')) output.line(line);
    output.line('GO');
  }
  output.line();
}
