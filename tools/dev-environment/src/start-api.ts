import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ChildService, describeExit, repositoryRoot, sourceCommand } from '@hartonomous/test-support';
import { CommandFailedError } from './errors.ts';
import { runHartonomous } from './hartonomous-command.ts';

/** The HTTP API and a key for it. */
export interface StartedApi extends AsyncDisposable {
  readonly address: string;
  /** Of an operator of tenant 0. */
  readonly key: string;
  /** Resolves when it ends, with how it did. */
  readonly exited: Promise<string>;
}

/** How to start it. */
export interface StartApiOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** Settings of workers and command line. */
  readonly env: Readonly<Record<string, string>>;
  readonly logLevel: string;
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal;
}

const listening = /API at (?<address>http:\/\/[^"\s]+)/;

/** Builds the page, makes a key, and starts `hartonomous-api`. @throws CommandFailedError, ServiceStartError */
export async function startApi({ port, env, logLevel, onLine, signal }: StartApiOptions): Promise<StartedApi> {
  const folder = join(repositoryRoot, 'apps/api');
  if (!(await isPageBuilt(folder))) await buildPage(folder, onLine);
  signal.throwIfAborted();
  let key = '';
  const create = ['api-key', 'create', '--name', 'pnpm dev', '--role', 'operator', '--tenant', '0', '--days', '30'];
  await runHartonomous(
    create,
    env,
    (line) => {
      if (line.startsWith('hk_')) key = line;
    },
    signal,
  );
  const { service, found: address } = await ChildService.start({
    name: 'hartonomous-api',
    args: sourceCommand('apps/api/src/main.ts'),
    env: {
      ...process.env,
      ...env,
      LOG_LEVEL: logLevel,
      LOG_FORMAT: 'json',
      Api__Port: String(port),
      Health__Port: '0',
    },
    ownGroup: true,
    ready: (line) => listening.exec(line)?.groups?.address,
    onLine,
    signal,
  });
  return {
    ...{ address, key },
    exited: service.exited.then(describeExit),
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  };
}

/** Whether the page is there and newer than all that it is made from; building it takes it away from those who read it. */
async function isPageBuilt(folder: string): Promise<boolean> {
  const built = await stat(join(folder, 'build/page/main.js')).catch(() => undefined);
  if (built === undefined) return false;
  const sources = await readdir(join(folder, 'page'), { recursive: true, withFileTypes: true });
  const files = [
    ...sources.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name)),
    join(folder, 'tsup.page.config.ts'),
  ];
  const states = await Promise.all(files.map((file) => stat(file)));
  return states.every(({ mtimeMs }) => mtimeMs <= built.mtimeMs);
}

/** @throws CommandFailedError */
async function buildPage(folder: string, onLine: (line: string) => void): Promise<void> {
  const tsup = join(repositoryRoot, 'node_modules/tsup/dist/cli-default.js');
  const build = ChildService.spawn({
    name: 'build of the page',
    args: [tsup, '--config', 'tsup.page.config.ts', '--silent'],
    cwd: folder,
    env: process.env,
    ownGroup: true,
    onLine,
  });
  const { code } = await build.exited;
  if (code !== 0) throw new CommandFailedError('tsup --config tsup.page.config.ts (in apps/api)', code);
}
