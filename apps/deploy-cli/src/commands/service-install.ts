import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  applySteps,
  planWinswInstall,
  planWinswUninstall,
  requireInstalled,
  requireSystemd,
  type ServiceStep,
  stepText,
  systemdInstallSteps,
  systemdState,
  systemdUninstallSteps,
  systemdUnit,
  type WorkerService,
  winswAccount,
  workerLoginSql,
} from '@hartonomous/operations';
import type { Command } from 'commander';
import { UsageError } from '../errors.ts';
import { exitCodeOfDryRun } from '../exit-codes.ts';
import { Output } from '../output.ts';
import { optionalWholeNumber } from './arguments.ts';
import type { CommandContext } from './command-context.ts';
import {
  credentialFiles,
  type ServiceOptions,
  withServiceOptions,
  workerNamed,
  workerNames,
  workersRoot,
} from './service-options.ts';

interface InstallOptions extends ServiceOptions {
  readonly environment: string;
  readonly config?: string;
  readonly node?: string;
  readonly user: string;
  readonly memory?: string;
  readonly settingFile: readonly string[];
  readonly winsw?: string;
  readonly account: string;
  readonly sqlDatabase: string;
  readonly start?: boolean;
  readonly dryRun?: boolean;
}

interface UninstallOptions extends ServiceOptions {
  readonly dryRun?: boolean;
}

/** Mebibytes that a worker may be given. */
const memoryRange = { least: 256, most: 1_048_576 };

/** Adds `service install` and `service uninstall`. */
export function addServiceInstallCommands(group: Command, context: CommandContext): void {
  withServiceOptions(group.command('install <worker>'))
    .description('install a worker as a service of this machine, or change how it is installed')
    .option('--environment <name>', 'DOTNET_ENVIRONMENT of the worker', 'Production')
    .option('--config <dir>', 'folder with the appsettings files of the worker (default: those of its release)')
    .option('--memory <mebibytes>', 'memory limit (default: 1024, 2048 or 4096, by worker)')
    .option('--start', 'start it, or restart it if it runs')
    .option('--dry-run', 'show every file and command; change nothing')
    .option('--node <path>', 'systemd: Node that runs it (default: the one that runs this command)')
    .option('--user <name>', 'systemd: account that it runs as; created if missing', 'hartonomous')
    .option('--setting-file <name=path...>', 'systemd: a setting from a file that only root can read', [])
    .option('--winsw <path>', 'Windows: WinSW 2.12 as it was downloaded')
    .option('--account <name>', 'Windows: virtual, or a group managed service account DOMAIN\\name$', 'virtual')
    .option('--sql-database <name>', 'Windows: database in the T-SQL that lets the account in', 'Hartonomous')
    .addHelpText(
      'after',
      `
Workers: ${workerNames}.
The release is expected in the folder "current" of the worker's own, for example /srv/www/hartonomous/workers/neo4j-sync/current.
Installing again brings the service to what is asked for now. What you add with systemctl edit stays.

Examples:
  hartonomous service install neo4j-sync --dry-run
  hartonomous service install neo4j-sync --start --setting-file Neo4j__Password=/etc/hartonomous/neo4j-password
  hartonomous service install ces-consumer --manager winsw --winsw WinSW-x64.exe --account 'CORP\\svc-ces$'`,
    )
    .action(async (name: string, options: InstallOptions) => {
      const output = outputOf(context, options);
      const service = workerNamed(name);
      const { manager, dryRun = false, start = false } = options;
      const isSystemd = manager === 'systemd';
      if (isSystemd && !dryRun) await requireSystemd(true, options.unitFolder);
      const steps = isSystemd
        ? await systemdSteps(service, options, context.signal)
        : planWinswInstall(winswOptions(service, options), start);
      await perform(output, steps, dryRun, context.signal);
      const sql = isSystemd
        ? null
        : workerLoginSql(winswAccount({ service, account: options.account }), options.sqlDatabase);
      if (sql !== null) {
        output.line('To be run on SQL Server, for the login of the service:');
        output.detail(sql);
      }
      if (isSystemd && !dryRun) {
        requireInstalled(service, await systemdState(service, context.signal), options.unitFolder, start);
        output.line(`✓ ${systemdUnit(service)} is installed${start ? ' and runs' : ''}.`);
      }
      if (dryRun) context.finish(exitCodeOfDryRun({ changes: true }));
      output.document({ ok: true, dryRun, worker: service.name, manager, steps, sql });
    });

  withServiceOptions(group.command('uninstall <worker>'))
    .description('stop a worker and remove its service; its releases stay')
    .option('--dry-run', 'show every file and command; change nothing')
    .addHelpText(
      'after',
      `
Removes the unit, its state and its runtime folder; with the last worker also the template that all share. The account stays: other
files may be its own.

Examples:
  hartonomous service uninstall neo4j-sync --dry-run
  hartonomous service uninstall neo4j-sync`,
    )
    .action(async (name: string, options: UninstallOptions) => {
      const output = outputOf(context, options);
      const service = workerNamed(name);
      const { manager, dryRun = false, unitFolder } = options;
      const isSystemd = manager === 'systemd';
      if (isSystemd && !dryRun) await requireSystemd(true, unitFolder);
      const steps = isSystemd
        ? await systemdUninstallSteps(service, unitFolder)
        : planWinswUninstall(service, workersRoot(options));
      await perform(output, steps, dryRun, context.signal);
      output.line(dryRun ? 'Nothing was changed.' : `✓ ${service.displayName} is no longer a service of this machine.`);
      if (dryRun) context.finish(exitCodeOfDryRun({ changes: true }));
      output.document({ ok: true, dryRun, worker: service.name, manager, steps });
    });
}

