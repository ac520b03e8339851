import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { runCommand } from './run-command.ts';

/** A registry of npm on this machine, for as long as it isn't disposed. */
export interface LoopbackRegistry extends AsyncDisposable {
  readonly url: string;
  /** A file for npm that names it and may publish to it; nothing of the user's own is read or changed. */
  readonly npmrc: string;
}

/** Verdaccio, installed when it's needed: three hundred packages that only a release's rehearsal uses. */
const program = { name: 'verdaccio', version: '6.10.4' } as const;
/** One of them asks for `node-fetch@cjs`, a tag that a mirror of the registry may not have. */
const overrides = { 'node-fetch': '2.7.0' };
const startTimeoutMs = 180_000;

/**
 * Starts a registry that has our packages itself and all others from the registry that npm is set to.
 *
 * @param folder an empty one, for its files
 * @throws Error when it isn't up in time
 */
export async function startLoopbackRegistry(folder: string, upstream: string): Promise<LoopbackRegistry> {
  await mkdir(folder, { recursive: true });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const config = join(folder, 'config.yaml');
  await writeFile(
    config,
    `storage: ${JSON.stringify(join(folder, 'storage'))}
uplinks:
  upstream:
    url: ${JSON.stringify(upstream)}
packages:
  "@hartonomous/*":
    access: $all
    publish: $all
  "**":
    access: $all
    proxy: upstream
log: { type: stdout, format: json, level: warn }
max_body_size: 50mb
`,
  );
  // Any token will do: everyone who reaches it may publish, and it listens on loopback only.
  const npmrc = join(folder, 'npmrc');
  await writeFile(npmrc, `registry=${url}\n//127.0.0.1:${port}/:_authToken=rehearsal\n`);
  const manifest = { private: true, dependencies: { [program.name]: program.version }, overrides };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  await runCommand('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder });
  const script = join(folder, 'node_modules/verdaccio/bin/verdaccio');
  const child = spawn(process.execPath, [script, '--config', config, '--listen', `127.0.0.1:${port}`], {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
    windowsHide: true,
  });
  const end = async (): Promise<void> => {
    if (child.exitCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  };
  const deadline = Date.now() + startTimeoutMs;
  while (!(await answers(`${url}-/ping`))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await end();
      throw new Error(`${program.name} was not up after ${startTimeoutMs / 1000} seconds.`);
    }
    await pause(250);
  }
  return { url, npmrc, [Symbol.asyncDispose]: end };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    // Not up yet; whether it never is is seen by the deadline.
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('There is no free port.');
  return address.port;
}
