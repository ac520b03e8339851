import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ServiceStartError } from './errors.ts';

/** A program of this repository, started from its sources. */
export interface ServiceDefinition {
  /** Name for people, e.g. `SQL Server emulator`. */
  readonly name: string;
  /** Script, relative to the repository's root. */
  readonly script: string;
  readonly args: readonly string[];
  /** Added to the environment. Passwords go here, never into `args`, which process lists show. */
  readonly env: Readonly<Record<string, string>>;
  /** True for the line of output that says it is up. */
  readonly isReady: (line: string) => boolean;
  /** Longest time until that line, in milliseconds. */
  readonly startTimeoutMs: number;
  /** Told of every line that it prints. */
  readonly onLine?: (line: string) => void;
}

/** The root folder of the repository. */
export const repositoryRoot = fileURLToPath(new URL('../../../', import.meta.url));

/** Lines kept to explain a start that failed. */
const keptLines = 30;

/** Time between SIGTERM and SIGKILL: longer than the worker's own deadline of 20 seconds, so that its drain is not cut. */
const stopTimeoutMs = 25_000;

/** How to run a TypeScript file of this repository. */
export function sourceCommand(script: string, args: readonly string[]): readonly string[] {
  return ['--conditions=@hartonomous/source', '--disable-warning=ExperimentalWarning', script, ...args];
}

/** A running program; disposing it stops it with SIGTERM, and with SIGKILL when it does not end. */
export class ChildService implements AsyncDisposable {
  readonly name: string;
  /** The line that said it is up. */
  readonly readyLine: string;
  readonly #child: ChildProcess;
  readonly #exited: Promise<number | null>;

  private constructor(name: string, readyLine: string, child: ChildProcess, exited: Promise<number | null>) {
    this.name = name;
    this.readyLine = readyLine;
    this.#child = child;
    this.#exited = exited;
  }

  /**
   * Starts a program and waits until it says that it is up.
   *
   * @throws {ServiceStartError} when it ends or stays silent instead; holds its last lines
   */
  static async start(definition: ServiceDefinition, signal: AbortSignal): Promise<ChildService> {
    signal.throwIfAborted();
    // A process group of its own: Ctrl-C reaches this process only, which then stops its children in order.
    const child = spawn(process.execPath, sourceCommand(definition.script, definition.args), {
      cwd: repositoryRoot,
      env: { ...process.env, ...definition.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const exited = new Promise<number | null>((resolve) => {
      child.once('exit', (code) => resolve(code));
      child.once('error', () => resolve(null));
    });
    const lines: string[] = [];
    const ready = Promise.withResolvers<string>();
    const read = (line: string): void => {
      lines.push(line);
      if (lines.length > keptLines) lines.shift();
      definition.onLine?.(line);
      if (definition.isReady(line)) ready.resolve(line);
    };
    createInterface({ input: child.stdout }).on('line', read);
    createInterface({ input: child.stderr }).on('line', read);
    void exited.then((code) =>
      ready.reject(new ServiceStartError(definition.name, `it ended with exit code ${code}`, lines)),
    );
    const timer = setTimeout(
      () =>
        ready.reject(
          new ServiceStartError(definition.name, `it was not up after ${definition.startTimeoutMs / 1000} s`, lines),
        ),
      definition.startTimeoutMs,
    );
    const onAbort = (): void => ready.reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const readyLine = await ready.promise;
      return new ChildService(definition.name, readyLine, child, exited);
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Resolves with the exit code when the program ends. */
  get exited(): Promise<number | null> {
    return this.#exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), stopTimeoutMs);
    await this.#exited;
    clearTimeout(timer);
  }
}
