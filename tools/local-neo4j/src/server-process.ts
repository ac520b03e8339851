import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { close, openSync } from 'node:fs';
import { promisify } from 'node:util';

const closeFile = promisify(close);

/** How to start a server's process. */
export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Takes what the process prints; appended to. */
  readonly consoleFile: string;
  /** Folder to remove if this process is killed and can't do it itself. */
  readonly orphanFolder?: string | undefined;
}

// Waits for the end of its standard input. A line before it means that all is well; the end alone means that the parent
// died, and then it ends the server and removes the server's temporary folder.
const watchdogSource = [
  'read -r line && exit 0',
  'kill -KILL "$1" 2>/dev/null',
  '[ -n "$2" ] || exit 0',
  'n=0; while kill -0 "$1" 2>/dev/null && [ $n -lt 20 ]; do sleep 0.1; n=$((n+1)); done',
  'rm -rf -- "$2"',
].join('; ');

/**
 * A server as a process of its own. It has its own process group, so that Ctrl-C in a terminal reaches the parent only,
 * which then stops the server in its own time. A small shell watches the parent and ends the server when the parent is
 * killed (not on Windows, where the server then stays).
 */
export class ServerProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  #watchdog: ChildProcess | undefined;

  private constructor(child: ChildProcess, orphanFolder: string | undefined) {
    this.#child = child;
    this.#exited = once(child, 'exit').then(() => this.#dismissWatchdog());
    if (process.platform !== 'win32') this.#watchdog = startWatchdog(child, orphanFolder);
  }

  /** @throws the system's error when the command can't be started. */
  static async start(command: ServerCommand): Promise<ServerProcess> {
    const output = openSync(command.consoleFile, 'a', 0o600);
    try {
      const child = spawn(command.command, command.args, {
        cwd: command.cwd,
        env: command.env ?? process.env,
        stdio: ['ignore', output, output],
        detached: process.platform !== 'win32',
        windowsHide: true,
      });
      await once(child, 'spawn');
      // The parent decides when it is done; a forgotten server must not keep it alive.
      child.unref();
      return new ServerProcess(child, command.orphanFolder);
    } finally {
      await closeFile(output);
    }
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Resolves when the process has ended, however it did. */
  get exited(): Promise<void> {
    return this.#exited;
  }

  /** `exit code 1` or `signal SIGKILL`, for messages. */
  get outcome(): string {
    return this.#child.signalCode === null ? `exit code ${this.#child.exitCode}` : `signal ${this.#child.signalCode}`;
  }

  /** SIGTERM, and SIGKILL if it is still there after `timeoutMs`. */
  async stop(timeoutMs: number): Promise<void> {
    if (!this.running) return;
    this.#child.ref();
    const deadline = setTimeout(() => this.#child.kill('SIGKILL'), timeoutMs);
    try {
      this.#child.kill('SIGTERM');
      await this.#exited;
    } finally {
      clearTimeout(deadline);
    }
  }

  /** Sends a signal and waits for nothing. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** SIGKILL, as a power failure would. */
  async kill(): Promise<void> {
    if (!this.running) return;
    this.#child.ref();
    this.#child.kill('SIGKILL');
    await this.#exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  #dismissWatchdog(): void {
    this.#watchdog?.stdin?.end('done\n');
    this.#watchdog = undefined;
  }
}

function startWatchdog(child: ChildProcess, orphanFolder: string | undefined): ChildProcess {
  const watchdog = spawn('sh', ['-c', watchdogSource, 'local-neo4j-watchdog', String(child.pid), orphanFolder ?? ''], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    windowsHide: true,
  });
  // Without a shell there is no watchdog, which only matters if this process is killed; the server itself is fine.
  watchdog.on('error', () => undefined);
  watchdog.stdin.on('error', () => undefined);
  watchdog.unref();
  return watchdog;
}
