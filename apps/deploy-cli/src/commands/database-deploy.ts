import {
  type DatabaseDeployment,
  type DatabaseProgress,
  deployDatabase,
  describeDrift,
  describeObject,
  hasChanges,
} from '@hartonomous/operations';
import type { Command } from 'commander';
import { counted } from '../counted.ts';
import { exitCodeOfDryRun, exitCodes } from '../exit-codes.ts';
import { databaseSettingsSchema } from '../options.ts';
import type { Output } from '../output.ts';
import {
  type CommandContext,
  type CommonOptions,
  startCommand,
  withCommonOptions,
  withDatabaseOptions,
} from './command-context.ts';
import { addDatabaseContractCommand } from './database-contract.ts';
import { addDatabaseDiffCommand } from './database-diff.ts';
import { addDatabaseExportCommand } from './database-export.ts';
import { addDatabaseTypesCommand } from './database-types.ts';

interface DatabaseDeployOptions extends CommonOptions {
  readonly dryRun?: boolean;
  readonly allowDrift?: boolean;
}

/** Adds `database deploy`, `contract`, `diff`, `export` and `types`. */
export function addDatabaseCommands(program: Command, context: CommandContext): void {
  const database = program.command('database').description('the database of SQL Server');
  addDatabaseDiffCommand(database, context);
  addDatabaseExportCommand(database, context);
  addDatabaseTypesCommand(database, context);
  addDatabaseContractCommand(database, context);
  withCommonOptions(withDatabaseOptions(database.command('deploy')))
    .description('create what is missing in the database; running it again changes nothing')
    .option('--dry-run', 'only show what would be done')
    .option('--allow-drift', 'deploy all else where existing objects differ from the SQL project')
    .addHelpText(
      'after',
      `
Creates the database if it is missing, enables Service Broker if it is off, applies the migrations that the database
hasn't had, creates missing objects, rewrites procedures whose text differs and runs the post-deployment script. Existing tables get the columns, constraints and indexes that
they lack, as far as the rows that are there can have them; queues get their options. Tables, types and the like that
differ otherwise are never changed: nothing is deployed, and each difference is listed with the statement that fixes it
where it loses nothing. Columns of your own that may be NULL are named and left alone.
Exit code 0: all is as it should be (with --dry-run: nothing would change); 10: a dry run that would change something; 1: something
differs and stops the deployment; 2: wrong command line or configuration; 3: SQL Server can't be reached or refuses the login.

Examples:
  hartonomous database deploy --dry-run
  ConnectionStrings__HartonomousDb='Server=localhost;Database=Hartonomous;...' hartonomous database deploy
  hartonomous database deploy --config C:\\Hartonomous --environment Production --json`,
    )
    .action(async (options: DatabaseDeployOptions) => {
      const { output, settings } = await startCommand(context, options);
      const { dryRun = false, allowDrift = false } = options;
      const deployment = await deployDatabase({
        connection: settings.get(databaseSettingsSchema).ConnectionStrings.HartonomousDb,
        dryRun,
        allowDrift,
        onProgress: (progress) => printProgress(output, progress, dryRun),
        signal: context.signal,
      });
      const drifts = deployment.drift.length > 0 && !allowDrift;
      printSummary(output, deployment, drifts);
      output.document({ ok: !drifts, changed: hasChanges(deployment), ...deployment });
      context.finish(
        dryRun
          ? exitCodeOfDryRun({ changes: hasChanges(deployment), blocked: drifts })
          : drifts
            ? exitCodes.failed
            : exitCodes.done,
      );
    });
}

function printProgress(output: Output, progress: DatabaseProgress, dryRun: boolean): void {
  const would = dryRun ? 'would be ' : '';
  switch (progress.type) {
    case 'database':
      if (progress.action === 'create') output.line(`Database ${progress.database}: ${would}created`);
      else output.line(`Database ${progress.database}: there`);
      return;
    case 'broker':
      output.line(`Service Broker: ${progress.action === 'enable' ? `${would}enabled` : 'enabled already'}`);
      return;
    case 'waiting':
      output.line(`Another deployment of database ${progress.database} is under way: waiting for it to end`);
      return;
    case 'migration': {
      const name = `Migration ${progress.number} (${progress.name})`;
      if (progress.state === 'started') output.verbose(`${name}: ${progress.description}`);
      else output.line(`${name}: ${would}applied`);
      return;
    }
    case 'object': {
      const { action, additions, position, total } = progress;
      const done = {
        create: `${would}created`,
        alter: `${would}altered`,
        extend: `${would}extended by ${additions.join(', ')}`,
        migrate: dryRun ? 'would be changed by a migration' : 'changed by a migration',
        unchanged: 'unchanged',
        drift: 'differs, left as it is',
      };
      const line = `[${position}/${total}] ${describeObject(progress.object)}: ${done[action]}`;
      if (action !== 'unchanged' || output.isVerbose) output.line(line);
      return;
    }
    case 'warning': {
      const { message, action } = progress.fact;
      output.line(`! ${message}`);
      if (action !== null) output.detail(action);
      return;
    }
    case 'postDeployment':
      output.line(`${progress.path}: ${dryRun ? 'would run' : 'ran'}`);
  }
}

function printSummary(output: Output, deployment: DatabaseDeployment, drifts: boolean): void {
  const { database, created, altered, extended, migrated, unchanged, migrations, drift, own, notCompared, dryRun } =
    deployment;
  output.line();
  for (const { columns, ...object } of own) {
    output.line(`! ${describeObject(object)} has ${columns.join(', ')}, not in the SQL project; left alone`);
  }
  if (notCompared.length > 0) {
    output.line('! Not compared, as the login may not see their texts (VIEW DEFINITION):');
    for (const rule of notCompared) output.line(`  - ${rule}`);
  }
  printContract(output, migrations.contract);
  if (drift.length > 0) {
    output.line('These objects differ from the SQL project and are left as they are:');
    for (const detail of drift) output.line(`  - ${describeDrift(detail)}`);
    if (drifts) output.line('A deployment would stop at that; change them by hand, or use --allow-drift.');
  }
  if (!hasChanges(deployment)) {
    output.line(
      `${drifts ? '✗' : '✓'} Nothing ${dryRun ? 'to change' : 'changed'}: ${counted(unchanged.length, 'object')} of database ${database} as in the SQL project.`,
    );
    return;
  }
  const { applied } = migrations;
  const counts = [
    ...(applied.length > 0 ? [`${counted(applied.length, 'migration')} applied`] : []),
    `${counted(created.length, 'object')} created`,
    `${altered.length} altered`,
    ...(migrated.length > 0 ? [`${migrated.length} migrated`] : []),
    ...(extended.length > 0 ? [`${extended.length} extended`] : []),
    `${unchanged.length} unchanged`,
  ].join(', ');
  output.line(
    dryRun ? `Plan for database ${database}: ${counts}. Nothing was changed.` : `✓ Database ${database}: ${counts}.`,
  );
}

function printContract(output: Output, contract: DatabaseDeployment['migrations']['contract']): void {
  if (contract.length === 0) return;
  output.line('These migrations take something away and are not for a deployment:');
  for (const { number, name } of contract) output.line(`  - ${number} (${name})`);
  output.line('Once no older worker runs: hartonomous database contract --dry-run');
}
