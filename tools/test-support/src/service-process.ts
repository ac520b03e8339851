import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** How a service is started. */
export interface ServiceProcessOptions {
  /** Arguments of this Node: its own options, the script, the script's options. */
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Looks at each line of standard output; the first that isn't `undefined` says that the service is there. */
  readonly ready: (line: string) => number | undefined;
}

/** A server as a child process, to be killed and started again. Whoever starts it again chooses the arguments. */
export class ServiceProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#closed = once(child, 'close');
  }

  /**
   * Starts it and waits until it is ready.
   * @returns the process, and what `ready` found, a port for example
   * @throws Error with what it wrote to standard error when it ends instead
   */
  static async start(
    options: ServiceProcessOptions,
  ): Promise<{ readonly process: ServiceProcess; readonly found: number }> {
    const child = spawn(process.execPath, options.args, { stdio: ['ignore', 'pipe', 'pipe'], env: options.env });
    const service = new ServiceProcess(child);
    const ready = Promise.withResolvers<number>();
    let output = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const lines = output.split('\n');
      output = lines.pop() ?? '';
      for (const line of lines) {
        const found = options.ready(line);
        if (found !== undefined) ready.resolve(found);
      }
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      // The end tells why it ended; all of it could be a log of hours.
      errors = (errors + text).slice(-4_000);
    });
    void service.#closed.then(() =>
      ready.reject(
        new Error(`The service ended (${child.exitCode ?? child.signalCode}) before it was ready: ${errors}`),
      ),
    );
    return { process: service, found: await ready.promise };
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Sends the signal and waits for the end. */
  async end(signal: NodeJS.Signals): Promise<void> {
    this.#child.kill(signal);
    await this.#closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGKILL');
  }
}
