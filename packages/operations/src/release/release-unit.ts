import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ServiceCommandError } from '../errors.ts';
import { runProgram } from '../service/run-program.ts';
import { systemdFiles } from '../service/systemd-plan.ts';
import { systemdUnit, unitPath } from '../service/systemd-unit.ts';
import type { WorkerService } from '../service/worker-services.ts';
import { ReleaseFolderError } from './errors.ts';
import { codeOf } from './release-folders.ts';

/** Where systemd keeps its files. */
export interface SystemdFolders {
  /** Folder of unit files. */
  readonly unitFolder: string;
  /** Folder of runtime folders, `/run`. */
  readonly runFolder: string;
}

/** A unit that runs a release of a worker. */
export interface ReleaseUnit {
  /** As a service: its name is the instance of the template. */
  readonly service: WorkerService;
  readonly unit: string;
  /** What the running worker writes down of itself. */
  readonly runtimeFile: string;
}

/** Seconds that a candidate has to finish what it has in hand: as long as the template gives every worker. */
const stopSeconds = 45;

/** The unit that serves. */
export function mainUnit(service: WorkerService, { runFolder }: SystemdFolders): ReleaseUnit {
  return unitOf(service, runFolder);
}

/** The unit in which a release is tried, beside the one that serves. */
export function candidateUnit(service: WorkerService, { runFolder }: SystemdFolders): ReleaseUnit {
  return unitOf({ ...service, name: `${service.name}-candidate` }, runFolder);
}

function unitOf(service: WorkerService, runFolder: string): ReleaseUnit {
  return {
    service,
    unit: systemdUnit(service),
    runtimeFile: join(runFolder, 'hartonomous', service.name, 'runtime.json'),
  };
}

/**
 * Installs the candidate's unit: the settings of the worker's own (those of administrators, too), with the release's folder, a free port
 * for health, a check of its configuration before it starts, and no restarts.
 *
 * @throws ReleaseFolderError where the worker's own unit says no command
 */
export async function installCandidate(
  main: ReleaseUnit,
  candidate: ReleaseUnit,
  releaseFolder: string,
  { unitFolder, startSeconds }: { readonly unitFolder: string; readonly startSeconds: number },
  signal: AbortSignal,
): Promise<void> {
  const from = systemdFiles(main.service, unitFolder).dropInFolder;
  const to = systemdFiles(candidate.service, unitFolder).dropInFolder;
  const texts = await dropIns(from);
  const command = [...texts.values()].flatMap((text) => [...text.matchAll(/^ExecStart=(.+)$/gm)]).at(-1)?.[1];
  if (command === undefined) {
    throw new ReleaseFolderError(
      `No file in ${from} says how the worker is started.`,
      `Run: hartonomous service install ${main.service.name}`,
    );
  }
  await rm(to, { recursive: true, force: true });
  await mkdir(to, { recursive: true });
  for (const [name, text] of texts) await writeFile(join(to, name), text, { mode: 0o644 });
  const own = [
    '# Written by `hartonomous release`, which removes it again.',
    '[Unit]',
    `Description=${main.service.displayName}: a release that is tried`,
    '[Service]',
    'ExecStartPre=',
    `ExecStartPre=${command} --check`,
    'ExecStart=',
    `ExecStart=${command} --Health:Port=0`,
    `WorkingDirectory=${unitPath(releaseFolder)}`,
    'Restart=no',
    `TimeoutStartSec=${startSeconds}`,
    `TimeoutStopSec=${stopSeconds}`,
    '',
  ];
  await writeFile(join(to, '90-candidate.conf'), own.join('\n'), { mode: 0o644 });
  await runProgram('systemctl', ['daemon-reload'], signal);
}

/**
 * Stops the candidate and removes everything of it; does nothing where there is none.
 *
 * @param how `kill`: one that failed, and has nothing in hand that counts
 */
export async function removeCandidate(
  candidate: ReleaseUnit,
  unitFolder: string,
  how: 'drain' | 'kill',
  signal: AbortSignal,
): Promise<void> {
  const { dropInFolder } = systemdFiles(candidate.service, unitFolder);
  if ((await dropIns(dropInFolder)).size === 0) return;
  if (how === 'kill') await perhaps(['kill', '--signal=SIGKILL', candidate.unit], signal);
  await runProgram('systemctl', ['stop', candidate.unit], signal);
  await perhaps(['clean', '--what=state', '--what=runtime', candidate.unit], signal);
  await perhaps(['reset-failed', candidate.unit], signal);
  await rm(dropInFolder, { recursive: true, force: true });
  await runProgram('systemctl', ['daemon-reload'], signal);
}

/** A command that fails where there is nothing to do. */
async function perhaps(args: readonly string[], signal: AbortSignal): Promise<void> {
  try {
    await runProgram('systemctl', args, signal);
  } catch (error) {
    if (!(error instanceof ServiceCommandError)) throw error;
  }
}

/** Files of a drop-in folder in the order in which systemd reads them; none where there is no folder. */
async function dropIns(folder: string): Promise<ReadonlyMap<string, string>> {
  try {
    const names = (await readdir(folder)).filter((name) => name.endsWith('.conf')).sort();
    const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
    return new Map(names.map((name, place) => [name, texts[place] ?? '']));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return new Map();
    throw error;
  }
}
