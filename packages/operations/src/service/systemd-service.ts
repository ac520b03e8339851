import { execFile } from 'node:child_process';
import { access, constants, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ServiceCommandError, ServiceManagerError, ServiceOptionError, ServiceStateError } from '../errors.ts';
import { runProgram } from './run-program.ts';
import type { ServiceStep } from './service-step.ts';
import { planSystemdInstall, planSystemdUninstall, systemdFiles } from './systemd-plan.ts';
import { type SystemdUnitOptions, systemdUnit, wordValue } from './systemd-unit.ts';
import { type WorkerService, workerServices } from './worker-services.ts';

/** Folder of the units that administrators install (systemd.unit(5)). */
export const systemUnitFolder = '/etc/systemd/system';

/** What is asked for of a service. */
export interface SystemdInstallOptions extends Omit<SystemdUnitOptions, 'groups'> {
  /** @default {@link systemUnitFolder} */
  readonly unitFolder?: string;
  /** Whether to start it, or to start it anew. */
  readonly start: boolean;
}

/** Group whose members may read the keys of the Azure Arc agent; there only where the agent is. */
const arcGroup = 'himds';

/**
 * The steps that install a worker on this machine. Looks at the machine, changes nothing.
 *
 * @throws ServiceOptionError where Node, a credential or the release isn't there
 */
export async function systemdInstallSteps(
  options: SystemdInstallOptions,
  signal: AbortSignal,
): Promise<readonly ServiceStep[]> {
  const { service, node, root, user, configFolder, credentials, unitFolder = systemUnitFolder, start } = options;
  await requireReadable('Node', node, constants.X_OK);
  if (configFolder !== undefined) await requireReadable('The settings', join(configFolder, 'appsettings.json'));
  for (const [name, path] of credentials) await requireReadable(`The credential ${name}`, path);
  if (start) await requireReadable('The release', join(root, service.name, 'current', 'main.js'));
  const groups = (await isKnown('group', arcGroup, signal)) ? [arcGroup] : [];
  const hasUser = await isKnown('passwd', user, signal);
  return planSystemdInstall({ ...options, groups }, { unitFolder, hasUser, installed: [] }, start);
}

/** The steps that remove a worker. Looks at the machine, changes nothing. */
export async function systemdUninstallSteps(
  service: WorkerService,
  unitFolder = systemUnitFolder,
): Promise<readonly ServiceStep[]> {
  return planSystemdUninstall(service, { unitFolder, hasUser: true, installed: await installedWorkers(unitFolder) });
}

/**
 * Checks that units of systemd can be read here, and changed where that is what is wanted.
 *
 * @param isChange whether units are to be changed, which for those in {@link systemUnitFolder} only root may
 * @throws ServiceManagerError where systemd doesn't run, or the account may not change its units
 */
export async function requireSystemd(isChange: boolean, unitFolder = systemUnitFolder): Promise<void> {
  if (!(await isSystemdRunning())) {
    throw new ServiceManagerError(
      'systemd does not run on this machine.',
      'With --dry-run every file and command is shown, for another machine or another service manager.',
    );
  }
  if (isChange && unitFolder === systemUnitFolder && process.getuid?.() !== 0) {
    throw new ServiceManagerError('Only root may install, start and stop services.', 'Run it with sudo.');
  }
}

/** As systemd itself says; `offline` is its word for a machine or container that it hasn't started. */
async function isSystemdRunning(): Promise<boolean> {
  const answered = Promise.withResolvers<string>();
  const env = { ...process.env, LC_ALL: 'C' };
  // Every state but `running` has an exit code of its own, and is printed all the same.
  execFile('systemctl', ['is-system-running'], { env, timeout: 10_000, windowsHide: true }, (_, stdout) =>
    answered.resolve(stdout.trim()),
  );
  return !['', 'offline', 'unknown'].includes(await answered.promise);
}

/** Properties of a unit that are asked for, as `systemctl show` has them. */
const properties = [
  'LoadState',
  'ActiveState',
  'SubState',
  'UnitFileState',
  'FragmentPath',
  'DropInPaths',
  'NeedDaemonReload',
  'MainPID',
  'NRestarts',
  'Result',
  'StatusText',
  'ActiveEnterTimestamp',
  'MemoryCurrent',
  'WorkingDirectory',
] as const;

/** What systemd knows of a unit, by property. */
export type SystemdState = Readonly<Record<(typeof properties)[number], string>>;

