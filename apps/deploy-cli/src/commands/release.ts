import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  deployRelease,
  failureOf,
  listReleases,
  NotASmallFileError,
  type ReleaseOptions,
  type ReleaseOutcome,
  readBoundedText,
  releaseFolders,
  requireSystemd,
  rollbackRelease,
  verifyRelease,
  type WorkerService,
} from '@hartonomous/operations';
import { redactText } from '@hartonomous/redaction';
import type { Command } from 'commander';
import { UsageError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { longestOperatorName, operatorName } from '../operator-name.ts';
import type { Output } from '../output.ts';
import { wholeNumber } from './arguments.ts';
import { type CommandContext, type CommonOptions, withDatabaseOptions } from './command-context.ts';
import { durationText } from './duration-text.ts';
import { outputOf } from './service-install.ts';
import { type ServiceOptions, withServiceOptions, workerNamed, workerNames, workersRoot } from './service-options.ts';
import { withDatabase } from './with-database.ts';

interface ReleaseCommandOptions extends CommonOptions, Omit<ServiceOptions, keyof CommonOptions> {
  readonly runFolder: string;
  readonly owner?: string;
  readonly readyTimeout: string;
  readonly probeTimeout: string;
}

interface DeployOptions extends ReleaseCommandOptions {
  readonly keep: string;
  readonly attestedBy?: string;
}

/** Seconds that a start and a probe may take: an hour is longer than any, and still ends. */
const mostSeconds = 3_600;
/** Old releases that may be kept. */
const mostKept = 1_000;

const exitCodesOfSwitch = `Exit code 0: it serves; 1: it failed or was refused, and the release before serves; 4: it failed, and a person is needed;
2: wrong command line or configuration, nothing was tried; 3: SQL Server can't be reached or refuses the login.`;

/** Adds `release deploy|list|rollback|verify`. */
export function addReleaseCommands(program: Command, context: CommandContext): void {
  const group = program.command('release').description('releases of workers on this machine: deploy, list, roll back');

  withReleaseOptions(group.command('deploy <artifact>'))
    .description('bring a release into service beside the one that serves, prove it, or go back')
    .option('--keep <number>', 'old releases that stay, besides the one to go back to', '5')
    .option('--attested-by <owner/name>', "check with gh that this repository's workflow built the .tar.gz")
    .addHelpText(
      'after',
      `
The artifact is a folder that pnpm artifacts has made, or its .tar.gz; it names the worker. In this order:
  its files are what was built; the database has the schema that it needs;
  it is started beside the one that serves, after a check of
  its configuration; it becomes ready; it brings a message through alone,
  while all other workers pause; "current" leads to it; the
  service is started anew and proves the same, while the candidate goes on.
What fails is undone, and that the release before serves is proved, too. Nothing is lost: messages wait, and the graph's fencing allows
several workers. Needs root, and a login with EXECUTE on dbo.sp_PauseQueue, dbo.sp_ResumeQueue and what a message is sent with:
dbo.sp_EnqueueNeo4jSync, for ces-consumer dbo.sp_EnqueueIngestion, for embedding-generator dbo.sp_EnqueueEmbeddingJob and
dbo.sp_EnqueueEmbeddingRequest.

${exitCodesOfSwitch}

Examples:
  hartonomous release deploy artifacts/neo4j-sync
  hartonomous release deploy neo4j-sync.tar.gz --attested-by contoso/hartonomous --config /etc/hartonomous`,
    )
    .action(async (artifact: string, options: DeployOptions) => {
      const service = workerNamed(await workerOf(artifact));
      const keep = wholeNumber('--keep', options.keep, 0, mostKept);
      await withRelease(context, service, options, async (release, output) => {
        const outcome = await deployRelease({ ...release, artifact, keep, attestedBy: options.attestedBy });
        finish(context, output, service, outcome);
      });
    });

  withReleaseOptions(group.command('rollback <worker> [release]'))
    .description('bring an earlier release back into service, in the same way as a new one')
    .addHelpText(
      'after',
      `
Workers: ${workerNames}. Without a release it is the one that served before. A switch that was cut off is undone, and nothing more. The
database stays as it is: additions don't disturb older workers.

${exitCodesOfSwitch}

Examples:
  hartonomous release rollback neo4j-sync
  hartonomous release rollback neo4j-sync 0.1.0-1a2b3c4d5e6f`,
    )
    .action(async (name: string, wanted: string | undefined, options: ReleaseCommandOptions) => {
      const service = workerNamed(name);
      await withRelease(context, service, options, async (release, output) =>
        finish(context, output, service, await rollbackRelease({ ...release, release: wanted })),
      );
    });

  withReleaseOptions(group.command('verify <worker>'))
    .description('prove that the release that is to serve does: files, schema, service, readiness, a message')
    .addHelpText(
      'after',
      `
Workers: ${workerNames}. All other workers of the queue pause for the message, for some seconds.

Example:
  hartonomous release verify neo4j-sync`,
    )
    .action(async (name: string, options: ReleaseCommandOptions) => {
      const service = workerNamed(name);
      await withRelease(context, service, options, async (release, output) => {
        const { name: current, version, commit, checksum } = await verifyRelease(release);
        output.line(`✓ ${service.displayName}: ${current} serves.`);
        output.document({ ok: true, worker: service.name, release: current, version, commit, checksum });
      });
    });

  withServiceOptions(group.command('list <worker>'))
    .description('show the releases of a worker, and what was done with them')
    .addHelpText('after', `\nWorkers: ${workerNames}.\n\nExample:\n  hartonomous release list neo4j-sync`)
    .action(async (name: string, options: ServiceOptions) => {
      const output = outputOf(context, options);
      const service = workerNamed(name);
      const folders = releaseFolders(workersRoot(options), service);
      const list = await listReleases(folders);
      for (const { name: release, isCurrent, last } of list.releases) {
        output.line(
          `${isCurrent ? '*' : ' '} ${release}  ${last === null ? 'never deployed' : `${last.result} ${last.at}`}`,
        );
      }
      if (list.releases.length === 0) output.line(`There are no releases in ${folders.releases}.`);
      if (list.journal.length > 0) output.line('Last:');
      for (const { at, who, action, release, result, ms, reason } of list.journal) {
        output.detail(`${at} ${action} of ${release} by ${who}: ${result} after ${durationText(ms)}`);
        if (reason !== null) output.detail(`  ${reason.split('\n')[0]}`);
      }
      if (list.unreadable > 0) output.line(`! Lines of ${folders.journal} that can't be read: ${list.unreadable}`);
      if (list.pending !== null) {
        output.line(`✗ A switch to ${list.pending.to} was cut off before that was proved.`);
        output.detail(`Run: hartonomous release rollback ${service.name}`);
      }
      output.document({ ok: list.pending === null, worker: service.name, ...list });
      context.finish(list.pending === null ? exitCodes.done : exitCodes.failed);
    });
}

function withReleaseOptions(command: Command): Command {
  return withDatabaseOptions(withServiceOptions(command))
    .option(
      '--config <dir>',
      'folder with appsettings.json of this command (default: working directory, else built in)',
    )
    .option('--environment <name>', 'picks appsettings.<name>.json (default: DOTNET_ENVIRONMENT, else Production)')
    .option('--owner <name>', 'who is to be asked, for lock, journal and pause (default: you, as USER@HOST)')
    .option('--ready-timeout <seconds>', 'from the start of a worker to its readiness', '30')
    .option('--probe-timeout <seconds>', 'for a message through a worker', '15')
    .option('--run-folder <dir>', "folder of systemd's runtime folders", '/run');
}

async function withRelease(
  context: CommandContext,
  service: WorkerService,
  options: ReleaseCommandOptions,
  work: (release: ReleaseOptions, output: Output) => Promise<void>,
): Promise<void> {
  if (options.manager === 'winsw') {
    throw new UsageError(
      'Releases of Windows services are not done by this command.',
      'Stop the service, have "current" lead to the new folder, start it, and run: hartonomous doctor --canary',
    );
  }
  const seconds = (option: string, text: string) => 1_000 * wholeNumber(option, text, 1, mostSeconds);
  const readyMs = seconds('--ready-timeout', options.readyTimeout);
  const probeMs = seconds('--probe-timeout', options.probeTimeout);
  await requireSystemd(true, options.unitFolder);
  await withDatabase(context, options, async ({ client, output }) => {
    const { unitFolder, runFolder } = options;
    const owner = options.owner ?? operatorName();
    if (owner.length > longestOperatorName)
      throw new UsageError('--owner is too long.', `Give at most ${longestOperatorName} characters.`);
    const release = { service, root: workersRoot(options), owner, client, readyMs, probeMs, unitFolder, runFolder };
    // After a stop signal it goes back, which takes longer than a process is given otherwise.
    using _hold = context.holdStop?.();
    await work({ ...release, signal: context.signal, onStep: (text) => output.line(`  ${text}`) }, output);
  });
}

/** Most bytes of an artifact's package.json. */
const mostManifestBytes = 1_048_576;

/** The name of the worker that an artifact is of. @throws UsageError */
async function workerOf(artifact: string): Promise<string> {
  const unknown = new UsageError(
    `${artifact} is not an artifact of a worker.`,
    `Give a folder that pnpm artifacts has made, or its .tar.gz. Workers: ${workerNames}.`,
  );
  const facts = await ifThere(stat(artifact));
  if (facts === undefined) throw unknown;
  if (!facts.isDirectory()) return basename(artifact).replace(/(?:-win32-x64)?\.(?:tar\.gz|tgz)$/, '');
  const text = (await ifThere(readBoundedText(join(artifact, 'package.json'), mostManifestBytes))) ?? '';
  const name = /"name":\s*"([^"]+)"/.exec(text)?.[1];
  if (name === undefined) throw unknown;
  return name.replace(/-win32-x64$/, '');
}

/** What is read of a file; undefined where there is none of that kind. What the system refuses is another matter than what isn't there. */
async function ifThere<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (error instanceof NotASmallFileError || code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

function finish(context: CommandContext, output: Output, service: WorkerService, outcome: ReleaseOutcome): void {
  const { result, release, previous, ms, error } = outcome;
  const failure = error === undefined ? undefined : failureOf(error);
  const served = previous === null ? 'there was none before' : `${previous} serves, and that was proved`;
  const after = durationText(ms);
  if (result === 'deployed') output.line(`✓ ${service.displayName}: ${release} serves, after ${after}.`);
  else if (result === 'rolled-back') output.line(`✗ ${release} does not serve; ${served}, after ${after}.`);
  else output.line(`✗ ${release} does not serve, and going back failed, too: this needs a person.`);
  const shown = error === undefined ? null : (failure ?? { message: redactText(String(error)) });
  output.document({ ok: result === 'deployed', worker: service.name, result, release, previous, ms, error: shown });
  if (result === 'needs-a-human') context.finish(exitCodes.needsPerson);
  else context.finish(result === 'deployed' || error === undefined ? exitCodes.done : exitCodes.failed);
}
