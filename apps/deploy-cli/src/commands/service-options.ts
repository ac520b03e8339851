import { type WorkerService, workerServices, workersRoots } from '@hartonomous/operations';
import { type Command, Option } from 'commander';
import { UsageError } from '../errors.ts';
import type { CommonOptions } from './command-context.ts';

/** Options of every command about services. */
export interface ServiceOptions extends Omit<CommonOptions, 'config'> {
  readonly manager: 'systemd' | 'winsw';
  readonly root?: string;
  readonly unitFolder: string;
}

/** Folder with a folder per worker. */
export function workersRoot({ manager, root }: Pick<ServiceOptions, 'manager' | 'root'>): string {
  return root ?? workersRoots[manager];
}

/** The worker of that name, by its service's or its program's. @throws UsageError */
export function workerNamed(name: string): WorkerService {
  const found = workerServices.find((service) => [service.name, service.program].includes(name));
  if (found !== undefined) return found;
  throw new UsageError(`There is no worker ${JSON.stringify(name)}.`, `Workers: ${workerNames}.`);
}

/** For help texts. */
export const workerNames = workerServices.map(({ name }) => name).join(', ');

/** Adds {@link ServiceOptions}. */
export function withServiceOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--manager <name>', 'service manager')
        .choices(['systemd', 'winsw'])
        .default(process.platform === 'win32' ? 'winsw' : 'systemd', 'that of this machine'),
    )
    .option(
      '--root <dir>',
      `folder with a folder per worker (default: ${workersRoots.systemd} or ${workersRoots.winsw})`,
    )
    .option('--unit-folder <dir>', "folder of systemd's units", '/etc/systemd/system')
    .option('--json', 'print one JSON document instead of text')
    .option('--verbose', 'say more');
}

/** Settings from files that only root can read. @throws UsageError for what isn't `NAME=PATH` with the name of a setting */
export function credentialFiles(given: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    given.map((text) => {
      const match = /^([A-Za-z][A-Za-z0-9]*(?:__[A-Za-z0-9]+)+)=(\/.*)$/.exec(text);
      const [, name, path] = match ?? [];
      if (name !== undefined && path !== undefined) return [name, path];
      throw new UsageError(
        "A value of --setting-file can't be used.",
        'Give NAME=PATH: the name of a setting as environment variables have it, with __ for :, and an absolute path.',
      );
    }),
  );
}
