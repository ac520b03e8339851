import type { BrokerClient } from '@hartonomous/broker-client';
import {
  countJobs,
  findJob,
  type JobFilter,
  listJobs,
  openSqlServer,
  type ReadingOptions,
} from '@hartonomous/operations';
import { dataClassifications, jobStatuses } from '@hartonomous/provenance-schema';
import { type Command, Option } from 'commander';
import { UsageError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { describeJob } from '../ingest/describe-job.ts';
import { IngestRun } from '../ingest/ingest-run.ts';
import { databaseSettingsSchema } from '../options.ts';
import type { Output } from '../output.ts';
import { bigIntId, tenantNumber, wholeNumber } from './arguments.ts';
import {
  type CommandContext,
  type CommonOptions,
  startCommand,
  withCommonOptions,
  withDatabaseOptions,
} from './command-context.ts';

interface IngestOptions extends CommonOptions {
  readonly tenant: string;
  readonly recursive?: boolean;
  readonly watch?: boolean;
  readonly wait?: boolean;
  readonly dryRun?: boolean;
  readonly maxBytes: string;
  readonly encoding?: string;
  readonly strict?: boolean;
  readonly again?: boolean;
  readonly classification?: ReadingOptions['classification'];
}

interface StatusOptions extends CommonOptions {
  readonly tenant?: string;
  readonly status?: string;
  readonly limit: string;
}

function readingOf({ encoding, strict = false, again = false, classification }: IngestOptions): ReadingOptions {
  if (encoding !== undefined && !/^[-\w.:()]{1,64}$/.test(encoding)) {
    throw new UsageError(`${encoding} isn't the name of an encoding.`, 'Give for example --encoding windows-1252.');
  }
  return { encoding, strict, again, classification };
}

/** Adds `ingest` and `ingest status`. */
export function addIngestCommands(program: Command, context: CommandContext): void {
  const ingest = withCommonOptions(withDatabaseOptions(program.command('ingest [paths...]')))
    .description('enqueue files for ingestion; ces-consumer makes atoms of them')
    .enablePositionalOptions()
    .option('--tenant <number>', 'whose files they are', '0')
    .option('--recursive', 'include subfolders')
    .option('--watch', 'keep watching for new and changed files, until Ctrl-C')
    .option('--wait', 'wait until each file is ingested, and report its outcome')
    .option('--encoding <name>', 'encoding of the texts, for example windows-1252; by default the worker detects it')
    .option('--strict', 'refuse files with notes: text that is missing, guessed or not understood')
    .option('--again', 'read files again that were read before; the new document supersedes the old one')
    .addOption(
      new Option(
        '--classification <level>',
        'how sensitive the files are; from confidential on, their texts go to no external provider of embeddings',
      ).choices([...dataClassifications]),
    )
    .option('--dry-run', 'only show which files would be enqueued')
    .option('--max-bytes <number>', 'leave larger files out; as the worker does (Ingestion:MaxFileBytes)', '268435456')
    .addHelpText(
      'after',
      `
Folders: their files, without names that begin with a dot or are of unfinished
downloads (.part, .crdownload); links are not followed.
A file named status: hartonomous ingest ./status
Exit code 0: all were enqueued (with --wait: and ingested); 10: a dry run that found files; 1: at least one was not; 2: wrong command line or
configuration; 3: SQL Server can't be reached or refuses the login.

Examples:
  hartonomous ingest docs README.md --recursive --wait
  hartonomous ingest /srv/in --watch --tenant 3
  hartonomous ingest old/*.csv --encoding windows-1252 --wait
  hartonomous ingest contracts --strict --wait
  hartonomous ingest personnel --classification restricted --wait
  hartonomous ingest report.pdf --again --wait
  hartonomous ingest status
  hartonomous ingest status 17 --json`,
    )
    .action(async (paths: readonly string[], options: IngestOptions) => {
      if (paths.length === 0)
        throw new UsageError('Say what to ingest.', 'Give files or folders: hartonomous ingest docs');
      const tenantId = tenantNumber(options.tenant);
      const maxBytes = wholeNumber('--max-bytes', options.maxBytes, 1, 2 ** 43);
      const { output, settings } = await startCommand(context, options);
      const { recursive = false, watch = false, wait = false, dryRun = false } = options;
      const reading = readingOf(options);
      const selection = { paths, maxBytes, recursive, signal: context.signal };
      const run = new IngestRun(output);
      if (dryRun) {
        context.finish(await run.plan(selection));
        return;
      }
      await using client = await openSqlServer(settings.get(databaseSettingsSchema).ConnectionStrings.HartonomousDb, {
        signal: context.signal,
      });
      context.finish(await run.send(client, { ...selection, tenantId, reading, watch, wait }));
    });

  withCommonOptions(withDatabaseOptions(ingest.command('status [job]')))
    .description('report the outcome of files: one job, or the latest')
    .option('--tenant <number>', 'only jobs of this tenant')
    .option('--status <status>', `only jobs with this one of ${jobStatuses.join(', ')}`)
    .option('--limit <number>', 'most jobs, from 1 to 10000', '20')
    .addHelpText(
      'after',
      `
Examples:
  hartonomous ingest status
  hartonomous ingest status 17 --json
  hartonomous ingest status --status QUEUED --tenant 7`,
    )
    .action(async (jobText: string | undefined, options: StatusOptions) => {
      const job =
        jobText === undefined
          ? undefined
          : bigIntId(jobText, 'the number of a job', 'Take one from hartonomous ingest status.');
      const limit = wholeNumber('--limit', options.limit, 1, 10_000);
      const filter = filterOf(options);
      const { output, settings } = await startCommand(context, options);
      await using client = await openSqlServer(settings.get(databaseSettingsSchema).ConnectionStrings.HartonomousDb, {
        signal: context.signal,
      });
      if (job === undefined) await showJobs(client, output, filter, limit, context.signal);
      else await showJob(client, output, job, context);
    });
}

async function showJob(client: BrokerClient, output: Output, id: bigint, context: CommandContext): Promise<void> {
  const job = await findJob(client, id, context.signal);
  if (job === undefined) {
    const action = 'Old jobs are purged; hartonomous ingest status shows the latest.';
    output.failure({ code: 'JOB_NOT_FOUND', message: `There is no job ${id}.`, action, kind: 'failed' });
    context.finish(exitCodes.failed);
    return;
  }
  const { notes, ...fields } = job;
  for (const [name, value] of Object.entries(fields)) output.line(`${name}: ${value ?? '-'}`);
  for (const { code, count, detail } of notes) output.line(`note: ${code} (${count}): ${detail}`);
  output.document({ ok: true, job });
}

async function showJobs(
  client: BrokerClient,
  output: Output,
  filter: JobFilter,
  limit: number,
  signal: AbortSignal,
): Promise<void> {
  const counts = await countJobs(client, filter, signal);
  const jobs = await listJobs(client, filter, limit, signal);
  for (const job of jobs) output.line(describeJob(job));
  const summary = jobStatuses.flatMap((status) =>
    counts[status] === undefined ? [] : [`${counts[status]} ${status}`],
  );
  output.line(summary.length === 0 ? 'No jobs.' : `${summary.join(', ')}.`);
  output.document({ ok: true, counts, jobs });
}

function filterOf({ tenant, status }: StatusOptions): JobFilter {
  const found = jobStatuses.find((name) => name === status);
  if (status !== undefined && found === undefined) {
    throw new UsageError(`${status} is not the status of a job.`, `Use one of ${jobStatuses.join(', ')}.`);
  }
  return {
    ...(tenant === undefined ? {} : { tenantId: tenantNumber(tenant) }),
    ...(found === undefined ? {} : { status: found }),
  };
}
