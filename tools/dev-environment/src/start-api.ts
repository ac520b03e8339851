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
  const tsup = join(folder, '../../node_modules/tsup/dist/cli-default.js');
  const build = ChildService.spawn({
    name: 'build of the page',
    args: [tsup, '--config', 'tsup.page.config.ts', '--silent'],
    cwd: folder,
    env: process.env,
    ownGroup: true,
    onLine,
  });
  const { code } = await build.exited;
  signal.throwIfAborted();
  if (code !== 0) throw new CommandFailedError('tsup --config tsup.page.config.ts (in apps/api)', code);
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
