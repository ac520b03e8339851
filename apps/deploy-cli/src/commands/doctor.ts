import {
  type Diagnosis,
  type DiagnosisSubject,
  diagnose,
  type Examination,
  endLeaks,
  examineDatabase,
  examineGraph,
  exitCodes,
  type Finding,
  findingOf,
  sendCanary,
  settingsFindings,
} from '@hartonomous/operations';
import type { Command } from 'commander';
import { type ConnectionSettings, connectionSettings, graphConnection } from '../connection-settings.ts';
import { UsageError } from '../errors.ts';
import { databaseSettingsSchema } from '../options.ts';
import type { Output } from '../output.ts';
import type { Settings } from '../settings.ts';
import { wholeNumber } from './arguments.ts';
import {
  type CommandContext,
  type CommonOptions,
  prepareCommand,
  startCommand,
  withCommonOptions,
  withDatabaseOptions,
  withGraphOptions,
} from './command-context.ts';

interface DoctorOptions extends CommonOptions {
  readonly canary?: string | true;
  readonly endLeakedConversations?: boolean;
  readonly dryRun?: boolean;
  readonly limit?: string;
}

const titles: Readonly<Record<DiagnosisSubject, string>> = {
  settings: 'Settings',
  database: 'Database',
  graph: 'Graph',
  canary: 'Canary',
};
const signs: Readonly<Record<Finding['state'], string>> = { ok: '✓', warning: '!', problem: '✗' };

const azureAdvice =
  'Is the agent of the managed identity up, does the identity have the roles to read App Configuration and Key Vault, ' +
  'and does HTTPS get out of this machine? What follows is by files, variables and options alone.';
const databaseAdvice =
  'Is SQL Server up, does it listen there, and is the login right? hartonomous config explain ' +
  'ConnectionStrings:HartonomousDb says where the connection string comes from.';
const graphAdvice =
  'Is Neo4j up, does it listen there, and are the credentials right? hartonomous config explain Neo4j:Uri (and ' +
  'Neo4j:Username, Neo4j:Password) says where they come from.';

const canaryAdvice = 'What keeps SQL Server from being looked at is said above.';

/** Seconds that a canary may take: a worker that polls takes milliseconds, one with a backlog its time. */
const canarySeconds = '30';

/** Conversations between two lines of progress: each costs a round trip, so this is about a line a second. */
const progressEvery = 500;

/** Adds `doctor`. */
export function addDoctorCommand(program: Command, context: CommandContext): void {
  withCommonOptions(withGraphOptions(withDatabaseOptions(program.command('doctor'))))
    .description('why does a worker get no messages, or the graph no changes? looks at both ends; changes nothing')
    .option(
      '--canary [seconds]',
      `also send a message that changes nothing, and wait until a worker has synced it (default: ${canarySeconds})`,
    )
    .option('--end-leaked-conversations', 'end conversations that their sender has ended and no reader ever answered')
    .option('--dry-run', 'with --end-leaked-conversations: only count them')
    .option('--limit <number>', 'with --end-leaked-conversations: most of each queue, from 1 to 100000 (default: 1000)')
    .addHelpText(
      'after',
      `
Settings and Azure, SQL Server (broker, queues, messages that wait, what is stuck on the way, leaked conversations, the
right to RECEIVE, dead letters), Neo4j (address, credentials, schema). It asks with the login of the settings: use the
worker's. ✓ is well, ! to know, ✗ wrong, with what to do. hartonomous verify compares every object.
--canary shows what no look can: that messages do get through. It writes the first tenant to the graph again as it
is, and needs the right to EXECUTE dbo.sp_EnqueueNeo4jSync and to read dbo.Neo4jSyncLog.
Ending leaked conversations is safe while workers run; it needs the rights of the worker.
Exit code 0: no ✗; 1: something is wrong; 2: wrong command line or configuration; 3: a server or Azure can't be reached or
refuses the login.

Examples:
  hartonomous doctor
  hartonomous doctor --config /opt/hartonomous/neo4j-sync-worker --environment Production
  hartonomous doctor --canary                     after an installation, or from a monitor
  hartonomous doctor --json | jq '.subjects[].findings[] | select(.state != "ok")'
  hartonomous doctor --end-leaked-conversations --dry-run
  hartonomous doctor --end-leaked-conversations --limit 5000`,
    )
    .action(async (options: DoctorOptions) => {
      if (options.endLeakedConversations === true) {
        if (options.canary !== undefined)
          throw new UsageError('--canary and --end-leaked-conversations are two commands.', 'Leave one of them out.');
        await end(context, options);
        return;
      }
      if (options.dryRun === true || options.limit !== undefined) {
        throw new UsageError(
          '--dry-run and --limit belong to --end-leaked-conversations.',
          'Leave them out: without it nothing is changed.',
        );
      }
      const canaryMs = canaryTimeoutMs(options.canary);
      const { output, settings, azure } = await startDiagnosis(context, options);
      const diagnosis = await diagnose(examinations(settings, azure, canaryMs, context.signal), {
        onSubject: ({ subject, target }) => output.line(`${titles[subject]} ${target}`),
        onFinding: ({ state, message, action }) => {
          output.line(`  ${signs[state]} ${message}`);
          if (action !== null) output.detail(action);
        },
      });
      printSummary(output, diagnosis);
      output.document(diagnosis);
      context.finish(diagnosis.exitCode);
    });
}

