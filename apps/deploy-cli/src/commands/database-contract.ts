import { type LegacyEmbeddings, readLegacyEmbeddings, removeLegacyEmbeddings } from '@hartonomous/graph-sync';
import {
  type Contraction,
  type ContractProgress,
  contractDatabase,
  describeOutcomes,
  describeSession,
  openGraph,
} from '@hartonomous/operations';
import type { Command } from 'commander';
import { connectionSettings, graphConnection } from '../connection-settings.ts';
import { counted } from '../counted.ts';
import { UsageError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Output } from '../output.ts';
import { wholeNumber } from './arguments.ts';
import {
  type CommandContext,
  type CommonOptions,
  startCommand,
  withCommonOptions,
  withDatabaseOptions,
  withGraphOptions,
} from './command-context.ts';

interface DatabaseContractOptions extends CommonOptions {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly allowProgram: readonly string[];
  readonly watch: string;
  readonly quiet: string;
}

/** Adds `database contract`. */
export function addDatabaseContractCommand(database: Command, context: CommandContext): void {
  withCommonOptions(withGraphOptions(withDatabaseOptions(database.command('contract'))))
    .description('remove what only older workers used, once none of them is connected')
    .option('--dry-run', 'only show what would be removed, and what is in the way')
    .option('--yes', 'do it; only a backup can undo it')
    .option(
      '--allow-program <name>',
      'application name of a program that does not use what is taken away; may be repeated',
      (name: string, names: readonly string[]) => [...names, name],
      [],
    )
    .option('--watch <seconds>', 'for how long to look for sessions of older programs, 1 to 600', '30')
    .option(
      '--quiet <minutes>',
      'for how long no older worker may have written to the log, 0 to 10080; 0: not checked',
      '60',
    )
    .addHelpText(
      'after',
      `
Takes away the column dbo.Atom.Embedding (its values are kept as the model legacy-384), and in the graph the index atom_embedding and
the property embedding of atoms. Workers of this version use none of them; older ones stop working.
Programs of Hartonomous say in the application name of their sessions which migrations they know of. A session of this database with
an older name, or another name, is in the way: replace the worker, or name the program with --allow-program. So is what older workers
have logged within --quiet minutes: one of them may be without a connection, or stopped for a while.
An older sync worker that is started afterwards gets error 207 for dbo.Atom.Embedding in each batch with an atom, and is not ready; no
message is lost, and the others do its work. Stop it: its rollbacks hold up senders.
Exit code 0: done, or nothing to do; 10: a dry run that would take something away; 1: older programs are in use, or it can't be seen
whether they are; 2: wrong command line or configuration; 3: a server can't be reached or refuses the login.

Examples:
  hartonomous database contract --dry-run
  hartonomous database contract --yes
  hartonomous database contract --yes --allow-program 'Microsoft SQL Server Management Studio' --watch 120`,
    )
    .action(async (options: DatabaseContractOptions) => {
      const dryRun = options.dryRun === true;
      if (dryRun === (options.yes === true)) {
        throw new UsageError(
          dryRun ? '--dry-run and --yes do not go together.' : 'Nothing is taken away without --yes.',
          'Look first with --dry-run; then give --yes.',
        );
      }
      const watchMs = wholeNumber('--watch', options.watch, 1, 600) * 1_000;
      const quietMinutes = wholeNumber('--quiet', options.quiet, 0, 10_080);
      const { output, settings } = await startCommand(context, options);
      const servers = connectionSettings(settings);
      const contraction = await contractDatabase({
        ...{ connection: servers.database, dryRun, watchMs, quietMinutes, allowedPrograms: options.allowProgram },
        onProgress: (progress) => printProgress(output, progress, dryRun),
        signal: context.signal,
      });
      printDatabase(output, contraction);
      let graph: LegacyEmbeddings | null = null;
      if (servers.graph === undefined) output.line('Neo4j:Enabled is False: the graph was left out.');
      else {
        await using connection = await openGraph(graphConnection(servers.graph), context.signal);
        graph = dryRun
          ? await readLegacyEmbeddings(connection)
          : await removeLegacyEmbeddings(connection, context.signal);
        printGraph(output, graph, dryRun);
      }
      const changed = contraction.migrations.length > 0 || graph?.hasIndex === true || (graph?.atoms ?? 0) > 0;
      const blocked = contraction.olderSessions.length > 0 || contraction.olderOutcomes !== null;
      output.document({ ok: !blocked, changed, ...contraction, graph });
      const done = dryRun && changed ? exitCodes.pending : exitCodes.done;
      context.finish(blocked ? exitCodes.failed : done);
    });
}

function printProgress(output: Output, progress: ContractProgress, dryRun: boolean): void {
  switch (progress.type) {
    case 'waiting':
      output.line(`Another deployment of database ${progress.database} is under way: waiting for it to end`);
      return;
    case 'watching':
      output.line(`Looking for sessions of older programs, ${progress.milliseconds / 1_000} s`);
      return;
    case 'migration': {
      const name = `Migration ${progress.number} (${progress.name})`;
      if (progress.state === 'started') output.verbose(`${name}: ${progress.description}`);
      else output.line(`${name}: ${dryRun ? 'would be applied' : 'applied'}`);
    }
  }
}

function printDatabase(output: Output, { database, migrations, olderSessions, olderOutcomes }: Contraction): void {
  if (migrations.length === 0) output.line(`✓ Database ${database}: nothing to take away.`);
  if (olderSessions.length > 0) output.line('✗ In the way, because they are older or may be:');
  for (const session of olderSessions) output.line(`  - ${describeSession(session)}`);
  if (olderOutcomes !== null) output.line(`✗ In the way: ${describeOutcomes(olderOutcomes)}.`);
}

function printGraph(output: Output, { hasIndex, atoms }: LegacyEmbeddings, dryRun: boolean): void {
  if (!hasIndex && atoms === 0) {
    output.line('✓ Graph: nothing to take away.');
    return;
  }
  const parts = [
    ...(hasIndex ? ['the index atom_embedding'] : []),
    ...(atoms > 0 ? [`the property embedding of ${counted(atoms, 'atom')}`] : []),
  ];
  output.line(dryRun ? `Graph: would lose ${parts.join(' and ')}.` : `✓ Graph: ${parts.join(' and ')} removed.`);
}
