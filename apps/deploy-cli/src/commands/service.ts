import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import {
  applySteps,
  readDropIn,
  requireSystemd,
  type ServiceStep,
  settingsFiles,
  systemdState,
  systemdUnit,
  type WorkerService,
  winswFiles,
  workerServices,
} from '@hartonomous/operations';
import type { Command } from 'commander';
import { UsageError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Output } from '../output.ts';
import { wholeNumber } from './arguments.ts';
import type { CommandContext } from './command-context.ts';
import { addServiceInstallCommands, outputOf } from './service-install.ts';
import { type ServiceOptions, withServiceOptions, workerNamed, workerNames, workersRoot } from './service-options.ts';

interface LogOptions extends ServiceOptions {
  readonly lines: string;
  readonly since?: string;
  readonly follow?: boolean;
}

/** Lines of the journal that may be asked for. */
const mostLines = 100_000;

/** Adds `service install|uninstall|start|stop|restart|status|logs`. */
export function addServiceCommands(program: Command, context: CommandContext): void {
  const group = program.command('service').description('workers as services of this machine: systemd or Windows');
  addServiceInstallCommands(group, context);

  for (const [verb, description] of [
    ['start', 'start a worker'],
    ['stop', 'stop a worker after its work in progress'],
    ['restart', 'stop a worker and start it again'],
  ] as const) {
    withServiceOptions(group.command(`${verb} <worker>`))
      .description(description)
      .addHelpText('after', `\nWorkers: ${workerNames}.\n\nExample:\n  hartonomous service ${verb} neo4j-sync`)
      .action(async (name: string, options: ServiceOptions) => {
        const output = outputOf(context, options);
        const service = workerNamed(name);
        if (options.manager === 'systemd') await requireSystemd(true, options.unitFolder);
        for await (const _ of applySteps([verbStep(service, verb, options)], context.signal));
        const done = { start: 'started', stop: 'stopped', restart: 'started again' }[verb];
        output.line(`✓ ${service.displayName} is ${done}.`);
        output.document({ ok: true, worker: service.name, done });
      });
  }

  withServiceOptions(group.command('status [worker]'))
    .description('show how workers are installed and how they are, with the files that they read')
    .addHelpText(
      'after',
      `
Exit code 0: all that are asked for run; 1: one does not; 2: wrong command line. Without a name all workers are shown, and those that are not installed don't
count.

Examples:
  hartonomous service status
  hartonomous service status ces-consumer --json`,
    )
    .action(async (name: string | undefined, options: ServiceOptions) => {
      const output = outputOf(context, options);
      if (options.manager === 'winsw') {
        throw new UsageError(
          'The status of Windows services is not read here.',
          'Run: sc.exe query NAME, or Get-Service Hartonomous*.',
        );
      }
      await requireSystemd(false);
      const shown = [];
      for (const service of name === undefined ? workerServices : [workerNamed(name)]) {
        shown.push(await statusOf(service, options, context.signal));
      }
      for (const status of shown) {
        output.line(`${status.unit}: ${status.isInstalled ? status.state : 'not installed'}`);
        for (const line of status.lines) output.detail(line);
      }
      const asked = shown.filter((status) => name !== undefined || status.isInstalled);
      const ok = asked.length > 0 && asked.every(({ isRunning }) => isRunning);
      output.document({ ok, workers: shown.map(({ lines: _, ...status }) => status) });
      context.finish(ok ? exitCodes.done : exitCodes.failed);
    });

  withServiceOptions(group.command('logs <worker>'))
    .description("show a worker's log")
    .option('--lines <number>', 'how many lines from its end', '100')
    .option('--since <time>', 'from a time on, as journalctl takes it: "1 hour ago", 2026-11-28')
    .option('--follow', 'follow the log, until Ctrl-C')
    .addHelpText(
      'after',
      `
Examples:
  hartonomous service logs neo4j-sync
  hartonomous service logs neo4j-sync --since '1 hour ago' --follow`,
    )
    .action(async (name: string, options: LogOptions) => {
      const output = outputOf(context, { json: false, verbose: false });
      const service = workerNamed(name);
      const lines = wholeNumber('--lines', options.lines, 1, mostLines);
      if (options.manager === 'winsw') {
        throw new UsageError(
          'Logs of Windows services are files.',
          `See ${winswFiles(service, workersRoot(options)).logs}.`,
        );
      }
      await requireSystemd(false);
      const args = ['--unit', systemdUnit(service), '--lines', String(lines), '--output', 'cat', '--no-pager'];
      if (options.since !== undefined) args.push(`--since=${options.since}`);
      if (options.follow === true) args.push('--follow');
      const code = await show('journalctl', args, output, context.signal);
      if (code !== 0) context.finish(exitCodes.failed);
    });
}

function verbStep(service: WorkerService, verb: string, options: ServiceOptions): ServiceStep {
  return options.manager === 'systemd'
    ? { kind: 'run', command: 'systemctl', args: [verb, systemdUnit(service)] }
    : { kind: 'run', command: winswFiles(service, workersRoot(options)).wrapper, args: [verb] };
}

async function statusOf(service: WorkerService, options: ServiceOptions, signal: AbortSignal) {
  const state = await systemdState(service, signal);
  const dropIn = await readDropIn(service, options.unitFolder);
  const isInstalled = state.LoadState === 'loaded' && dropIn !== undefined;
  const folder = dropIn?.configFolder ?? join(workersRoot(options), service.name, 'current');
  const environment = dropIn?.environment ?? 'Production';
  const files = isInstalled ? await settingsFiles(folder, environment) : [];
  const lines = !isInstalled
    ? []
    : [
        ...(state.StatusText === '' ? [] : [state.StatusText]),
        `since ${state.ActiveEnterTimestamp || 'never'}; process ${state.MainPID}; started again ${state.NRestarts} times`,
        `environment ${environment}; ${state.UnitFileState}`,
        `reads ${[state.FragmentPath, ...state.DropInPaths.split(' ').filter((path) => path !== '')].join(', ')}`,
        ...files.map(({ path, isThere }) => `reads ${path}${isThere ? '' : ' (not there)'}`),
        ...(dropIn.credentials.length === 0 ? [] : [`credentials: ${dropIn.credentials.join(', ')}`]),
        ...(state.NeedDaemonReload === 'yes'
          ? ['its files have changed since systemd read them: systemctl daemon-reload']
          : []),
      ];
  return {
    worker: service.name,
    unit: systemdUnit(service),
    isInstalled,
    isRunning: isInstalled && state.ActiveState === 'active',
    state: `${state.ActiveState} (${state.SubState}${['success', ''].includes(state.Result) ? '' : `, ${state.Result}`})`,
    environment,
    files,
    credentials: dropIn?.credentials ?? [],
    systemd: state,
    lines,
  };
}

/** Runs a program and prints its lines, as all else is printed: a log has what others wrote. */
async function show(command: string, args: readonly string[], output: Output, signal: AbortSignal): Promise<number> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], signal });
  createInterface({ input: child.stdout }).on('line', (line) => output.line(line));
  createInterface({ input: child.stderr }).on('line', (line) => output.warning(line));
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.once('error', reject).once('close', (code) => resolve(code ?? 1));
  return await promise;
}
