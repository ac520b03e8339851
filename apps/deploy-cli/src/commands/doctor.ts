import { type Diagnosis, type DiagnosisSubject, diagnose, type Finding } from '@hartonomous/operations';
import type { Command } from 'commander';
import { counted } from '../counted.ts';
import { UsageError } from '../errors.ts';
import { exitCodeOf } from '../exit-codes.ts';
import type { Output } from '../output.ts';
import type { Settings } from '../settings.ts';
import { wholeNumber } from './arguments.ts';
import {
  type CommandContext,
  type CommonOptions,
  prepareCommand,
  withCommonOptions,
  withDatabaseOptions,
  withGraphOptions,
} from './command-context.ts';
import { azureFinding, planDiagnosis } from './doctor-examinations.ts';
import { fixFindings } from './doctor-fix.ts';
import { endLeakedConversations } from './doctor-leaks.ts';

interface DoctorOptions extends CommonOptions {
  readonly canary?: string | true;
  readonly fix?: boolean;
  readonly yes?: boolean;
  readonly endLeakedConversations?: boolean;
  readonly dryRun?: boolean;
  readonly limit?: string;
  readonly minFreeGb: string;
}

const titles: Readonly<Record<DiagnosisSubject, string>> = {
  settings: 'Settings',
  azure: 'Azure',
  machine: 'Machine',
  database: 'Database',
  graph: 'Graph',
  embeddings: 'Embeddings',
  worker: 'Worker',
  canary: 'Canary',
};
const signs: Readonly<Record<Finding['state'], string>> = { ok: '✓', warning: '!', problem: '✗', unseen: '?' };

/** Seconds that a canary may take: a worker that polls takes milliseconds, one with a backlog its time. */
const canarySeconds = '30';

const gigabyte = 1_000_000_000;

/** Adds `doctor`. */
export function addDoctorCommand(program: Command, context: CommandContext): void {
  withCommonOptions(withGraphOptions(withDatabaseOptions(program.command('doctor'))))
    .description('why does a worker get no messages, or the graph no changes? checks both ends; changes nothing')
    .option(
      '--canary [seconds]',
      `also send a message that changes nothing, and wait until a worker has synced it (default: ${canarySeconds})`,
    )
    .option('--fix', 'then fix what can be fixed safely: lists the fixes, asks, applies them, and checks again')
    .option('--yes', 'with --fix: do it without asking')
    .option('--end-leaked-conversations', 'end conversations that their sender has ended and no reader ever answered')
    .option('--dry-run', 'with --fix or --end-leaked-conversations: only report what would be done')
    .option('--limit <number>', 'with --end-leaked-conversations: most of each queue, from 1 to 100000 (default: 1000)')
    .option('--min-free-gb <number>', 'a disk with less room counts as nearly full', '1')
    .addHelpText(
      'after',
      `
Settings; Azure hop by hop (agent, hosts, token, roles, secrets); this machine; SQL Server (broker, queues, messages that
wait, what is stuck on the way, conversations that leak, locks, every permission of the role HartonomousWorker, objects,
versions, room, clock); Neo4j (address, credentials, right to write, schema, sequence, clock, whether the worker writes to
this graph); the provider of embeddings, where the settings name one (two short texts are sent to it; dimension, latency,
limits); what the worker of these settings reports. It asks with the login of the settings: use the worker's,
with --config and its folder. As an administrator it sees more, and can fix more.
✓ is ok, ! a warning, ✗ a problem, ? not visible from here, each with why it matters and what to do.
--fix does what loses nothing and disturbs nobody: statements for queues and grants, hartonomous database deploy and graph
deploy where something is missing, ending leaked conversations. What needs a decision it leaves to you.
--canary shows what no check can: that messages do get through. It writes the first tenant to the graph again as it
is, and needs the right to EXECUTE dbo.sp_EnqueueNeo4jSync and to read dbo.Neo4jSyncLog.
Ending leaked conversations is safe while workers run; it needs the rights of the worker.
Exit code 0: no ✗; 1: something is wrong; 2: wrong command line or configuration; 3: a server or Azure can't be reached or
refuses the login; 10: a dry run that would change something. After --fix it is that of the second check.

Examples:
  hartonomous doctor
  hartonomous doctor --config /opt/hartonomous/neo4j-sync-worker --environment Production
  hartonomous doctor --canary
  hartonomous doctor --json | jq '.subjects[].findings[] | select(.state != "ok")'
  hartonomous doctor --fix --dry-run
  hartonomous doctor --fix --yes
  hartonomous doctor --end-leaked-conversations --limit 5000`,
    )
    .action(async (options: DoctorOptions) => {
      checkOptions(options);
      if (options.endLeakedConversations === true) return await endLeakedConversations(context, options);
      const first = await diagnoseOnce(context, options);
      const { output, diagnosis } = first;
      context.finish(exitCodeOf(diagnosis.outcome));
      if (options.fix !== true) return output.document(documentOf(diagnosis));
      const isDryRun = options.dryRun === true;
      const isAnswered = options.yes === true;
      const fixes = await fixFindings(diagnosis, { context, output, isDryRun, isAnswered, targets: first.targets });
      if (fixes === undefined) return output.document({ ...documentOf(diagnosis), fixes: [] });
      const { diagnosis: after } = await diagnoseOnce(context, options);
      context.finish(exitCodeOf(after.outcome));
      output.document({ ...documentOf(after), fixes });
    });
}

