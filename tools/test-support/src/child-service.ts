import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ServiceStartError } from './errors.ts';

/** The root folder of the repository. */
export const repositoryRoot = fileURLToPath(new URL('../../../', import.meta.url));

/** Arguments of Node for a TypeScript file of this repository, relative to its root. */
export function sourceCommand(script: string, args: readonly string[] = []): readonly string[] {
  return ['--conditions=@hartonomous/source', '--disable-warning=ExperimentalWarning', script, ...args];
}

/** A program that Node runs. */
export interface ChildServiceOptions {
  /** Name for people, for example `SQL Server emulator`. */
  readonly name: string;
  /** Arguments of this Node: its own options, the script, the script's options. */
  readonly args: readonly string[];
  /** The whole environment. Passwords go here, never into `args`, which process lists show. */
  readonly env: NodeJS.ProcessEnv;
  /** @default the repository's root */
  readonly cwd?: string;
  /** Called with every line that it prints. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
  /** Its own process group: Ctrl-C in a terminal then reaches this process only, which stops its children in order. @default false */
  readonly ownGroup?: boolean;
  /**
   * Milliseconds between SIGTERM and SIGKILL. Too short: a worker's drain is cut off. Too long: a hung service holds up the end.
   * @default 25,000, longer than the workers' own deadline of 20 seconds
   */
  readonly stopTimeoutMs?: number;
}

/** How {@link ChildService.start} knows that a program is up. */
export interface ChildServiceStart<Found> extends ChildServiceOptions {
  /** Looks at each line; the first answer that isn't `undefined` says that it is up. What it throws fails the start. */
  readonly ready: (line: string) => Found | undefined;
  /** Longest time until that line, in milliseconds. @default 60,000 */
  readonly startTimeoutMs?: number;
  /** Gives up the start. */
  readonly signal?: AbortSignal;
}

/** How a program ended. */
export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const defaultStopTimeoutMs = 25_000;
const defaultStartTimeoutMs = 60_000;

/** Characters of output that are kept to explain a failure; all of it could be a log of hours. */
const keptOutput = 4_000;

/**
 * Runs before the child's own code: when the pipe that the child has as its fourth file ends, its parent has gone, however it went (SIGKILL included), and the
 * child stops as if it had been asked to. It doesn't keep the child alive, and needs no word from the child's code.
 */
const endWithParent = (stopTimeoutMs: number) => `
import { Socket } from 'node:net';
const parent = new Socket({ fd: 3, readable: true, writable: false });
parent.on('error', () => {}).once('close', () => {
  // Windows has no signals: there a kill, also of itself, is an end without a last word. Listeners are notified all the same.
  if (!process.emit('SIGTERM', 'SIGTERM')) process.kill(process.pid, 'SIGTERM');
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), ${stopTimeoutMs}).unref();
});
parent.resume().unref();`;

/**
 * A program of Node as a child process that never outlives this one. Disposing it stops it with SIGTERM, and with SIGKILL when it
 * doesn't end within the stop time-out.
 */
export class ChildService implements AsyncDisposable {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #exited: Promise<ChildExit>;
  readonly #stopTimeoutMs: number;
  #tail = '';

  private constructor(options: ChildServiceOptions) {
    const { name, args, env, cwd = repositoryRoot, ownGroup = false, onLine } = options;
    this.name = name;
    this.#stopTimeoutMs = options.stopTimeoutMs ?? defaultStopTimeoutMs;
    const preload = `data:text/javascript,${encodeURIComponent(endWithParent(this.#stopTimeoutMs))}`;
    const child = spawn(process.execPath, ['--import', preload, ...args], {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      detached: ownGroup,
      windowsHide: true,
    });
    this.#child = child;
    const { promise, resolve, reject } = Promise.withResolvers<ChildExit>();
    child.once('error', reject).once('close', (code, signal) => resolve({ code, signal }));
    this.#exited = promise;
    // Nothing is ever written to it; that it breaks with the child isn't news.
    child.stdio[3]?.on('error', () => undefined);
    for (const stream of ['stdout', 'stderr'] as const) {
      const input = child[stream];
      if (input === null) throw new TypeError(`${name} was started without ${stream}.`);
      createInterface({ input }).on('line', (line) => {
        this.#tail = `${this.#tail}${line}\n`.slice(-keptOutput);
        onLine?.(line, stream);
      });
    }
  }

  /** Starts a program, and doesn't wait for anything. */
  static spawn(options: ChildServiceOptions): ChildService {
    return new ChildService(options);
  }

  /**
   * Starts a program and waits until it is up.
   *
   * @returns the program, and what `ready` found: a port for example
   * @throws ServiceStartError when it ends or stays silent instead, with its last lines; what `ready` throws
   */
  static async start<Found>(
    options: ChildServiceStart<Found>,
  ): Promise<{ readonly service: ChildService; readonly found: Found }> {
    const { name, signal, onLine, startTimeoutMs = defaultStartTimeoutMs } = options;
    signal?.throwIfAborted();
    const ready = Promise.withResolvers<Found>();
    const service = new ChildService({
      ...options,
      onLine: (line, stream) => {
        onLine?.(line, stream);
        try {
          const found = options.ready(line);
          if (found !== undefined) ready.resolve(found);
        } catch (error) {
          ready.reject(error);
        }
      },
    });
    const fail = (why: string) => ready.reject(new ServiceStartError(name, why, service.tail));
    service.#exited.then((exit) => fail(`it ended with ${describeExit(exit)}`), ready.reject);
    const timer = setTimeout(() => fail(`it was not up after ${startTimeoutMs / 1000} s`), startTimeoutMs);
    const onAbort = () => ready.reject(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      return { service, found: await ready.promise };
    } catch (error) {
      await service.end('SIGKILL');
      throw error;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Undefined when it could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** The last lines of its output. */
  get tail(): string {
    return this.#tail;
  }

  /** Resolves when it has ended and all of its output was read; rejects with the system's error when it could not be started. */
  get exited(): Promise<ChildExit> {
    return this.#exited;
  }

  /** Sends a signal. On Windows, where a signal would end it at once, SIGTERM is what the child makes of the end of its fourth file. */
  kill(signal: NodeJS.Signals): void {
    if (process.platform === 'win32' && signal === 'SIGTERM') this.hangUp();
    else this.#child.kill(signal);
  }

  /** Leaves it, as the end of this process does: it stops as on SIGTERM. */
  hangUp(): void {
    this.#child.stdio[3]?.destroy();
  }

  /** Sends a signal and waits for the end. */
  async end(signal: NodeJS.Signals): Promise<ChildExit> {
    if (this.running) this.kill(signal);
    return await this.#exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const force = setTimeout(() => this.#child.kill('SIGKILL'), this.#stopTimeoutMs);
    try {
      await this.end('SIGTERM');
    } finally {
      clearTimeout(force);
    }
  }
}

/** `exit code 1` or `signal SIGKILL`, for messages. */
export function describeExit({ code, signal }: ChildExit): string {
  return signal === null ? `exit code ${code}` : `signal ${signal}`;
}
