import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from './run-command.ts';

/** A Node that packages are tried on. */
export interface NodeProgram {
  readonly major: number;
  /** For people: `22.23.3`. */
  readonly version: string;
  /** The program's file. */
  readonly file: string;
}

/** The older one of the two that are maintained; the newer one is the Node that runs this. */
const olderMajor = 22;

/**
 * The versions of Node that packages are tried on: the one that runs this, and Node 22 from its npm package.
 *
 * @param folder an empty one, for that package
 * @throws CommandFailedError when it can't be installed
 */
export async function nodePrograms(folder: string): Promise<readonly NodeProgram[]> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
  await runCommand('npm', ['install', '--no-audit', '--no-fund', `node@${olderMajor}`], { cwd: folder });
  const file = join(folder, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node');
  const version = (await runCommand(file, ['--version'], { cwd: folder })).trim().slice(1);
  return [
    { major: olderMajor, version, file },
    { major: Number.parseInt(process.versions.node, 10), version: process.versions.node, file: process.execPath },
  ];
}

/** Whether `engines.node` of a package, always of the form `>=24`, takes a version. */
export function takes(engines: string, { major }: NodeProgram): boolean {
  return major >= Number.parseInt(engines.replace('>=', ''), 10);
}