/** @throws UsageError for options that don't go together */
function checkOptions({ canary, fix, yes, endLeakedConversations, dryRun, limit }: DoctorOptions): void {
  if (endLeakedConversations === true && (canary !== undefined || fix === true)) {
    throw new UsageError(
      `${fix === true ? '--fix' : '--canary'} and --end-leaked-conversations are two commands.`,
      'Leave one of them out.',
    );
  }
  if (limit !== undefined && endLeakedConversations !== true) {
    throw new UsageError(
      '--limit belongs to --end-leaked-conversations.',
      'Leave it out: without it nothing is ended.',
    );
  }
  if (dryRun === true && endLeakedConversations !== true && fix !== true) {
    throw new UsageError(
      '--dry-run belongs to --fix or --end-leaked-conversations.',
      'Leave it out: without them nothing is changed.',
    );
  }
  if (yes === true && fix !== true) throw new UsageError('--yes belongs to --fix.', 'Leave it out, or add --fix.');
}

async function diagnoseOnce(context: CommandContext, options: DoctorOptions) {
  const canaryMs = canaryTimeoutMs(options.canary);
  const leastFreeBytes = wholeNumber('--min-free-gb', options.minFreeGb, 0, 1_000_000_000) * gigabyte;
  const { output, settings, azure } = await startDiagnosis(context, options);
  const { env, signal } = context;
  const { examinations, targets } = planDiagnosis(settings, { env, azure, canaryMs, leastFreeBytes, signal });
  const diagnosis = await diagnose(examinations, {
    onSubject: ({ subject, target }) => output.line(`${titles[subject]} ${target}`),
    onFinding: ({ state, message, why, action }) => {
      output.line(`  ${signs[state]} ${message}`);
      if (why !== null) output.detail(`Why it matters: ${why}`);
      if (action !== null) output.detail(action);
    },
  });
  printSummary(output, diagnosis);
  return { output, diagnosis, targets };
}

interface DiagnosisRun {
  readonly output: Output;
  readonly settings: Settings;
  readonly azure: Finding | undefined;
}

/** Without Azure, the rest can often still be checked. */
async function startDiagnosis(context: CommandContext, options: DoctorOptions): Promise<DiagnosisRun> {
  try {
    return { ...(await prepareCommand(context, options)), azure: undefined };
  } catch (error) {
    const azure = azureFinding(error);
    if (azure?.outcome !== 'unreachable') throw error;
    return { ...(await prepareCommand(context, { ...options, offline: true })), azure };
  }
}

/** @returns undefined when no canary is to be sent */
function canaryTimeoutMs(option: DoctorOptions['canary']): number | undefined {
  if (option === undefined) return undefined;
  return wholeNumber('--canary', option === true ? canarySeconds : option, 1, 3_600) * 1_000;
}

function documentOf(diagnosis: Diagnosis): object {
  return { ...diagnosis, exitCode: exitCodeOf(diagnosis.outcome) };
}

function printSummary(output: Output, { ok, subjects }: Diagnosis): void {
  const findings = subjects.flatMap((subject) => subject.findings);
  const count = (state: Finding['state']) => findings.filter((finding) => finding.state === state).length;
  const hidden = count('unseen');
  const notSeen = hidden === 0 ? '' : ` Not seen: ${hidden}.`;
  output.line();
  output.line(
    `${ok ? '✓' : '✗'} ${count('ok')} ok, ${counted(count('warning'), 'warning')}, ${counted(count('problem'), 'problem')}.${notSeen}`,
  );
}