/** Asks systemd for a worker's unit; one that isn't installed has the LoadState `not-found`. */
export async function systemdState(service: WorkerService, signal: AbortSignal): Promise<SystemdState> {
  const text = await runProgram(
    'systemctl',
    ['show', systemdUnit(service), `--property=${properties.join(',')}`],
    signal,
  );
  return parseSystemdProperties(text);
}

/** Reads `NAME=value` lines; what isn't there is empty. */
export function parseSystemdProperties(text: string): SystemdState {
  const found = new Map(
    text.split('\n').map((line): [string, string] => {
      const at = line.indexOf('=');
      return [line.slice(0, at), line.slice(at + 1)];
    }),
  );
  return Object.fromEntries(properties.map((name) => [name, found.get(name) ?? ''])) as SystemdState;
}

/**
 * Checks that systemd has the unit of a service as it was installed.
 *
 * @param started whether the unit must be running, too
 * @throws ServiceStateError when it doesn't
 */
export function requireInstalled(
  service: WorkerService,
  state: SystemdState,
  unitFolder: string,
  started: boolean,
): void {
  const { dropIn } = systemdFiles(service, unitFolder);
  const problems = [
    state.LoadState === 'loaded' ? '' : `it is ${state.LoadState}`,
    state.UnitFileState === 'enabled' ? '' : `it is ${state.UnitFileState || 'not enabled'}`,
    state.DropInPaths.split(' ').includes(dropIn) ? '' : `systemd does not read ${dropIn}`,
    state.NeedDaemonReload === 'no' ? '' : 'its files have changed since systemd read them',
    !started || state.ActiveState === 'active' ? '' : `it is ${state.ActiveState} (${state.Result})`,
  ].filter((problem) => problem !== '');
  if (problems.length === 0) return;
  throw new ServiceStateError(
    `${systemdUnit(service)} is not as it was installed: ${problems.join('; ')}.`,
    `See systemctl status ${systemdUnit(service)} and hartonomous service logs ${service.name}.`,
  );
}

/** Workers whose files are in the folder. */
async function installedWorkers(unitFolder: string): Promise<readonly string[]> {
  const names: string[] = [];
  for (const service of workerServices) {
    const { dropIn } = systemdFiles(service, unitFolder);
    if (await isThere(dropIn)) names.push(service.name);
  }
  return names;
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}

async function requireReadable(what: string, path: string, mode = constants.R_OK): Promise<void> {
  try {
    await access(path, mode);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new ServiceOptionError(`${what} can't be read: ${path} (${code}).`);
  }
}

/** Exit code of getent for a name that no source of names knows. */
const unknownName = 2;

/** Whether the system knows a user or group, wherever it keeps them. */
async function isKnown(database: 'passwd' | 'group', name: string, signal: AbortSignal): Promise<boolean> {
  try {
    await runProgram('getent', [database, name], signal);
    return true;
  } catch (error) {
    const cause = error instanceof ServiceCommandError ? error.cause : undefined;
    if (cause instanceof Error && 'code' in cause && cause.code === unknownName) return false;
    throw error;
  }
}

/** The files with settings that a worker reads, each with whether it is there; credentials by name. */
export async function settingsFiles(
  folder: string,
  environment: string,
): Promise<readonly { path: string; isThere: boolean }[]> {
  const names = ['appsettings.json', `appsettings.${environment}.json`];
  return await Promise.all(
    names.map(async (name) => ({ path: join(folder, name), isThere: await isThere(join(folder, name)) })),
  );
}

function environmentOf(dropIn: string): string | undefined {
  const word = /^Environment=("DOTNET_ENVIRONMENT=(?:[^"\\]|\\.)*"|DOTNET_ENVIRONMENT=\S*)$/m.exec(dropIn)?.[1];
  return wordValue(word, false)?.slice('DOTNET_ENVIRONMENT='.length);
}

/** What the drop-in of an installed worker says; undefined where it isn't installed. */
export async function readDropIn(service: WorkerService, unitFolder = systemUnitFolder) {
  const { dropIn } = systemdFiles(service, unitFolder);
  if (!(await isThere(dropIn))) return undefined;
  const text = await readFile(dropIn, 'utf8');
  const value = (pattern: RegExp) => pattern.exec(text)?.[1];
  return {
    path: dropIn,
    environment: environmentOf(text) ?? 'Production',
    configFolder: wordValue(value(/^ExecStart=.* --config (\S+|"(?:[^"\\]|\\.)*")$/m), true),
    credentials: [...text.matchAll(/^LoadCredential=([^:\n]+):/gm)]
      .map((match) => match[1])
      .filter((name) => name !== undefined),
  };
}