interface DiagnosisRun {
  readonly output: Output;
  readonly settings: Settings;
  /** What keeps Azure from being read; the settings are then those without it. */
  readonly azure: Finding | undefined;
}

/** Without Azure the rest can often be looked at all the same. */
async function startDiagnosis(context: CommandContext, options: DoctorOptions): Promise<DiagnosisRun> {
  try {
    return { ...(await prepareCommand(context, options)), azure: undefined };
  } catch (error) {
    const azure = findingOf('settings.azure', error, azureAdvice);
    if (azure?.exitCode !== exitCodes.unreachable) throw error;
    return { ...(await prepareCommand(context, { ...options, offline: true })), azure };
  }
}

/** @returns undefined when no canary is to be sent */
function canaryTimeoutMs(option: DoctorOptions['canary']): number | undefined {
  if (option === undefined) return undefined;
  return wholeNumber('--canary', option === true ? canarySeconds : option, 1, 3_600) * 1_000;
}

function examinations(
  settings: Settings,
  azure: Finding | undefined,
  canaryMs: number | undefined,
  signal: AbortSignal,
): Examination[] {
  const { configuration } = settings;
  const about = {
    subject: 'settings',
    target: `of environment ${configuration.environment}`,
    advice: azureAdvice,
  } as const;
  let servers: ConnectionSettings;
  try {
    servers = connectionSettings(settings);
  } catch (error) {
    const missing = azure === undefined ? undefined : findingOf('settings.valid', error, 'It may be in Azure.');
    if (azure === undefined || missing === undefined) throw error;
    return [{ ...about, findings: [azure, missing] }];
  }
  const { database, graph } = servers;
  const fromFiles = settingsFindings(configuration, database.login);
  const found = azure === undefined ? fromFiles : [azure, ...fromFiles.filter(({ id }) => id !== 'settings.azure')];
  return [
    { ...about, findings: found },
    {
      subject: 'database',
      target: `${database.database ?? ''} on ${database.server.host}`,
      findings: examineDatabase(database, signal),
      advice: databaseAdvice,
    },
    ...(graph === undefined
      ? []
      : [
          {
            subject: 'graph' as const,
            target: `${graph.Neo4j.Database} at ${graph.Neo4j.Uri}`,
            findings: examineGraph(graphConnection(graph), database, signal),
            advice: graphAdvice,
          },
        ]),
    ...(canaryMs === undefined
      ? []
      : [
          {
            subject: 'canary' as const,
            target: 'from dbo.sp_EnqueueNeo4jSync to dbo.Neo4jSyncLog',
            findings: sendCanary(database, canaryMs, signal),
            advice: canaryAdvice,
          },
        ]),
  ];
}

function printSummary(output: Output, { ok, subjects }: Diagnosis): void {
  const findings = subjects.flatMap((subject) => subject.findings);
  const count = (state: Finding['state']) => findings.filter((finding) => finding.state === state).length;
  output.line();
  output.line(`${ok ? '✓' : '✗'} ${count('ok')} well, ${count('warning')} to know, ${count('problem')} wrong.`);
}

async function end(context: CommandContext, options: DoctorOptions): Promise<void> {
  const limit = wholeNumber('--limit', options.limit ?? '1000', 1, 100_000);
  const isDryRun = options.dryRun === true;
  const { output, settings } = await startCommand(context, options);
  let told = 0;
  const queues = await endLeaks({
    database: settings.get(databaseSettingsSchema).ConnectionStrings.HartonomousDb,
    limit,
    isDryRun,
    onCounted: (queue, found) => {
      told = 0;
      const more = found === limit ? ' (as many as --limit; there may be more)' : '';
      output.line(`${queue}: ${found} leaked conversations${more}.`);
    },
    onProgress: (queue, ended, found) => {
      if (ended < told + progressEvery) return;
      told = ended;
      output.line(`${queue}: ${ended} of ${found} ended`);
    },
    signal: context.signal,
  });
  for (const { queue, found, ended } of queues) {
    if (isDryRun || found === 0) continue;
    const left = found === ended ? '' : `; ${found - ended} were in a reader's hands or gone, and are left alone`;
    output.line(`✓ ${queue}: ${ended} of ${found} ended${left}.`);
  }
  if (isDryRun) output.line('Nothing was changed.');
  output.document({ ok: true, dryRun: isDryRun, queues });
}