/** The output of a command that reads no settings of its own. */
export function outputOf(context: CommandContext, options: Pick<ServiceOptions, 'json' | 'verbose'>): Output {
  const output = new Output(context, options.json === true, options.verbose === true);
  context.useOutput(output);
  return output;
}

async function systemdSteps(
  service: WorkerService,
  options: InstallOptions,
  signal: AbortSignal,
): Promise<readonly ServiceStep[]> {
  return await systemdInstallSteps(
    {
      service,
      // A version manager's link is a path that a service would lose with the next version.
      node: options.node === undefined ? await realpath(process.execPath) : resolve(options.node),
      // A service doesn't run in the folder that this command was typed in.
      root: resolve(workersRoot(options)),
      user: options.user,
      environment: options.environment,
      configFolder: options.config === undefined ? undefined : resolve(options.config),
      memoryMebibytes: memoryOf(service, options),
      credentials: credentialFiles(options.settingFile),
      unitFolder: options.unitFolder,
      start: options.start === true,
    },
    signal,
  );
}

function winswOptions(service: WorkerService, options: InstallOptions) {
  const { winsw, environment, config: configFolder, account } = options;
  if (winsw === undefined) {
    throw new UsageError('--winsw is missing.', 'Give the path of WinSW 2.12 (WinSW-x64.exe) as it was downloaded.');
  }
  const memoryMebibytes = memoryOf(service, options);
  return { service, root: workersRoot(options), winsw, environment, configFolder, memoryMebibytes, account };
}

function memoryOf(service: WorkerService, { memory }: Pick<InstallOptions, 'memory'>): number {
  return optionalWholeNumber('--memory', memory, memoryRange.least, memoryRange.most) ?? service.memoryMebibytes;
}

async function perform(
  output: Output,
  steps: readonly ServiceStep[],
  dryRun: boolean,
  signal: AbortSignal,
): Promise<void> {
  if (!dryRun) {
    for await (const { step, skipped } of applySteps(steps, signal)) {
      output.line(skipped === undefined ? `  ✓ ${stepText(step)}` : `  - ${stepText(step)}: ${skipped}`);
    }
    return;
  }
  output.line('Would do:');
  for (const step of steps) {
    output.line(`  ${stepText(step)}`);
    if (step.kind === 'write') output.detail(step.content.trimEnd());
  }
}
